"""The official client as a listener: prints when it hears a tone begin. Arguments: URL, token."""

import asyncio
import sys
import time

import numpy as np
from livekit import rtc


async def listen(track):
    quiet = 100
    async for event in rtc.AudioStream(track, sample_rate=48000, num_channels=1):
        if np.abs(np.frombuffer(event.frame.data, np.int16)).max() > 1000:
            if quiet >= 20:
                print(time.time(), flush=True)
            quiet = 0
        else:
            quiet += 1


async def main(url, token):
    room = rtc.Room()
    tasks = []
    room.on("track_subscribed", lambda track, *_: tasks.append(asyncio.create_task(listen(track))))
    await room.connect(url, token)
    print("ready", flush=True)
    await asyncio.Event().wait()


asyncio.run(main(sys.argv[1], sys.argv[2]))
