// The LiveKit side of a talk. It translates events into the hooks that it is given, and decides nothing.
import { readCaptions } from "./captions.js";
import { $ } from "./dom.js";
import { Trouble } from "./trouble.js";

// Waits between tries to get a connection back, ms: after about a quarter of a minute the person is told.
const TRIES_MS = [0, 300, 1000, 2000, 3000, 4000, 5000];
const CHAT = "lk.chat";
const STATE = "lk.agent.state";

/**
 * A person in a room. Hooks: `caption`, `cast(people)`, `sound(identity, track)`, `silence(identity)`,
 * `weak(isWeak)`, `over(kind)`.
 */
export class Connection {
  #room = new LivekitClient.Room({
    adaptiveStream: false,
    dynacast: false,
    reconnectPolicy: new LivekitClient.DefaultReconnectPolicy(TRIES_MS),
  });
  #hooks;
  #microphone = null;
  #isIn = false;
  #isOver = false;

  constructor(hooks) {
    this.#hooks = hooks;
    const events = LivekitClient.RoomEvent;
    const cast = () => hooks.cast(this.people());
    for (const event of [
      events.ParticipantConnected,
      events.ParticipantDisconnected,
      events.ParticipantAttributesChanged,
      events.ParticipantNameChanged,
      events.ActiveSpeakersChanged,
    ]) {
      this.#room.on(event, cast);
    }
    this.#room
      .on(events.TrackSubscribed, (track, _, participant) => {
        if (track.kind !== "audio") return;
        $("sounds").append(track.attach());
        hooks.sound(participant.identity, track.mediaStreamTrack);
      })
      .on(events.TrackUnsubscribed, (track, _, participant) => {
        for (const element of track.detach()) element.remove();
        hooks.silence(participant.identity);
      })
      .on(events.SignalReconnecting, () => hooks.weak(true))
      .on(events.Reconnecting, () => hooks.weak(true))
      .on(events.Reconnected, () => hooks.weak(false))
      .on(events.Disconnected, (reason) => this.#disconnected(reason));
    readCaptions(this.#room, hooks.caption);
  }

  /** Joins; with the sound of `microphone` where there is one. */
  async join({ url, token }, microphone) {
    try {
      await this.#room.connect(url, token);
      this.#isIn = true;
      const track = microphone?.getAudioTracks()[0];
      if (track) {
        const source = LivekitClient.Track.Source.Microphone;
        this.#microphone = await this.#room.localParticipant.publishTrack(track, { source });
        this.#hooks.sound(this.identity, track);
      }
      await this.#room.startAudio();
    } catch {
      this.leave();
      throw new Trouble("livekit");
    }
    this.#hooks.cast(this.people());
  }

  get identity() {
    return this.#room.localParticipant.identity;
  }

  get hasMicrophone() {
    return this.#microphone !== null;
  }

  get isMuted() {
    return this.#microphone?.isMuted ?? true;
  }

  /** Turns the microphone on or off. */
  async mute(isMuted) {
    await (isMuted ? this.#microphone?.mute() : this.#microphone?.unmute());
  }

  /** Says something in writing. */
  async write(text) {
    await this.#room.localParticipant.sendText(text, { topic: CHAT });
  }

  /** Everybody else in the room: identity, name, and what they do. */
  people() {
    return [...this.#room.remoteParticipants.values()].map((participant) => ({
      identity: participant.identity,
      name: participant.name || participant.identity,
      state: participant.attributes[STATE] ?? (participant.isSpeaking ? "speaking" : "here"),
    }));
  }

  /** Leaves; nothing is told any more. */
  leave() {
    this.#isOver = true;
    this.#room.disconnect();
    $("sounds").replaceChildren();
  }

  #disconnected(reason) {
    // A connection that never was is told by `join`.
    if (this.#isOver || !this.#isIn) return;
    this.leave();
    const reasons = LivekitClient.DisconnectReason;
    const kinds = {
      [reasons.ROOM_DELETED]: "ended",
      [reasons.PARTICIPANT_REMOVED]: "ended",
      [reasons.DUPLICATE_IDENTITY]: "elsewhere",
    };
    this.#hooks.over(kinds[reason] ?? "lost");
  }
}
