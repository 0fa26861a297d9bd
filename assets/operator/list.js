// The project's rooms, and who plays them.
import { get } from "../shared/api.js";
import { $, make } from "../shared/dom.js";

const PAGE = 50;
const STATES = { created: "not started", waiting: "waits for a worker", playing: "plays", ended: "ended" };

let ended = false;
let shown = [];

/** The name without the id that those of role-plays and interviews end with. */
export const nameOf = ({ id, name }) => name.replace(`::${id}`, "");

/** Asks for the newest rooms and shows them; pages that were added stay below what is new. */
export async function refresh() {
  const first = await rooms();
  const known = new Set(first.map(({ id }) => id));
  const rest = shown.length > PAGE ? shown.filter(({ id }) => !known.has(id)) : [];
  show([...first, ...rest]);
}

/** Adds a page. */
export async function showMore() {
  const more = await rooms(shown.at(-1).id);
  show([...shown, ...more]);
  if (!more.length) $("more").hidden = true;
}

/** From now on those that have ended are shown, or those under way. */
export function choose(isEnded) {
  ended = isEnded;
  shown = [];
  for (const [id, isChosen] of [["now", !ended], ["ended", ended]]) {
    $(id).setAttribute("aria-pressed", String(isChosen));
    $(id).classList.toggle("quiet", !isChosen);
  }
}

const rooms = (after = "") => get(`/pages/rooms?limit=${PAGE}&ended=${ended}${after && `&after=${after}`}`);

function show(list) {
  shown = list;
  const rows = list.map((room) => {
    const name = make("a", { href: `#room=${room.id}` }, nameOf(room));
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
