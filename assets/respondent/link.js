// What the page asks the server behind the interview's link.
import { Trouble } from "../shared/trouble.js";

const here = location.pathname.replace(/\/+$/, "");

/** The way into the conversation: `url`, `token`, `seconds_left`. The first time starts the interview. */
export const join = () => ask("join");

/** Ends the interview. */
export const end = () => ask("end");

async function ask(what) {
  const response = await fetch(`${here}/${what}`, { method: "POST", headers: { accept: "application/json" } }).catch(() => {
    throw new Trouble("server");
  });
  if (response.ok) return response.json();
  if (response.status === 404 || response.status === 409) {
    // The page that the server gives now says best what became of the link; until it comes, nothing is shown.
    location.reload();
    return new Promise(() => {});
  }
  if (response.status === 403 || response.status === 429) throw new Trouble("full");
  throw new Trouble(response.status === 502 ? "voice" : "other");
}
