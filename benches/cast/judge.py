"""What became of a talk that `play.py` had: who answered, who was talked over, and whether the transcript is what is heard.

    judge.py OUT MODEL

An independent recogniser (Whisper, which no part of the product uses) hears each participant's recording; its words
are compared with the transcript's. One JSON object on stdout.
"""

import difflib
import json
import re
import sys

import numpy
import soundfile
from faster_whisper import WhisperModel
from whisper_normalizer.english import EnglishTextNormalizer

FRAME = 0.01  # seconds
LOUD = 0.006  # root mean square, of 1
GAP = 0.3  # seconds of silence that end a stretch of sound
AROUND = 0.25  # seconds before and after a character begins in which a person who speaks is talked over

normal = EnglishTextNormalizer()


def words(text):
    # Compounds are spelled in more than one way; what counts is what was said.
    text = normal(re.sub(r"(?<=\w)-(?=\w)", "", text)).replace("good bye", "goodbye")
    return re.findall(r"[a-z0-9']+", text)


def edits(reference, hypothesis):
    """The fewest words to change, add or leave out, and where."""
    row = list(range(len(hypothesis) + 1))
    for i, word in enumerate(reference, 1):
        before, row[0] = row[0], i
        for j, other in enumerate(hypothesis, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (word != other))
    return row[-1]


def differences(reference, hypothesis):
    matcher = difflib.SequenceMatcher(None, reference, hypothesis, autojunk=False)
    return [
        (" ".join(reference[a:b]), " ".join(hypothesis[c:d]))
        for kind, a, b, c, d in matcher.get_opcodes()
        if kind != "equal"
    ]


def loudness(path):
    sound, rate = soundfile.read(path, dtype="float32")
    size = int(rate * FRAME)
    frames = sound[: len(sound) // size * size].reshape(-1, size)
    return numpy.sqrt((frames**2).mean(axis=1)) > LOUD


def stretches(loud):
    found = []
    for at in numpy.flatnonzero(loud):
        if found and (at - found[-1][1]) * FRAME <= GAP:
            found[-1][1] = at
        else:
            found.append([at, at])
    return [(a * FRAME, (b + 1) * FRAME) for a, b in found if (b - a) * FRAME > 0.05]


def speaks(loud, start, end):
    part = loud[max(0, int(start / FRAME)) : int(end / FRAME)]
    return part.size and part.mean() > 0.3


def main():
    out, model = sys.argv[1:]
    talk = json.load(open(f"{out}/talk.json"))
    identities = sorted({r["participantIdentity"] for r in talk["recordings"]} - {None})
    tracks = {who: loudness(f"{out}/{who}.opus") for who in identities}
    agents = [who for who in identities if who.startswith("agent-")]
    people = [who for who in identities if who not in agents]

    # Who answered, by ear.
    turns, wrong = talk["turns"], []
    for at, turn in enumerate(turns):
        until = turns[at + 1]["beganAt"] if at + 1 < len(turns) else float("inf")
        answered = [who for when, who in talk["noticed"] if turn["saidAt"] - 0.5 < when < until]
        to = turn["to"]
        is_right = bool(answered) if to == "anyone" else answered[: len(to)] == [f"agent-{c}" for c in to] and (to or not answered)
        turn["answered"] = answered
        if not is_right:
            wrong.append({"turn": at, "to": to, "answered": answered})

    # Who was talked over, in the recordings.
    talked_over = []
    for who in agents:
        for start, _ in stretches(tracks[who]):
            for person in people:
                if speaks(tracks[person], start - AROUND, start) and speaks(tracks[person], start, start + AROUND):
                    talked_over.append({"who": who, "person": person, "at": round(start, 2)})
    length = max(len(track) for track in tracks.values())
    padded = numpy.array([numpy.pad(tracks[who], (0, length - len(tracks[who]))) for who in agents])
    at_once = float((padded.sum(axis=0) > 1).sum() * FRAME)
    cuts = []
    for person in people:
        for start, end in stretches(tracks[person]):
            for who in agents:
                if speaks(tracks[who], start - AROUND, start):
                    over = next((b for a, b in stretches(tracks[who]) if a < start < b), start)
                    cuts.append({"person": person, "who": who, "at": round(start, 2), "stoppedAfter": round(over - start, 2)})

    # Whether the transcript is what is heard.
    # Whoever listens in a room knows the names of those in it, which have more than one spelling.
    names = " ".join(sorted({e["speakerName"] for e in talk["transcript"] if e.get("speakerName")}))
    whisper = WhisperModel(model, device="cpu", compute_type="int8")
    texts, total = {}, {"characters": [0, 0], "people": [0, 0]}
    for who in identities:
        segments, _ = whisper.transcribe(
            f"{out}/{who}.opus", language="en", beam_size=5, vad_filter=True, condition_on_previous_text=False,
            temperature=0.0, hotwords=names,
        )
        heard = words(" ".join(segment.text for segment in segments))
        written = words(" ".join(e["content"] for e in talk["transcript"] if e["speakerIdentity"] == who))
        wrong_words = edits(written, heard)
        group = total["characters" if who in agents else "people"]
        group[0] += wrong_words
        group[1] += len(written)
        texts[who] = {"words": len(written), "different": wrong_words, "differences": differences(written, heard)}
    rate = lambda pair: round(pair[0] / max(1, pair[1]), 4)
    every = [sum(pair[at] for pair in total.values()) for at in (0, 1)]
    print(json.dumps({
        "turns": len(turns), "wronglyAnswered": wrong, "talkedOver": talked_over,
        "charactersAtOnceSeconds": round(at_once, 2), "cuts": cuts,
        "wordDifference": {"all": rate(every), "words": every[1], **{k: rate(v) for k, v in total.items()}},
        "tracks": texts,
    }, indent=1))


if __name__ == "__main__":
    main()
