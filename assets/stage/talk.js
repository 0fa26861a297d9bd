// A talk: joining, the stage, and every way out of it.
import { get, post } from "../shared/api.js";
import { Connection } from "../shared/connection.js";
import { $, prose } from "../shared/dom.js";
import { closeMicrophone, openMicrophone } from "../shared/microphone.js";
import { view } from "../shared/views.js";
import { Cast } from "./cast.js";
import { Delays, GAP_MS, VOICE } from "./delays.js";
import { Lines } from "./lines.js";
import { Loudness } from "./loudness.js";
import { characterOf, listed } from "./people.js";

// What "Cut in" says for somebody who does not speak.
const CUT_IN = "Hold on a moment.";
// Time after which characters that are not there are worth a word, ms.
const AWAITED_MS = 15_000;

export class Talk {
  #room;
  #characters;
  #name;
  #left;
  #connection;
  #microphone = null;
  #cast = new Cast();
  #lines = new Lines($("lines"), $("said"));
  #delays = new Delays();
  #loudness;
  #names = new Map();
  #awaited;
  #isOver = false;
  #isHeard = false;
  #voiceAt = -Infinity;

  /** `left(kind)` is called once it is over by itself: `ended`, `lost` or `elsewhere`. */
  constructor(room, characters, name, left) {
    this.#room = room;
    this.#characters = characters;
    this.#name = name;
    this.#left = left;
    this.#connection = new Connection({
      caption: (line) => this.#caption(line),
      cast: (people) => this.#people(people),
      sound: (identity, track) => this.#loudness.watch(identity, track),
      silence: (identity) => this.#loudness.forget(identity),
      weak: (isWeak) => this.#note(isWeak ? "The connection is weak; trying to get it back…" : ""),
      over: (kind) => this.#over(kind),
    });
  }

  /** Starts the room if need be, and joins it. */
  async begin(withMicrophone) {
    const path = `/v1/rooms/${this.#room.id}`;
    try {
      // Asked first: whoever has none need not wake the characters.
      if (withMicrophone) this.#microphone = await openMicrophone();
      this.#loudness = new Loudness((...heard) => this.#heard(...heard));
      if (!this.#room.startedAt) await post(`${path}/start`, {});
      const way = await get(`${path}/token?name=${encodeURIComponent(this.#name)}`);
      await this.#connection.join(way, this.#microphone);
    } catch (error) {
      this.close();
      throw error;
    }
    this.#set();
    view("talk", this.#room.name);
  }

  /** Lets go of everything. */
  close() {
    clearTimeout(this.#awaited);
    this.#connection.leave();
    this.#loudness?.stop();
    closeMicrophone(this.#microphone);
  }

  /** Ends the room for everybody. */
  async end() {
    await post(`/v1/rooms/${this.#room.id}/end`, {});
    this.#over("ended");
  }

  /** Who the person is in the room. */
  get identity() {
    return this.#connection.identity;
  }

  #over(kind) {
    // Ending a room also disconnects.
    if (this.#isOver) return;
    this.#isOver = true;
    this.close();
    this.#left(kind);
  }

  #set() {
    const cast = this.#room.participants.map(({ characterId }) => this.#characters.name(characterId));
    $("talk-title").textContent = this.#room.name;
    $("microphone").disabled = !this.#connection.hasMicrophone;
    this.#showMicrophone();
    $("microphone").onclick = () => this.#toggle();
    $("cut-in").onclick = () => this.#write(CUT_IN);
    $("type").onsubmit = (event) => {
      event.preventDefault();
      const text = $("typed").value.trim();
      $("typed").value = "";
      if (text) this.#write(text);
    };
    this.#note("");
    this.#awaited = setTimeout(() => {
      if (!this.#cast.some("absent")) return;
      this.#note(`${listed(cast)} did not come yet. If the server is yours, see whether a worker runs: \`troupe worker\`.`);
    }, AWAITED_MS);
  }

  async #write(text) {
    try {
      await this.#connection.write(text);
    } catch {
      this.#note("That was not sent. Try again.");
    }
  }

  async #toggle() {
    await this.#connection.mute(!this.#connection.isMuted);
    this.#showMicrophone();
  }

  #showMicrophone() {
    const { hasMicrophone, isMuted } = this.#connection;
    $("microphone").setAttribute("aria-pressed", String(!isMuted));
    $("microphone").textContent = hasMicrophone ? `Microphone ${isMuted ? "off" : "on"}` : "No microphone";
    const state = !hasMicrophone ? "silent" : isMuted ? "muted" : this.#isHeard ? "speaking" : "quiet";
    this.#cast.show(this.identity, "You", state, 0, true);
    if (isMuted) this.#cast.sound(this.identity, 0);
  }

  #people(people) {
    const there = new Set([this.identity]);
    for (const { identity, name, state } of people) {
      there.add(identity);
      this.#names.set(identity, name);
      this.#cast.show(identity, name, state, this.#hue(identity));
    }
    for (const { livekitIdentity, characterId } of this.#room.participants) {
      if (there.has(livekitIdentity)) continue;
      there.add(livekitIdentity);
      this.#cast.show(livekitIdentity, this.#characters.name(characterId), "absent", this.#hue(livekitIdentity));
    }
    for (const identity of this.#cast.identities()) if (!there.has(identity)) this.#cast.remove(identity);
    $("cut-in").disabled = !people.some(({ identity, state }) => characterOf(identity) && state === "speaking");
    if (!this.#cast.some("absent")) clearTimeout(this.#awaited);
  }

  #caption(line) {
    const { identity } = line;
    const isSelf = identity === this.identity;
    const known = this.#names.get(identity) ?? this.#characters.name(characterOf(identity) ?? identity);
    this.#lines.say(line, { name: isSelf ? "You" : known, hue: this.#hue(identity), isSelf });
  }

  #hue(identity) {
    return this.#characters.hue(characterOf(identity) ?? identity);
  }

  #heard(identity, level, at) {
    if (identity === this.identity) {
      if (this.#connection.isMuted) return;
      this.#hearSelf(level, at);
    }
    this.#cast.sound(identity, level);
    const delay = this.#delays.heard(identity, level, at, characterOf(identity) !== null);
    if (delay !== null) this.#lines.delay(identity, delay);
  }

  /** Shows whether the person's own voice is heard. */
  #hearSelf(level, at) {
    if (level >= VOICE) this.#voiceAt = at;
    const isHeard = at - this.#voiceAt < GAP_MS;
    if (isHeard === this.#isHeard) return;
    this.#isHeard = isHeard;
    this.#showMicrophone();
  }

  #note(text) {
    $("notice").replaceChildren(...prose(text));
  }
}
