// What is said, line by line, as it grows.
import { make } from "../shared/dom.js";

// A delay and the line that it belongs to come within this time of each other, ms.
const TOGETHER_MS = 3000;
// A list that is scrolled this near to its end follows what comes, px.
const NEAR = 80;

export class Lines {
  #list;
  #spoken;
  #lines = new Map();
  #waiting = new Map();

  /** `list` shows the lines; `spoken` tells finished ones to screen readers. */
  constructor(list, spoken) {
    this.#list = list;
    this.#spoken = spoken;
    list.replaceChildren();
    spoken.replaceChildren();
  }

  /** Shows a line, or what it has become. */
  say({ identity, segment, text, isFinal }, { name, hue, isSelf }) {
    const key = `${identity}/${segment}`;
    const atEnd = this.#list.scrollHeight - this.#list.scrollTop - this.#list.clientHeight < NEAR;
    let line = this.#lines.get(key);
    if (!line) {
      line = this.#begin(identity, name, hue, isSelf);
      this.#lines.set(key, line);
      const waiting = this.#waiting.get(identity);
      if (waiting && line.at - waiting.at < TOGETHER_MS) mark(line, waiting.delay);
      this.#waiting.delete(identity);
    }
    line.text.textContent = text.trim();
    line.element.classList.toggle("growing", !isFinal);
    if (isFinal && !line.isTold) {
      line.isTold = true;
      this.#spoken.replaceChildren(`${name}: ${text.trim()}`);
    }
    if (atEnd) this.#list.scrollTop = this.#list.scrollHeight;
  }

  /** Puts a delay, ms, to the line that it belongs to: one that has just begun, or the next. */
  delay(identity, delay) {
    const at = performance.now();
    const own = [...this.#lines.values()].filter((line) => line.identity === identity);
    const last = own.at(-1);
    if (last && at - last.at < TOGETHER_MS && !last.delay.textContent) mark(last, delay);
    else this.#waiting.set(identity, { delay, at });
  }

  #begin(identity, name, hue, isSelf) {
    const text = make("span", { class: "text" });
    const delay = make("span", { class: "delay" });
    const who = make("span", { class: "who" }, name);
    const element = make("li", { class: isSelf ? "line self" : "line" }, make("span", { class: "head" }, who, delay), text);
    element.style.setProperty("--hue", hue);
    this.#list.append(element);
    return { identity, element, text, delay, at: performance.now() };
  }
}

function mark(line, delay) {
  line.delay.textContent = `${(delay / 1000).toFixed(2)} s`;
  line.delay.title = "From the last sound before it to the first of this voice";
}
