// What can go wrong: what happened, what to do, and which way on there is.
import { $, make } from "../shared/dom.js";
import { NoMicrophone } from "../shared/microphone.js";
import { Trouble } from "../shared/trouble.js";
import { view } from "./views.js";

const TROUBLES = {
  server: {
    title: "The server does not answer",
    what: "The page can't reach the server that it came from.",
    todo: "Check your network. If the server is yours, see whether `troupe dev` or `troupe serve` still runs, and start it again.",
  },
  refused: {
    title: "The microphone is blocked",
    what: "Your browser does not let this page use the microphone.",
    todo: "Allow it in the browser's settings for this site, then try again. Or join without it, and type.",
  },
  missing: {
    title: "There is no microphone",
    what: "No microphone was found on this device.",
    todo: "Connect one, then try again. Or join without it: you hear the characters, and type.",
  },
  busy: {
    title: "The microphone is taken",
    what: "Another program is using the microphone.",
    todo: "Close that program, then try again. Or join without it, and type.",
  },
  unusable: {
    title: "The microphone can't be used",
    what: "The browser could not open the microphone.",
    todo: "Try another one, then try again. Or join without it, and type.",
  },
  unoffered: {
    title: "This browser offers no microphone here",
    what: "Browsers give a microphone only to pages that come over https, or from this machine itself.",
    todo: "Open the page over https, or on the machine where the server runs. Or join without it, and type.",
  },
  livekit: {
    title: "The voice server does not answer",
    what: "The page reached Troupe, but not the LiveKit server that carries the sound.",
    todo: "Check your network. If the server is yours, see whether LiveKit runs at the address that LIVEKIT_PUBLIC_URL names.",
  },
  lost: {
    title: "The connection is lost",
    what: "The sound of the room does not reach you any more. The talk may go on without you.",
    todo: "Check your network, then come back in.",
  },
  elsewhere: {
    title: "You are in this room in another window",
    what: "The same person joined from elsewhere, so this window let go.",
    todo: "Go on there, or come back in here.",
  },
  gone: {
    title: "There is no such room",
    what: "It was removed, or it belongs to another project.",
    todo: "Choose another one.",
  },
  full: {
    title: "The project has too much going on",
    what: "No more rooms may play just now.",
    todo: "End a room that nobody needs, or try again later.",
  },
  other: {
    title: "That did not work",
    what: "The server could not do it.",
    todo: "Try again in a moment.",
  },
};

/** The kind of trouble that an error is. */
export const kindOf = (error) => (error instanceof Trouble || error instanceof NoMicrophone ? error.kind : "other");

/** Shows a trouble; each of `ways` is a button's text and what it does. */
export function showTrouble({ kind, said }, ways) {
  const known = TROUBLES[kind] ?? TROUBLES.other;
  $("trouble").dataset.kind = kind;
  $("trouble-title").textContent = known.title;
  $("trouble-what").textContent = said ? `${known.what} It says: ${said}.` : known.what;
  $("trouble-todo").textContent = known.todo;
  const buttons = ways.map(([text, act], index) => {
    const button = make("button", { type: "button", class: index ? "quiet" : "", textContent: text });
    button.addEventListener("click", act);
    return button;
  });
  $("trouble-actions").replaceChildren(...buttons);
  view("trouble");
}
