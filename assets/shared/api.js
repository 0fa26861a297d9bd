// The Rooms API with the token of a pass, which this window keeps and no other.
import { Trouble } from "./trouble.js";

const TOKEN = "troupe.pass";

/** The link was used or has expired, or the token has. */
export class NotAdmitted extends Error {}

/** Exchanges a link's code for a token. */
export async function openPass(code) {
  const response = await send("POST", "/pages/pass", { code });
  if (response.status === 403 || response.status === 422) throw new NotAdmitted();
  const { token } = await answer(response);
  sessionStorage.setItem(TOKEN, token);
}

/** Whether there is a token; it may have expired. */
export const hasPass = () => sessionStorage.getItem(TOKEN) !== null;

export const get = (path) => call("GET", path);
export const post = (path, body) => call("POST", path, body);

async function call(method, path, body) {
  return answer(await send(method, path, body, sessionStorage.getItem(TOKEN)));
}

async function send(method, path, body, token) {
  const headers = { accept: "application/json" };
  if (token) headers.authorization = `Bearer ${token}`;
  if (body) headers["content-type"] = "application/json";
  try {
    return await fetch(path, { method, headers, body: body && JSON.stringify(body), cache: "no-store" });
  } catch {
    throw new Trouble("server");
  }
}

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  if (response.status === 401) {
    sessionStorage.removeItem(TOKEN);
    throw new NotAdmitted();
  }
  const { code, message } = body.error ?? {};
  if (response.status === 404) throw new Trouble("gone");
  if (code === "minutes_used_up" || (response.status === 429 && code !== "rate_limited")) throw new Trouble("full", message);
  if (code === "report_not_ready") throw new Trouble("unready");
  if (response.status === 502) throw new Trouble("livekit");
  throw new Trouble("other", message);
}
