// The figures on stage, each with what it does.
import { $, make } from "../shared/dom.js";
import { portrait } from "./people.js";

const WORDS = {
  absent: "on the way",
  listening: "listening",
  thinking: "thinking",
  speaking: "speaking",
  here: "here",
  quiet: "quiet",
  muted: "microphone off",
  silent: "typing only",
};
// A voice at this root mean square fills its ring.
const FULL = 0.2;

export class Cast {
  #figures = new Map();

  constructor() {
    $("cast").replaceChildren();
  }

  /** Puts somebody on stage, or changes what they do. */
  show(identity, name, state, hue, isSelf = false) {
    let figure = this.#figures.get(identity);
    if (!figure) {
      const told = make("span", { class: "state" });
      const label = make("span", { class: "name" });
      const element = make("li", { class: isSelf ? "figure self" : "figure" }, portrait(name, hue), label, told);
      figure = { element, label, told };
      this.#figures.set(identity, figure);
      // The person stands in front of the others.
      if (isSelf || !$("cast").querySelector(".self")) $("cast").append(element);
      else $("cast").querySelector(".self").before(element);
    }
    figure.label.textContent = name;
    figure.told.textContent = WORDS[state] ?? state;
    figure.element.dataset.state = state;
    if (state !== "speaking" && !isSelf) this.sound(identity, 0);
  }

  /** Lets somebody's ring follow their voice. */
  sound(identity, level) {
    const element = this.#figures.get(identity)?.element;
    element?.style.setProperty("--level", Math.min(1, level / FULL).toFixed(2));
  }

  remove(identity) {
    this.#figures.get(identity)?.element.remove();
    this.#figures.delete(identity);
  }

  /** Whether somebody on stage does this. */
  some(state) {
    return [...this.#figures.values()].some(({ element }) => element.dataset.state === state);
  }

  identities() {
    return [...this.#figures.keys()];
  }
}
