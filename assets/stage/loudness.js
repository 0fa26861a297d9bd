// How loud everybody is, many times a second.
import { loudness } from "../shared/microphone.js";

// Often enough to time a turn to a few hundredths of a second.
const EVERY_MS = 20;

/** Calls `heard(identity, level, at)` for each watched track: root mean square of 1, and when, ms. */
export class Loudness {
  #context = new AudioContext();
  #watched = new Map();
  #timer;

  constructor(heard) {
    this.#timer = setInterval(() => {
      const at = performance.now();
      for (const [identity, { analyser, samples }] of this.#watched) heard(identity, loudness(analyser, samples), at);
    }, EVERY_MS);
  }

  watch(identity, track) {
    this.forget(identity);
    const analyser = this.#context.createAnalyser();
    analyser.fftSize = 1024;
    const source = this.#context.createMediaStreamSource(new MediaStream([track]));
    source.connect(analyser);
    this.#watched.set(identity, { analyser, source, samples: new Float32Array(analyser.fftSize) });
  }

  forget(identity) {
    this.#watched.get(identity)?.source.disconnect();
    this.#watched.delete(identity);
  }

  stop() {
    clearInterval(this.#timer);
    this.#watched.clear();
    this.#context.close();
  }
}
