"""Two people and three characters talk in a recorded room, on the models that `troupe` is configured for.

    play.py OUT TROUPE SAY AUDIO

OUT gets the recordings, the transcript and `talk.json`: who said what, to whom, and who answered. Speech without an
address is recorded speech of people; lines that call a character by name are made by a local voice, for no recording
calls our characters.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
import urllib.request

import numpy
import soundfile
import soxr

from people import RATE, Person

CHARACTERS = ["felix", "hana", "bruno"]
VOICES = {"katie": "kokoro:af_bella", "steve": "kokoro:am_adam"}
# Seconds for an answer to begin, and to end.
ANSWER_WITHIN, ANSWER_ENDS_WITHIN = 25, 45

# who: "says" words by a local voice, or "plays" a part of a recording; to: who is to answer, in order.
# "over": begins so many seconds into the line that is then heard. "then": seconds before somebody else speaks.
TURNS = [
    {"who": "katie", "says": "Hello Felix. What did you do this morning?", "to": ["felix"]},
    {"who": "steve", "says": "Hana, what is your favourite kind of weather?", "to": ["hana"]},
    {"who": "steve", "plays": ("brooklyn.flac", 0, None), "to": "anyone"},
    {"who": "katie", "says": "And you, Bruno? What do you think of big cities?", "to": ["bruno"]},
    {"who": "katie", "says": "Steve, what is new at work?", "to": [], "then": 0.3},
    {"who": "steve", "plays": ("katie_steve.flac", 2.2, 7.2), "to": [], "then": 0.4},
    {"who": "katie", "plays": ("katie_steve.flac", 7.7, 9.0), "to": [], "then": 0.4},
    {"who": "steve", "plays": ("katie_steve.flac", 9.3, 14.9), "to": []},
    {"who": "steve", "says": "Felix and Hana, what should we have for dinner tonight?", "to": ["felix", "hana"]},
    {"who": "katie", "plays": ("weather_q.flac", 0, None), "to": "anyone"},
    {"who": "katie", "says": "Bruno, please tell us a long story about the sea and a very old ship.", "to": ["bruno"]},
    {"who": "steve", "says": "Wait a moment, Bruno. Who was the captain of that ship?", "to": ["bruno"], "over": 1.5},
    {"who": "steve", "plays": ("enrol_steve.flac", 1.0, 13.0), "to": "anyone"},
    {"who": "katie", "says": "Hana, can you say that in one short sentence?", "to": ["hana"]},
    {"who": "katie", "says": "Thank you, Felix. Goodbye.", "to": ["felix"]},
]


class Api:
    def __init__(self, url, key):
        self.url, self.key = url, key

    def __call__(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        request.add_header("Authorization", f"Bearer {self.key}")
        request.add_header("Content-Type", "application/json")
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def pcm(path, start=0, end=None):
    sound, rate = soundfile.read(path, dtype="float32")
    if sound.ndim > 1:
        sound = sound.mean(axis=1)
    sound = sound[int(start * rate) : None if end is None else int(end * rate)]
    sound = soxr.resample(sound, rate, RATE)
    # All people as loud as each other, at the level of a headset.
    level = numpy.sqrt(numpy.mean(sound[numpy.abs(sound) > 0.01] ** 2) or 1)
    return (numpy.clip(sound * 0.1 / level, -1, 1) * 32767).astype("<i2").tobytes()


def made(out, say, audio):
    """The sound of each turn."""
    for who, voice in VOICES.items():
        lines = [(f"{out}/turn{at}.wav", turn["says"]) for at, turn in enumerate(TURNS) if turn["who"] == who and "says" in turn]
        lines = [part for file, words in lines if not os.path.exists(file) for part in (file, words)]
        if lines:
            subprocess.run([say, voice, *lines], check=True)
    for at, turn in enumerate(TURNS):
        if "says" in turn:
            yield pcm(f"{out}/turn{at}.wav")
        else:
            file, start, end = turn["plays"]
            yield pcm(f"{audio}/{file}", start, end)


async def quiet(listener, identities, seconds, within):
    """Waits until nobody of them was heard for so long; answers whether that came."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        last = max((listener.heard.get(who, 0) for who in identities), default=0)
        if time.monotonic() - last >= seconds:
            return True
        await asyncio.sleep(0.02)
    return False


