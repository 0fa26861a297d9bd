// First-audio delay: from the last sound of anybody else to the first sound of a character. No clock of its own.

// From here on it is a voice and not a room's noise, root mean square of 1.
export const VOICE = 0.01;
// Shorter gaps are within a speech, ms.
export const GAP_MS = 600;

export class Delays {
  #lastSound = new Map();

  /** Takes in how loud somebody is; answers a delay in ms when that begins an answer, else null. */
  heard(identity, level, at, isCharacter) {
    if (level < VOICE) return null;
    const own = this.#lastSound.get(identity) ?? -Infinity;
    this.#lastSound.set(identity, at);
    if (!isCharacter || at - own < GAP_MS) return null;
    const others = [...this.#lastSound].filter(([other]) => other !== identity).map(([, last]) => last);
    const last = Math.max(-Infinity, ...others);
    // Who spoke last goes on after a pause, or talks over somebody: that answers nothing.
    return last > own && last < at ? at - last : null;
  }
}
