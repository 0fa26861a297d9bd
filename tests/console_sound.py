#!/usr/bin/env python3
"""A spoken exchange with `troupe console` over virtual sound devices: nobody has to be in the room.

    tests/console_sound.py [--binary PATH]      a binary that was built with `--features console`

On Debian: `apt install pulseaudio pulseaudio-utils libasound2-plugins`. A PulseAudio of its own has a sink `speakers`,
which is what the character plays on, and a sink `room`, whose monitor is the microphone. A recording is played into the
room; what comes to the recogniser and out of the speakers is compared with it. The models are scripted.
"""

import argparse
import array
import contextlib
import http.server
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
RECORDING = ROOT / "assets/caller.flac"
QUESTION = "How old is the Brooklyn Bridge?"
ANSWER = "It was opened in the spring of eighteen eighty-three."
OTHER = "Something else was heard."
RATE_HZ = 24_000
# The shape of loudness over time, which resampling and a device's clock leave as it is.
FRAME = RATE_HZ // 50
# From here on two recordings are taken to be the same, as a correlation of that shape.
SAME = 0.8
# Long enough for a slow machine; nothing is measured by it.
WITHIN_S = 90
# Time after an answer in which a character that hears itself would be answered.
ECHO_S = 6


def envelope(pcm):
    """Loudness of 16-bit PCM at 24 kHz, a number each 20 ms."""
    samples = array.array("h", pcm[: len(pcm) // 2 * 2])
    return [sum(map(abs, samples[at : at + FRAME])) / FRAME for at in range(0, len(samples) - FRAME + 1, FRAME)]


def likeness(pcm, wanted):
    """How much `pcm` has of `wanted` at the best place: the correlation of their shapes, 1 at most."""
    heard, shape = envelope(pcm), envelope(wanted)
    heard = [0.0] * len(shape) + heard + [0.0] * len(shape)

    def at(place):
        piece = heard[place : place + len(shape)]
        means = sum(piece) / len(piece), sum(shape) / len(shape)
        pairs = [(a - means[0], b - means[1]) for a, b in zip(piece, shape)]
        size = (sum(a * a for a, _ in pairs) * sum(b * b for _, b in pairs)) ** 0.5
        return sum(a * b for a, b in pairs) / size if size else 0.0

    return max(at(place) for place in range(len(heard) - len(shape)))


class Models(http.server.BaseHTTPRequestHandler):
    """An OpenAI-compatible server: the recogniser knows one recording, and the voice is that recording."""

    recording = b""
    heard = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        if self.path.endswith("/transcriptions"):
            pcm = resampled(body[body.index(b"RIFF") :])
            like = likeness(pcm, self.recording)
            Models.heard.append(like)
            words = QUESTION if like >= SAME else OTHER
            self.answer("application/json", json.dumps({"text": words}).encode())
        elif self.path.endswith("/completions"):
            head = {"id": "c", "created": 0, "model": "scripted", "object": "chat.completion.chunk"}
            choices = [{"delta": {"role": "assistant", "content": ANSWER}, "finish_reason": None}, {"delta": {}, "finish_reason": "stop"}]
            events = [json.dumps({**head, "choices": [{"index": 0, **choice}]}) for choice in choices] + ["[DONE]"]
            self.answer("text/event-stream", "".join(f"data: {event}\n\n" for event in events).encode())
        else:
            self.answer("audio/pcm", self.recording)

    def answer(self, kind, body):
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def resampled(wav):
    """The samples of a mono 16-bit WAV file at 24 kHz, by the nearest neighbour: their shape is all that is looked at."""
    rate = int.from_bytes(wav[24:28], "little")
    start = wav.index(b"data") + 8
    samples = array.array("h", wav[start : start + (len(wav) - start) // 2 * 2])
    count = len(samples) * RATE_HZ // rate
    return array.array("h", (samples[at * rate // RATE_HZ] for at in range(count))).tobytes()


class Sound:
    """A PulseAudio of its own, and what it takes to reach it."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "run").mkdir(mode=0o700)
        (folder / "home").mkdir()
        config = folder / "alsa.conf"
        config.write_text("</usr/share/alsa/alsa.conf>\npcm.!default { type pulse }\nctl.!default { type pulse }\n")
        self.environment = {
            **os.environ,
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "HOME": str(folder / "home"),
            "PULSE_SERVER": f"unix:{folder / 'pulse'}",
            "ALSA_CONFIG_PATH": str(config),
            # Where models are kept; the home is another one here.
            "TROUPE_CACHE": os.environ.get("TROUPE_CACHE", str(pathlib.Path.home() / ".cache/troupe")),
        }
        modules = [
            f"module-native-protocol-unix socket={folder / 'pulse'} auth-anonymous=1",
            "module-null-sink sink_name=speakers rate=44100 channels=2",
            "module-null-sink sink_name=room rate=16000 channels=1",
        ]
        command = ["pulseaudio", "-n", "--daemonize=no", "--use-pid-file=no", "--exit-idle-time=-1"]
        log = open(folder / "pulse.log", "wb")
        self.daemon = subprocess.Popen(
            [*command, *(f"--load={module}" for module in modules)], env=self.environment, stdout=log, stderr=log
        )
        wait_for("PulseAudio", lambda: self.control("info").returncode == 0)
        for setting in (("set-default-sink", "speakers"), ("set-default-source", "room.monitor")):
            self.control(*setting).check_returncode()

    def control(self, *arguments):
        return subprocess.run(["pactl", *arguments], env=self.environment, capture_output=True)

    @contextlib.contextmanager
    def recorder(self, device, into):
        """Records a device for as long as the block runs."""
        raw = f"--format=s16le --rate={RATE_HZ} --channels=1 --latency-msec=50".split()
        with open(into, "wb") as file:
            process = subprocess.Popen(["parec", f"--device={device}", *raw], env=self.environment, stdout=file)
            try:
                wait_for(f"the recorder of {device}", lambda: os.path.getsize(into) > 0)
                yield
            finally:
                process.terminate()
                process.wait()

    def play(self, file):
        """Plays a file into the room, to its end."""
        subprocess.run(["paplay", "--device=room", file], env=self.environment, check=True)

    def stop(self):
        self.daemon.terminate()
        self.daemon.wait()


class Console:
    """A `troupe console` that runs."""

    def __init__(self, sound, binary, models, *arguments):
        self.out, self.err = sound.folder / "out", sound.folder / "err"
        environment = {**sound.environment, "OPENAI_BASE_URL": models, "OPENAI_API_KEY": "test-key"}
        for kind in ("STT", "LLM", "TTS"):
            environment[f"TROUPE_{kind}"] = "openai:scripted"
        self.process = subprocess.Popen(
            [binary, "console", "ada", "--json", *arguments],
            env=environment,
            cwd=sound.folder,
            stdin=subprocess.DEVNULL,
            stdout=open(self.out, "wb"),
            stderr=open(self.err, "wb"),
        )

    def listens(self):
        wait_for("the character", lambda: "here." in self.told() or self.process.poll() is not None)
        return self

    def told(self):
        return self.err.read_text(errors="replace")

    def said(self):
        events = [json.loads(line) for line in self.out.read_text().splitlines()]
        return [(event["name"], event["text"]) for event in events if event["event"] == "said"]

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        return self.ended()

    def ended(self):
        return self.process.wait(WITHIN_S)


def wait_for(what, is_there):
    until = time.monotonic() + WITHIN_S
    while not is_there():
        if time.monotonic() > until:
            raise SystemExit(f"{what} did not come")
        time.sleep(0.1)


def check(what, holds, *details):
    print(f"{'ok  ' if holds else 'FAIL'} {what}", *details, flush=True)
    if not holds:
        raise SystemExit(1)


def exchange(sound, binary, models):
    heard = sound.folder / "heard.raw"
    with sound.recorder("speakers.monitor", heard):
        console = Console(sound, binary, models).listens()
        sound.play(RECORDING)
        wait_for("an answer", lambda: len(console.said()) >= 2 or console.process.poll() is not None)
        status = console.stop()
    check("the console ends well", status == 0, *console.told().splitlines()[1:])
    check("what was said into the microphone is in the transcript", ("Guest", QUESTION) in console.said(), console.said(), Models.heard)
    check("and so is the answer", ("Ada", ANSWER) in console.said())
    like = likeness(heard.read_bytes(), Models.recording)
    check("the character is heard from the loudspeaker", like >= SAME, f"likeness {like:.3f}")


def echo(sound, binary, models):
    """Loudspeakers that the microphone hears: the character must not answer itself."""
    module = sound.control("load-module", "module-loopback", "source=speakers.monitor", "sink=room", "latency_msec=60")
    module.check_returncode()
    console = Console(sound, binary, models).listens()
    sound.play(RECORDING)
    wait_for("an answer", lambda: len(console.said()) >= 2 or console.process.poll() is not None)
    time.sleep(ECHO_S)
    lines = console.said()
    check("a character that the microphone hears does not answer itself", len(lines) == 2, lines)
    console.stop()
    sound.control("unload-module", module.stdout.decode().strip())


def unplugged(sound, binary, models):
    console = Console(sound, binary, models).listens()
    sound.stop()
    status = console.ended()
    told = console.told()
    check("devices that go away end the talk", status == 1, status)
    check("and it says which one, and what to do", " is gone: " in told and "Connect it again" in told, told.splitlines()[-1])


def nothing_there(sound, binary, models):
    console = Console(sound, binary, models)
    status = console.ended()
    told = console.told()
    check("without a sound device it says so at once, and what else there is", status == 1 and "--text" in told, told.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    target = os.environ.get("CARGO_TARGET_DIR", ROOT / "target")
    parser.add_argument("--binary", type=os.path.realpath, default=f"{target}/debug/troupe")
    binary = parser.parse_args().binary
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Models)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    models = f"http://127.0.0.1:{server.server_port}/v1"
    with tempfile.TemporaryDirectory() as folder:
        sound = Sound(pathlib.Path(folder))
        try:
            reference = sound.folder / "reference.raw"
            with sound.recorder("room.monitor", reference):
                sound.play(RECORDING)
            Models.recording = trimmed(reference.read_bytes())
            for scene in (exchange, echo, unplugged, nothing_there):
                scene(sound, binary, models)
        finally:
            sound.stop()
    return 0


def trimmed(pcm):
    """Without the silence around it."""
    loud = [at for at, level in enumerate(envelope(pcm)) if level > 60]
    return pcm[loud[0] * FRAME * 2 : (loud[-1] + 1) * FRAME * 2]


if __name__ == "__main__":
    sys.exit(main())
