// The operator's page: rooms of the project and who plays them; one room in detail behind `#room=`.
import { NotAdmitted, get, hasPass, openPass } from "../shared/api.js";
import { $, make } from "../shared/dom.js";
import { showRoom } from "./room.js";

const EVERY_MS = 5000;
const PAGE = 50;
const STATES = { created: "not started", waiting: "waits for a worker", playing: "plays", ended: "ended" };

let ended = false;
let shown = [];
let timer = 0;

function tell(text) {
  $("state").textContent = text;
}

function failed(error) {
  if (error instanceof NotAdmitted) {
    tell("You have no way in, or it has ended: open a link of `troupe login` in this window, then come back here.");
  } else if (error.kind === "gone") tell("There is no such room, or it is another project's.");
  else tell("The server does not answer. Check your network, and whether it still runs; this page tries again by itself.");
}

async function rooms(after = "") {
  return get(`/pages/rooms?limit=${PAGE}&ended=${ended}${after && `&after=${after}`}`);
}

async function refresh() {
  try {
    const first = await rooms();
    // Pages that were added stay below what is new.
    const known = new Set(first.map(({ id }) => id));
    const rest = shown.length > PAGE ? shown.filter(({ id }) => !known.has(id)) : [];
    showRooms([...first, ...rest]);
    tell("");
  } catch (error) {
    failed(error);
  }
}

function showRooms(list) {
  shown = list;
  const rows = list.map((room) => {
    const name = make("a", { href: `#room=${room.id}` }, room.name);
    const kind = room.surface === "voice" ? "" : ` (${room.surface})`;
    const state = make("span", { class: `state ${room.state}` }, STATES[room.state]);
    const since = room.endedAt ?? room.startedAt ?? room.createdAt;
    const cells = [state, new Date(since).toLocaleString(), room.workerId ?? "–", String(room.takeovers), String(room.failures)];
    return make("tr", {}, make("th", { scope: "row" }, name, kind), ...cells.map((cell) => make("td", {}, cell)));
  });
  const none = make("tr", {}, make("td", { colSpan: 6 }, ended ? "No room has ended yet." : "No room is under way."));
  $("rooms").replaceChildren(...(rows.length ? rows : [none]));
  $("more").hidden = list.length === 0 || list.length % PAGE !== 0;
}

async function route() {
  clearInterval(timer);
  const place = new URLSearchParams(location.hash.slice(1));
  $("list").hidden = true;
  $("room").hidden = true;
  try {
    if (place.has("link")) {
      history.replaceState(null, "", location.pathname);
      await openPass(place.get("link"));
    }
    if (!hasPass()) throw new NotAdmitted();
    const id = place.get("room");
    if (id) {
      tell("One moment…");
      const showTalk = await showRoom(id);
      $("title").focus();
      tell(await showTalk());
      return;
    }
    $("title").textContent = "Rooms";
    $("list").hidden = false;
    await refresh();
    timer = setInterval(refresh, EVERY_MS);
  } catch (error) {
    failed(error);
  }
}

function choose(isEnded) {
  ended = isEnded;
  shown = [];
  for (const [id, isChosen] of [["now", !ended], ["ended", ended]]) {
    $(id).setAttribute("aria-pressed", String(isChosen));
    $(id).classList.toggle("quiet", !isChosen);
  }
  refresh();
}

$("now").addEventListener("click", () => choose(false));
$("ended").addEventListener("click", () => choose(true));
$("more").addEventListener("click", async () => {
  try {
    const more = await rooms(shown.at(-1).id);
    showRooms([...shown, ...more]);
    if (!more.length) $("more").hidden = true;
  } catch (error) {
    failed(error);
  }
});
addEventListener("popstate", route);
route();
