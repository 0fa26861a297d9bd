// After a talk: its transcript, and its recording with the transcript following.
import { get } from "../shared/api.js";
import { $, make } from "../shared/dom.js";
import { view } from "../shared/views.js";
import { asText, clock, lineAt, save, timed } from "./transcript.js";

// How often and how long a recording is asked for that is being put together.
const ASK_MS = 1500;
const ASKS_MAX = 60;

/** Shows what is left of a room; `own` is the identity that the person had in it, if they were there. */
export async function showAfter(room, characters, own) {
  const entries = await get(`/v1/rooms/${room.id}/transcript`);
  const nameOf = (entry) => {
    if (own && entry.speakerIdentity === own) return "You";
    return entry.speakerName ?? characters.name(entry.characterId ?? entry.speakerIdentity ?? "Somebody");
  };
  const start = Date.parse(room.startedAt ?? room.createdAt);
  const shown = { lines: timed(entries, start) };
  const minutes = room.endedAt && room.startedAt ? clock(Date.parse(room.endedAt) - start) : null;
  $("after-what").textContent = entries.length
    ? `${entries.length} ${entries.length === 1 ? "line" : "lines"}${minutes ? ` in ${minutes}` : ""}.`
    : "Nothing was said.";
  showLines(shown.lines, nameOf, characters);
  $("as-text").onclick = () => save(`${room.id}.txt`, "text/plain", asText(room, shown.lines, nameOf));
  $("as-json").onclick = () => save(`${room.id}.json`, "application/json", JSON.stringify({ room, entries }, null, 2));
  for (const id of ["as-text", "as-json"]) $(id).disabled = !entries.length;
  view("after", room.name);
  $("player").removeAttribute("src");
  $("player").hidden = true;
  $("recording").hidden = !room.record;
  if (room.record) await offerRecording(room, shown, nameOf, characters);
}

function showLines(lines, nameOf, characters) {
  const items = lines.map(({ entry, from }) => {
    const when = make("button", { type: "button", class: "when", disabled: true }, clock(from));
    const who = make("span", { class: "who" }, nameOf(entry));
    const isPerson = entry.speakerType === "user";
    const element = make(
      "li",
      { class: isPerson ? "line self" : "line" },
      make("span", { class: "head" }, who, when),
      make("span", { class: "text" }, entry.content),
    );
    element.style.setProperty("--hue", characters.hue(entry.characterId ?? entry.speakerIdentity ?? ""));
    return element;
  });
  $("transcript").replaceChildren(...items);
}

async function offerRecording(room, shown, nameOf, characters) {
  $("recording-state").textContent = "The recording is being put together…";
  const isShown = () => !$("after").hidden && $("where").textContent === room.name;
  for (let asked = 0; asked < ASKS_MAX && isShown(); asked += 1) {
    const mix = (await get(`/v1/rooms/${room.id}/recordings`)).find(({ kind }) => kind === "mix");
    if (mix) return play(mix, shown, nameOf, characters);
    await new Promise((next) => setTimeout(next, ASK_MS));
  }
  $("recording-state").textContent = "There is no recording: nobody was heard, or it could not be put together.";
}

function play(mix, shown, nameOf, characters) {
  const player = $("player");
  shown.lines = timed(shown.lines.map(({ entry }) => entry), Date.parse(mix.startedAt));
  showLines(shown.lines, nameOf, characters);
  const items = [...$("transcript").children];
  items.forEach((item, index) => {
    const when = item.querySelector(".when");
    when.disabled = false;
    when.setAttribute("aria-label", `Play from ${when.textContent}`);
    when.onclick = () => {
      player.currentTime = shown.lines[index].from / 1000;
      player.play();
    };
  });
  player.ontimeupdate = () => follow(items, lineAt(shown.lines, player.currentTime * 1000));
  player.onended = () => follow(items, -1);
  player.onerror = () => ($("recording-state").textContent = "The recording can't be played. Reload the page, then try again.");
  player.src = sourceOf(mix.url);
  player.hidden = false;
  $("recording-state").textContent =
    mix.status === "complete" ? "The recording; the line that you hear is marked." : "The recording has gaps; the line that you hear is marked.";
}

/** Its address on this server, which may have another name than in the link; WAV where Opus can't be played. */
function sourceOf(url) {
  const { pathname, search } = new URL(url);
  const playsOpus = document.createElement("audio").canPlayType("audio/ogg; codecs=opus");
  return pathname + search + (playsOpus ? "" : "&format=wav");
}

function follow(items, current) {
  items.forEach((item, index) => {
    const isCurrent = index === current;
    if (isCurrent === item.hasAttribute("aria-current")) return;
    if (isCurrent) {
      item.setAttribute("aria-current", "true");
      item.scrollIntoView({ block: "nearest" });
    } else item.removeAttribute("aria-current");
  });
}