async def begins(listener, identities, after, within):
    """Waits until one of them begins to be heard; answers who."""
    end = time.monotonic() + within
    while time.monotonic() < end:
        for who in identities:
            if listener.began.get(who, 0) > after:
                return who
        await asyncio.sleep(0.02)
    return None


async def talk(api, sounds):
    room = api("POST", "/v1/rooms", {"name": "Two people and three characters", "record": True})["id"]
    for character in CHARACTERS:
        api("POST", f"/v1/rooms/{room}/participants", {"characterId": character})
    people = {}
    for who in VOICES:
        join = api("GET", f"/v1/rooms/{room}/token?identity={who}&name={who.title()}")
        people[who] = Person(who)
        await people[who].join(join["url"], join["token"], listens=who == "katie")
    listener = people["katie"]
    api("POST", f"/v1/rooms/{room}/start")
    agents = [f"agent-{character}" for character in CHARACTERS]
    while len([p for p in listener.room.remote_participants.values() if p.identity in agents]) < len(agents):
        await asyncio.sleep(0.1)
    await asyncio.sleep(2)
    told = []
    for at, (turn, sound) in enumerate(zip(TURNS, sounds)):
        if "over" in turn:
            line = await begins(listener, agents, told[-1]["saidAt"], ANSWER_WITHIN)
            await asyncio.sleep(turn["over"])
        else:
            line = None
            await quiet(listener, agents, 0.7, ANSWER_ENDS_WITHIN)
        over = listener.sounding(agents)
        began = time.monotonic()
        await people[turn["who"]].say(sound)
        said = time.monotonic()
        note = {"turn": at, "who": turn["who"], "to": turn["to"], "beganAt": began, "saidAt": said, "cutIn": line, "over": over}
        told.append(note)
        print(json.dumps(note), file=sys.stderr)
        following = TURNS[at + 1] if at + 1 < len(TURNS) else {}
        if "over" in following:
            continue
        if "then" in turn:
            await asyncio.sleep(turn["then"])
            continue
        # Whoever is to answer does, and has ended.
        expected = turn["to"] if isinstance(turn["to"], list) else [None]
        after = said
        for _ in expected:
            who = await begins(listener, agents, after, ANSWER_WITHIN)
            if who is None:
                break
            await quiet(listener, agents, 0.6, ANSWER_ENDS_WITHIN)
            after = time.monotonic() - 0.6
        if not expected:
            # Nobody is to answer: whether somebody does shows in the transcript.
            await asyncio.sleep(4)
    await quiet(listener, agents, 1.5, ANSWER_ENDS_WITHIN)
    transcript = api("GET", f"/v1/rooms/{room}/transcript")
    api("POST", f"/v1/rooms/{room}/end")
    for person in people.values():
        await person.leave()
    recordings = []
    for _ in range(120):
        recordings = api("GET", f"/v1/rooms/{room}/recordings")
        if recordings:
            break
        await asyncio.sleep(0.5)
    noticed = [(at, who) for at, who in listener.noticed if who in agents]
    return told, noticed, transcript, recordings


def main():
    out, troupe, say, audio = sys.argv[1:]
    os.makedirs(out, exist_ok=True)
    sounds = list(made(out, say, audio))
    with open(f"{out}/troupe.log", "w") as log:
        stack = subprocess.Popen(
            [os.path.abspath(troupe), "dev", "--json", "--listen", "127.0.0.1:0"],
            stdout=subprocess.PIPE, stderr=log, cwd=out, env={**os.environ, "TROUPE_HEALTH": "127.0.0.1:0"},
        )
        try:
            ready = {}
            while ready.get("event") != "ready":
                ready = json.loads(stack.stdout.readline())
            api = Api(ready["apiUrl"], ready["apiKey"])
            told, noticed, transcript, recordings = asyncio.run(talk(api, sounds))
            for recording in recordings:
                name = recording["participantIdentity"] or "mix"
                with urllib.request.urlopen(recording["url"]) as sound, open(f"{out}/{name}.opus", "wb") as file:
                    file.write(sound.read())
        finally:
            stack.terminate()
            stack.wait(30)
    with open(f"{out}/talk.json", "w") as file:
        json.dump({"turns": told, "noticed": noticed, "script": TURNS, "transcript": transcript, "recordings": recordings}, file, indent=1)


if __name__ == "__main__":
    main()
