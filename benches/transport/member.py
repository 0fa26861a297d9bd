"""The official client in rooms, speaking and listening. Arguments: URL, then a token a room.

Prints one line when all speak: the median milliseconds to connect and to publish. Leaves when its input ends.
"""

import asyncio
import statistics
import sys
import time

import numpy as np
from livekit import rtc

RATE = 48000
WAVE = (8192 * np.sin(2 * np.pi * 500 * np.arange(RATE // 10) / RATE)).astype(np.int16).tobytes()


async def hum(source):
    frame = rtc.AudioFrame(WAVE, RATE, 1, RATE // 10)
    while True:
        await source.capture_frame(frame)


async def listen(track):
    async for _ in rtc.AudioStream(track, sample_rate=16000, num_channels=1):
        pass


async def main(url, tokens):
    rooms, tasks, connects, publishes = [], [], [], []
    for token in tokens:
        room = rtc.Room()
        room.on("track_subscribed", lambda track, *_: tasks.append(asyncio.create_task(listen(track))))
        start = time.time()
        await room.connect(url, token)
        connects.append(1000 * (time.time() - start))
        source = rtc.AudioSource(RATE, 1, queue_size_ms=200)
        track = rtc.LocalAudioTrack.create_audio_track("hum", source)
        start = time.time()
        await room.local_participant.publish_track(track)
        publishes.append(1000 * (time.time() - start))
        tasks.append(asyncio.create_task(hum(source)))
        rooms.append(room)
    print(statistics.median(connects), statistics.median(publishes), flush=True)
    await asyncio.to_thread(sys.stdin.read)
    await asyncio.gather(*(room.disconnect() for room in rooms))


asyncio.run(main(sys.argv[1], sys.argv[2:]))
