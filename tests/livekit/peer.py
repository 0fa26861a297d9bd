"""The official Python client as the other side: hums 700 Hz, reports what it hears, echoes data and text.

Arguments: URL, token. Every line it prints is a JSON object.
"""

import asyncio
import json
import sys
import time

import numpy as np
from livekit import rtc

RATE = 48000


def report(**event):
    print(json.dumps({"at": time.time(), **event}), flush=True)


async def hum(source):
    samples = RATE // 100
    phase = np.arange(samples)
    block = 0
    while True:
        wave = 8192 * np.sin(2 * np.pi * 700 * (phase + block * samples) / RATE)
        data = wave.astype(np.int16).tobytes()
        await source.capture_frame(rtc.AudioFrame(data, RATE, 1, samples))
        block += 1


async def listen(track):
    heard, window, onset, since = False, np.zeros(0, np.int16), False, 0
    async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
        frame = np.frombuffer(event.frame.data, np.int16)
        if not onset and np.abs(frame).max() > 1000:
            onset, since = True, 0
            report(onset=True)
        since += 1
        window = np.concatenate([window, frame])[-RATE // 5 :]
        level = float(np.sqrt(np.mean(window.astype(float) ** 2)))
        if level < 50 and onset:
            onset, heard = False, False
            report(silence=True)
        # 300 ms on, the 200 ms of the window hold nothing of before.
        if onset and since > 30 and not heard:
            spectrum = np.abs(np.fft.rfft(window * np.hanning(len(window))))
            heard = True
            report(heard_hz=float(np.argmax(spectrum) * RATE / len(window)), level=level)


async def main(url, token):
    room = rtc.Room()
    tasks = []

    @room.on("track_subscribed")
    def _(track, publication, participant):
        tasks.append(asyncio.create_task(listen(track)))

    @room.on("data_received")
    def _(packet):
        reliable = packet.kind == rtc.DataPacketKind.KIND_RELIABLE
        report(data=packet.data.decode(), reliable=reliable)
        tasks.append(asyncio.create_task(room.local_participant.publish_data(packet.data, reliable=reliable)))

    async def echo(reader):
        text = await reader.read_all()
        report(text_length=len(text))
        await room.local_participant.send_text(text, topic="back")

    room.register_text_stream_handler("lines", lambda reader, who: tasks.append(asyncio.create_task(echo(reader))))
    await room.connect(url, token)
    source = rtc.AudioSource(RATE, 1, queue_size_ms=100)
    track = rtc.LocalAudioTrack.create_audio_track("hum", source)
    await room.local_participant.publish_track(track, rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE))
    tasks.append(asyncio.create_task(hum(source)))
    report(ready=True)
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], sys.argv[2]))
