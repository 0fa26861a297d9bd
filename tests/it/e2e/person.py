"""A person in a LiveKit room, through LiveKit's own client: commands as JSON lines in, what is noticed out.

{"do":"join","url":…,"token":…}   {"do":"say","file":…} (16-bit mono WAV)   {"do":"chat","text":…}   {"do":"leave"}
{"do":"unplug"}: the microphone is gone with the last sample of what is to be said.
"""

import array
import asyncio
import json
import math
import sys
import time
import wave

from livekit import rtc

RATE = 48000
FRAME = RATE // 100
LOUD = 180  # root mean square, of 32768
SILENCE = 0.3  # seconds that end a stretch of sound
started = time.monotonic()


def now():
    return round((time.monotonic() - started) * 1000)


def tell(event, **facts):
    print(json.dumps({"event": event, "atMs": now(), **facts}), flush=True)


class Person:
    def __init__(self):
        self.room = rtc.Room()
        self.source = rtc.AudioSource(RATE, 1, queue_size_ms=20)
        self.tasks = set()
        self.to_say = asyncio.Queue()
        self.unplugs = False

    def spawn(self, work):
        task = asyncio.ensure_future(work)
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def join(self, url, token):
        room = self.room
        room.on("participant_connected", lambda p: self.joined(p))
        room.on("participant_disconnected", lambda p: tell("left", identity=p.identity))
        room.on("participant_attributes_changed", lambda changed, p: self.attributes(p, changed))
        room.on("track_subscribed", lambda track, publication, p: self.subscribed(track, publication, p))
        room.on("disconnected", lambda reason: tell("disconnected", reason=str(reason)))
        room.register_text_stream_handler("lk.transcription", lambda r, who: self.spawn(self.read(r, who)))
        await room.connect(url, token)
        microphone = rtc.LocalAudioTrack.create_audio_track("microphone", self.source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        self.publication = await room.local_participant.publish_track(microphone, options)
        for participant in room.remote_participants.values():
            self.joined(participant)
        self.spawn(self.speak())
        tell("connected")

    def joined(self, participant):
        tell("joined", identity=participant.identity, kind=int(participant.kind), name=participant.name)
        self.attributes(participant, dict(participant.attributes))

    def attributes(self, participant, changed):
        for key, value in changed.items():
            tell("attribute", identity=participant.identity, key=key, value=value)

    def subscribed(self, track, publication, participant):
        if track.kind == rtc.TrackKind.KIND_AUDIO:
            source = int(publication.source)
            name = publication.name
            tell("track", identity=participant.identity, sid=publication.sid, source=source, name=name)
            listen = self.measure if name == "ambience" else self.listen
            self.spawn(listen(track, participant.identity))

    async def measure(self, track, identity):
        seconds = power = 0
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            samples = array.array("h", bytes(event.frame.data))
            seconds += len(samples) / RATE
            # Not the first second: until then sound fades in.
            if seconds > 1:
                power += sum(s * s for s in samples) / RATE
            if seconds > 3:
                level = 10 * math.log10(max(power / (seconds - 1), 1e-9) / 32768**2)
                return tell("ambience", identity=identity, levelDb=round(level, 1))

    async def listen(self, track, identity):
        began = until = None
        async for event in rtc.AudioStream(track, sample_rate=RATE, num_channels=1):
            samples = array.array("h", bytes(event.frame.data))
            loud = math.sqrt(sum(s * s for s in samples) / max(1, len(samples))) > LOUD
            at = time.monotonic()
            if loud:
                if began is None:
                    began = at
                    tell("sound", identity=identity)
                until = at
            elif began is not None and at - until > SILENCE:
                tell("silence", identity=identity, soundMs=round((until - began) * 1000))
                began = None

    async def read(self, reader, identity):
        before = dict(reader.info.attributes or {})
        text = ""
        async for chunk in reader:
            text += chunk
        attributes = dict(reader.info.attributes or {})
        tell("transcription", identity=identity, text=text, before=before, attributes=attributes)

    async def speak(self):
        begin, frames, pcm = time.monotonic(), 0, b""
        while True:
            if not pcm and not self.to_say.empty():
                pcm = self.to_say.get_nowait()
            data, pcm, said = pcm[: FRAME * 2], pcm[FRAME * 2 :], bool(pcm)
            data += bytes(FRAME * 2 - len(data))
            await self.source.capture_frame(rtc.AudioFrame(data, RATE, 1, FRAME))
            if said and not pcm:
                tell("said")
                if self.unplugs:
                    await self.room.local_participant.unpublish_track(self.publication.sid)
                    return
            frames += 1
            ahead = begin + frames * 0.01 - time.monotonic()
            if ahead > 0:
                await asyncio.sleep(ahead)
            elif ahead < -0.2:
                begin -= ahead

    async def obey(self, command):
        what = command.pop("do")
        if what == "join":
            await self.join(**command)
        elif what == "say":
            with wave.open(command["file"]) as recording:
                assert recording.getframerate() == RATE and recording.getnchannels() == 1
                await self.to_say.put(recording.readframes(recording.getnframes()))
        elif what == "chat":
            await self.room.local_participant.send_text(command["text"], topic="lk.chat")
        elif what == "unplug":
            self.unplugs = True
        elif what == "leave":
            await self.room.disconnect()
            tell("disconnected", reason="left")


async def main():
    person = Person()
    lines = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(lines), sys.stdin)
    while line := await lines.readline():
        try:
            await person.obey(json.loads(line))
        except Exception as error:
            tell("failed", reason=repr(error))


asyncio.run(main())
