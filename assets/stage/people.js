// How characters and people look: a letter, a colour of their own, a few words.
import { make } from "../shared/dom.js";

// Degrees.
const GOLDEN = 137.508;

/** The characters of the project, by id. */
export class Characters {
  #byId;

  constructor(list) {
    this.#byId = new Map(list.map((character) => [character.id, character]));
  }

  all() {
    return [...this.#byId.values()];
  }

  /** Its colour, a hue in degrees: neighbours in the list are a golden angle apart. */
  hue(id) {
    const index = [...this.#byId.keys()].indexOf(id);
    return index < 0 ? hueOf(id) : Math.round((index * GOLDEN + 25) % 360);
  }

  /** Its name; one that was deleted since is called by its id. */
  name(id) {
    return this.#byId.get(id)?.name ?? id;
  }
}

/** The character of a LiveKit identity, or null for a person. */
export const characterOf = (identity) => (identity.startsWith("agent-") ? identity.slice("agent-".length) : null);

/** "Ada, Felix and Theo". */
export const listed = (names) => new Intl.ListFormat("en", { type: "conjunction" }).format(names);

/** Who a character is, in a sentence: the beginning of its persona, which speaks to the character itself. */
export function about(persona) {
  const sentence = persona.trim().split(/(?<=[.!?])\s/)[0];
  const rest = sentence.replace(/^You are /, "");
  return rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** A round portrait: the first letter on a colour. */
export function portrait(name, hue) {
  const letter = [...name.trim()][0]?.toUpperCase() ?? "?";
  const element = make("span", { class: "portrait", "aria-hidden": "true" }, letter);
  element.style.setProperty("--hue", hue);
  return element;
}

/** A hue for whoever is not in the list, degrees. */
function hueOf(id) {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 360;
  return sum;
}
