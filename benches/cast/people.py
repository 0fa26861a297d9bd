"""People in a LiveKit room: each has a microphone that plays recordings, and one of them hears everyone."""

import array
import asyncio
import math
import time

from livekit import rtc

RATE = 48000
FRAME = RATE // 100
LOUD = 180  # root mean square, of 32768
SILENCE = 0.35  # seconds that end a stretch of sound


class Person:
    """`heard[identity]` is when a participant was last heard by this person, `noticed` when each began to be."""

    def __init__(self, name):
        self.name = name
        self.room = rtc.Room()
        self.source = rtc.AudioSource(RATE, 1, queue_size_ms=40)
        self.to_say = asyncio.Queue()
        self.heard = {}
        self.began = {}
        self.noticed = []
        self.is_speaking = False
        self.tasks = []

    async def join(self, url, token, listens):
        if listens:
            self.room.on("track_subscribed", self.subscribed)
        await self.room.connect(url, token, rtc.RoomOptions(auto_subscribe=listens))
        track = rtc.LocalAudioTrack.create_audio_track("microphone", self.source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self.room.local_participant.publish_track(track, options)
        self.tasks.append(asyncio.ensure_future(self.speak()))

    def subscribed(self, track, _publication, participant):
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            self.tasks.append(asyncio.ensure_future(self.listen(track, participant.identity)))

    async def listen(self, track, identity):
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            samples = array.array("h", bytes(event.frame.data))
            if math.sqrt(sum(s * s for s in samples[::4]) / max(1, len(samples) // 4)) > LOUD:
                now = time.monotonic()
                if now - self.heard.get(identity, 0) > SILENCE:
                    self.began[identity] = now
                    self.noticed.append((now, identity))
                self.heard[identity] = now

    async def speak(self):
        begin, frames, pcm = time.monotonic(), 0, b""
        while True:
            if not pcm and not self.to_say.empty():
                pcm = self.to_say.get_nowait()
            self.is_speaking = bool(pcm)
            data, pcm = pcm[: FRAME * 2], pcm[FRAME * 2 :]
            data += bytes(FRAME * 2 - len(data))
            await self.source.capture_frame(rtc.AudioFrame(data, RATE, 1, FRAME))
            frames += 1
            ahead = begin + frames * 0.01 - time.monotonic()
            if ahead > 0:
                await asyncio.sleep(ahead)
            elif ahead < -0.2:
                begin -= ahead

    async def say(self, pcm):
        """Says a recording to its end."""
        self.to_say.put_nowait(pcm)
        self.is_speaking = True
        while self.is_speaking or not self.to_say.empty():
            await asyncio.sleep(0.02)

    def sounding(self, identities):
        """Who of them is heard now."""
        now = time.monotonic()
        return [who for who in identities if now - self.heard.get(who, 0) < SILENCE]

    async def leave(self):
        for task in self.tasks:
            task.cancel()
        await self.room.disconnect()
