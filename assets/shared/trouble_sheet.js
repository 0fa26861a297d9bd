// How a page shows that something went wrong: what happened, what to do, and which ways on there are.
import { $, make, prose } from "./dom.js";
import { NoMicrophone } from "./microphone.js";
import { Trouble } from "./trouble.js";
import { view } from "./views.js";

/** Words of troubles that the pages of a project share. */
export const COMMON = {
  server: {
    title: "The server does not answer",
    what: "The page can't reach the server that it came from.",
    todo: "Check your network. If the server is yours, see whether `troupe dev` or `troupe serve` still runs, and start it again.",
  },
  gone: {
    title: "There is no such room",
    what: "It was removed, or it belongs to another project.",
    todo: "Choose another one.",
  },
  other: {
    title: "That did not work",
    what: "The server could not do it.",
    todo: "Try again in a moment.",
  },
};

/** The kind of trouble that an error is. */
export const kindOf = (error) => (error instanceof Trouble || error instanceof NoMicrophone ? error.kind : "other");

/** Shows a trouble in a page's words, by kind; each of `ways` is a button's text and what it does. */
export function showTrouble(words, { kind, said }, ways) {
  const known = words[kind] ?? words.other;
  $("trouble").dataset.kind = kind;
  $("trouble-title").textContent = known.title;
  $("trouble-what").textContent = said ? `${known.what} It says: ${said}.` : known.what;
  $("trouble-todo").replaceChildren(...prose(known.todo));
  const buttons = ways.map(([text, act], index) => {
    const button = make("button", { type: "button", class: index ? "quiet" : "", textContent: text });
    button.addEventListener("click", act);
    return button;
  });
  $("trouble-actions").replaceChildren(...buttons);
  view("trouble");
}
