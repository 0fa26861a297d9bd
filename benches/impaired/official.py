"""The official client in many rooms. Argument: URL. Each line that it reads is a command, and answered by a line.

listen TOKEN FILE   joins and keeps what it hears, at 16 kHz
enter TOKEN         joins and publishes silence
speak FILE          all who entered say this (raw, 48 kHz, 16 bit, mono); answered when it is said
end                 writes what was heard, and leaves
"""

import asyncio
import sys

from livekit import rtc

SENT_HZ = 48000
HEARD_HZ = 16000
# A tenth of a second at once: each block is a round trip into the client's library, and there are many rooms.
BLOCK = SENT_HZ // 10


async def listen(track, heard):
    async for event in rtc.AudioStream(track, sample_rate=HEARD_HZ, num_channels=1):
        heard.extend(bytes(event.frame.data))


class Speaker:
    """Never stops: a block that is given up while the library takes it makes the next one fail."""

    def __init__(self, source):
        self.source = source
        self.to_say = asyncio.Queue()
        self.task = asyncio.create_task(self.run())

    async def run(self):
        while True:
            if self.to_say.empty():
                await self.say(bytes(2 * BLOCK))
            else:
                await self.say(self.to_say.get_nowait())
                self.to_say.task_done()

    async def say(self, pcm):
        for at in range(0, len(pcm), 2 * BLOCK):
            block = pcm[at : at + 2 * BLOCK].ljust(2 * BLOCK, b"\0")
            await self.source.capture_frame(rtc.AudioFrame(block, SENT_HZ, 1, BLOCK))

    async def speak(self, pcm):
        self.to_say.put_nowait(pcm)
        await self.to_say.join()


async def main(url):
    rooms, speakers, kept, tasks = [], [], [], []

    async def join(token):
        room = rtc.Room()
        heard = bytearray()
        room.on("track_subscribed", lambda track, *_: tasks.append(asyncio.create_task(listen(track, heard))))
        await room.connect(url, token)
        rooms.append(room)
        return room, heard

    lines = asyncio.StreamReader()
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        command, *words = line.decode().rstrip("\n").split("\t")
        if command == "listen":
            _, heard = await join(words[0])
            kept.append((words[1], heard))
        elif command == "enter":
            room, _ = await join(words[0])
            source = rtc.AudioSource(SENT_HZ, 1, queue_size_ms=200)
            track = rtc.LocalAudioTrack.create_audio_track("voice", source)
            options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
            await room.local_participant.publish_track(track, options)
            speakers.append(Speaker(source))
        elif command == "speak":
            with open(words[0], "rb") as file:
                pcm = file.read()
            await asyncio.gather(*(speaker.speak(pcm) for speaker in speakers))
        elif command == "end":
            for file, heard in kept:
                with open(file, "wb") as out:
                    out.write(heard)
            for room in rooms:
                await room.disconnect()
        print("done", flush=True)


asyncio.run(main(sys.argv[1]))
