// Letting somebody in: by the link that they opened, or one that they paste.
import { NotAdmitted, openPass } from "./api.js";
import { $, prose } from "./dom.js";
import { view } from "./views.js";

const REASONS = {
  none: "This page shows the rooms of one project, so it needs to know which.",
  refused: "That link was used already, has expired, or is not whole. Each opens the page once.",
  over: "Your way in has ended: it lasts half a day. Another link opens the page again.",
};

/** Asks for a link; `opened` is called once one was taken. `why` is a key of `REASONS`. */
export function showDoor(why, opened) {
  $("door-why").textContent = REASONS[why];
  $("door").dataset.why = why;
  $("door-fault").textContent = "";
  $("door-link").value = "";
  $("door-form").onsubmit = async (event) => {
    event.preventDefault();
    const code = codeOf($("door-link").value);
    if (!code) return fault("Paste the link that `troupe login` printed.");
    try {
      await openPass(code);
      opened();
    } catch (error) {
      if (error instanceof NotAdmitted) fault("That link was used already, has expired, or is not whole. Make another.");
      else fault("The server does not answer. Check your network, then try again.");
    }
  };
  view("door");
}

/** The code in a link, or in what somebody took for one. */
export function codeOf(text) {
  return text.trim().split("#link=").pop().trim();
}

function fault(text) {
  $("door-fault").replaceChildren(...prose(text));
  $("door-link").focus();
}
