// One room: its facts, the picture of its talk, and every turn with its sound.
import { get } from "../shared/api.js";
import { $, make } from "../shared/dom.js";
import { draw } from "./drawing.js";
import { nameOf } from "./list.js";
import { reportOf } from "./report.js";
import { stagesOf, traceLink, turnAt } from "./stages.js";
import { stretchesOf } from "./stretches.js";
import { quantile, turnsOf } from "./timeline.js";

// A longer recording is not taken apart in a browser, ms.
const LENGTH_MAX_MS = 45 * 60_000;

const seconds = (ms) => `${(ms / 1000).toFixed(2)} s`;

/** Fills the view with the room; answers its name, and what shows its talk and answers what to say instead. */
export async function showRoom(id) {
  const path = `/v1/rooms/${encodeURIComponent(id)}`;
  const [room, entries, recordings, report, told] = await Promise.all([
    get(path),
    get(`${path}/transcript`),
    get(`${path}/recordings`),
    // Most rooms have none, and the others only once they are over.
    reportOf(id).catch(() => null),
    get(`/pages/rooms/${encodeURIComponent(id)}/turns`),
  ]);
  const facts = [room.id, room.mode, room.startedAt ? `started ${local(room.startedAt)}` : "not started", room.endedAt ? `ended ${local(room.endedAt)}` : "under way"];
  $("facts").textContent = facts.join(" · ");
  $("to-report").hidden = report === null;
  $("report-link").href = `#report=${id}`;
  const cameAbout = new Map(told.map((turn) => [turn.entryId, stagesOf(turn)]));
  const lines = entries.map((entry) =>
    make("li", {}, make("time", { dateTime: entry.createdAt }, local(entry.createdAt)), " ", make("b", {}, entry.speakerName ?? entry.characterId ?? ""), ` ${entry.content}`, ...[cameAbout.get(entry.id)].filter(Boolean)),
  );
  $("transcript").replaceChildren(...(lines.length ? lines : [make("li", {}, "Nothing was said.")]));
  $("picture-of-talk").hidden = true;
  $("room-title").textContent = nameOf(room);
  return { name: nameOf(room), showTalk: () => showTalk(room, recordings, { told, cameAbout }) };
}

async function showTalk(room, recordings, { told, cameAbout }) {
  const mix = recordings.find(({ kind }) => kind === "mix");
  if (!mix) return room.record ? "The picture comes with the recording, once the room is over and it is ready." : "This room was not recorded, so there is no picture of it.";
  if (mix.durationMs > LENGTH_MAX_MS) return "The talk is too long to be drawn here; its recording can be downloaded by the API.";
  const tracks = [];
  for (const recording of recordings.filter(({ kind }) => kind === "participant")) {
    tracks.push({
      name: recording.participantName ?? recording.participantIdentity,
      isCharacter: recording.characterId !== null,
      stretches: await stretchesOf(address(recording.url)),
    });
  }
  const turns = turnsOf(tracks);
  const player = $("player");
  player.src = address(mix.url);
  const play = (ms) => {
    // A little earlier, so that one hears what it follows.
    player.currentTime = Math.max(0, ms / 1000 - 1);
    player.play();
  };
  draw($("timeline"), tracks, turns, mix.durationMs, play);
  $("timeline").setAttribute("aria-label", `${tracks.length} participants over ${Math.round(mix.durationMs / 1000)} seconds; the table of turns says the same in words.`);
  // The recording begins a moment after the room.
  const offset = Date.parse(mix.startedAt) - Date.parse(room.startedAt);
  const linksOf = (turn) => {
    const found = turnAt(told, turn.name, turn.from + offset);
    return found ? links(found, cameAbout.get(found.entryId)) : "–";
  };
  showTurns(turns, play, linksOf);
  $("picture-of-talk").hidden = false;
  return "";
}

/** From a row to its stages, which stand in the transcript, and to its trace. */
function links(turn, details) {
  const button = make("button", { type: "button", class: "quiet small" }, "Stages");
  button.addEventListener("click", () => {
    details.open = true;
    details.scrollIntoView({ block: "center" });
    details.querySelector("summary").focus();
  });
  return make("span", { class: "row-links" }, button, ...[traceLink(turn)].filter(Boolean));
}

function showTurns(turns, play, linksOf) {
  const waits = turns.map(({ wait }) => wait).filter((wait) => wait !== null);
  const count = `${turns.length} ${turns.length === 1 ? "turn" : "turns"}`;
  const cuts = turns.filter(({ end }) => end === "cut").length;
  $("summary").textContent = waits.length
    ? `${count}; wait ${seconds(quantile(waits, 0.5))} at the median, ${seconds(quantile(waits, 0.95))} at the 95th percentile; ${cuts} cut.`
    : `${count}; ${cuts} cut.`;
  const rows = turns.map((turn) => {
    const at = `${Math.floor(turn.from / 60_000)}:${String(Math.floor(turn.from / 1000) % 60).padStart(2, "0")}`;
    const button = make("button", { type: "button", class: "quiet small", "aria-label": `Play from ${at}` }, at);
    button.addEventListener("click", () => play(turn.from));
    const cells = [button, turn.name, turn.wait === null ? "–" : seconds(turn.wait), seconds(turn.to - turn.from), turn.end === "cut" ? `cut by ${turn.cutBy}` : "whole", linksOf(turn)];
    return make("tr", {}, ...cells.map((cell) => make("td", {}, cell)));
  });
  $("turns").replaceChildren(...rows);
}

/** On this server, which may have another name than in the link. */
function address(url) {
  const { pathname, search } = new URL(url);
  return pathname + search;
}

const local = (time) => new Date(time).toLocaleString();
