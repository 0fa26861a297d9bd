// A person in a LiveKit room, through LiveKit's own client for Node: speaks as person.py does.
//
// {"do":"join","url":…,"token":…}   {"do":"say","file":…} (16-bit mono WAV of 48 kHz)   {"do":"leave"}

import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

// The packages lie in a folder of their own, which no file of ours is in.
const { AudioFrame, AudioSource, AudioStream, LocalAudioTrack, Room, RoomEvent, TrackKind, TrackPublishOptions, TrackSource } =
  createRequire(`${process.env.PACKAGES}/`)("@livekit/rtc-node");

const RATE = 48000;
const FRAME = RATE / 100;
const LOUD = 180; // root mean square, of 32768
const SILENCE = 300; // ms that end a stretch of sound
const WAV_HEADER = 44;

const tell = (event, facts = {}) =>
  process.stdout.write(`${JSON.stringify({ event, atMs: Math.round(performance.now()), ...facts })}\n`);

const room = new Room();
const source = new AudioSource(RATE, 1, 20);
let toSay = [];

function attributes(participant, changed) {
  for (const [key, value] of Object.entries(changed)) {
    tell("attribute", { identity: participant.identity, key, value });
  }
}

function joined(participant) {
  const { identity, name } = participant;
  tell("joined", { identity, kind: participant.info.kind, name });
  attributes(participant, participant.attributes);
}

async function listen(track, identity) {
  let began = null;
  let until = null;
  for await (const frame of new AudioStream(track, RATE, 1)) {
    const square = frame.data.reduce((sum, sample) => sum + sample * sample, 0) / frame.data.length;
    const at = performance.now();
    if (Math.sqrt(square) > LOUD) {
      if (began === null) {
        began = at;
        tell("sound", { identity });
      }
      until = at;
    } else if (began !== null && at - until > SILENCE) {
      tell("silence", { identity, soundMs: Math.round(until - began) });
      began = null;
    }
  }
}

async function read(reader, { identity }) {
  const before = { ...reader.info.attributes };
  const text = await reader.readAll();
  tell("transcription", { identity, text, before, attributes: { ...reader.info.attributes } });
}

// The source holds 20 ms: it is what paces this.
async function speak() {
  for (;;) {
    const samples = toSay.splice(0, 1)[0];
    await source.captureFrame(new AudioFrame(samples ?? new Int16Array(FRAME), RATE, 1, FRAME));
    if (samples && toSay.length === 0) tell("said");
  }
}

async function join({ url, token }) {
  room
    .on(RoomEvent.ParticipantConnected, joined)
    .on(RoomEvent.ParticipantDisconnected, ({ identity }) => tell("left", { identity }))
    .on(RoomEvent.ParticipantAttributesChanged, (changed, participant) => attributes(participant, changed))
    .on(RoomEvent.TrackSubscribed, (track, publication, { identity }) => {
      if (track.kind !== TrackKind.KIND_AUDIO) return;
      tell("track", { identity, sid: publication.sid, source: publication.source });
      listen(track, identity).catch(failed);
    })
    .on(RoomEvent.Disconnected, (reason) => tell("disconnected", { reason: String(reason) }));
  room.registerTextStreamHandler("lk.transcription", (reader, from) => read(reader, from).catch(failed));
  await room.connect(url, token, { autoSubscribe: true, dynacast: false });
  const options = new TrackPublishOptions();
  options.source = TrackSource.SOURCE_MICROPHONE;
  await room.localParticipant.publishTrack(LocalAudioTrack.createAudioTrack("microphone", source), options);
  for (const participant of room.remoteParticipants.values()) joined(participant);
  speak().catch(failed);
  tell("connected");
}

async function say({ file }) {
  const bytes = await readFile(file);
  const samples = new Int16Array(bytes.buffer.slice(bytes.byteOffset + WAV_HEADER, bytes.byteOffset + bytes.length));
  for (let at = 0; at < samples.length; at += FRAME) {
    const frame = new Int16Array(FRAME);
    frame.set(samples.subarray(at, at + FRAME));
    toSay.push(frame);
  }
}

const failed = (error) => tell("failed", { reason: String(error) });
const commands = { join, say, leave: () => room.disconnect() };
for await (const line of createInterface({ input: process.stdin })) {
  const command = JSON.parse(line);
  await commands[command.do](command).catch(failed);
}
process.exit(0);
