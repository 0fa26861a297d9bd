"""How close recordings are to what was said. Reads a line for each: the clip's file, the recording's file (raw, 16
kHz, 16 bit, mono), and where the clip is expected to begin, in samples. Prints a line for each: where it begins,
PESQ (wide band), STOI."""

import sys

import numpy as np
from pesq import NoUtterancesError, pesq
from pystoi import stoi

RATE = 16000
# How much earlier or later than expected a clip may begin.
SEARCH = RATE


def score(clip, heard, expected):
    begin = max(0, expected - SEARCH)
    window = heard[begin : expected + len(clip) + SEARCH].astype(float)
    window = np.pad(window, (0, max(0, len(clip) + SEARCH - len(window))))
    size = 1 << (len(window) + len(clip)).bit_length()
    match = np.fft.irfft(np.fft.rfft(window, size) * np.conj(np.fft.rfft(clip.astype(float), size)))
    begin += int(np.argmax(match[: len(window) - len(clip) + 1]))
    part = heard[begin : begin + len(clip)]
    part = np.pad(part, (0, len(clip) - len(part)))
    try:
        quality = pesq(RATE, clip, part, "wb")
    except NoUtterancesError:
        quality = 1.0
    return begin, quality, stoi(clip, part, RATE)


for line in sys.stdin:
    clip, heard, expected = line.rstrip("\n").split("\t")
    print(*score(np.fromfile(clip, np.int16), np.fromfile(heard, np.int16), int(expected)), flush=True)
