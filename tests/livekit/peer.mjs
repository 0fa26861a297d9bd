// The official client for Node as the other side: hums 700 Hz and reports what it hears, as peer.py does.
//
// Arguments: URL, token. Every line it prints is a JSON object.

import { createRequire } from "node:module";

// The packages lie in a folder of their own, which no file of ours is in.
const { AudioFrame, AudioSource, AudioStream, LocalAudioTrack, Room, RoomEvent, TrackKind, TrackPublishOptions, TrackSource } =
  createRequire(`${process.env.PACKAGES}/`)("@livekit/rtc-node");

const RATE = 48000;
const BLOCK = RATE / 100;
const WINDOW = RATE / 5;

const report = (facts) => process.stdout.write(`${JSON.stringify(facts)}\n`);

async function hum(source) {
  for (let at = 0; ; at += BLOCK) {
    const wave = Int16Array.from({ length: BLOCK }, (_, i) => 8192 * Math.sin((2 * Math.PI * 700 * (at + i)) / RATE));
    await source.captureFrame(new AudioFrame(wave, RATE, 1, BLOCK));
  }
}

// How often the wave rises through zero: enough for a pure tone.
function pitch(window) {
  const rises = window.reduce((sum, sample, i) => sum + (i > 0 && window[i - 1] < 0 && sample >= 0 ? 1 : 0), 0);
  return (rises * RATE) / window.length;
}

async function listen(track) {
  let [window, onset, since, heard] = [[], false, 0, false];
  for await (const frame of new AudioStream(track, RATE, 1)) {
    if (!onset && frame.data.some((sample) => Math.abs(sample) > 1000)) {
      [onset, since] = [true, 0];
      report({ onset });
    }
    since += 1;
    window = [...window, ...frame.data].slice(-WINDOW);
    const level = Math.sqrt(window.reduce((sum, sample) => sum + sample * sample, 0) / window.length);
    if (level < 50 && onset) {
      [onset, heard] = [false, false];
      report({ silence: true });
    }
    // 300 ms on, the 200 ms of the window hold nothing of before.
    if (onset && since > 30 && !heard) {
      heard = true;
      report({ heard_hz: pitch(window), level });
    }
  }
}

const [url, token] = process.argv.slice(2);
const room = new Room();
room.on(RoomEvent.TrackSubscribed, (track) => {
  if (track.kind === TrackKind.KIND_AUDIO) listen(track);
});
await room.connect(url, token, { autoSubscribe: true, dynacast: false });
const source = new AudioSource(RATE, 1, 100);
const options = new TrackPublishOptions();
options.source = TrackSource.SOURCE_MICROPHONE;
await room.localParticipant.publishTrack(LocalAudioTrack.createAudioTrack("hum", source), options);
report({ ready: true });
await hum(source);
