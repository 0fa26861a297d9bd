// The way through the operator's page: rooms; one in detail behind `#room=`; what came of it behind `#report=`.
import { NotAdmitted, hasPass, openPass } from "../shared/api.js";
import { $ } from "../shared/dom.js";
import { showDoor } from "../shared/door.js";
import { Trouble } from "../shared/trouble.js";
import { COMMON, kindOf, showTrouble } from "../shared/trouble_sheet.js";
import { view } from "../shared/views.js";
import { choose, refresh, showMore } from "./list.js";
import { reportOf, showReport } from "./report.js";
import { showRoom } from "./room.js";

// Between two looks at the rooms, or for a report that is being written.
const EVERY_MS = 5000;
const TROUBLES = {
  ...COMMON,
  reportless: {
    title: "There is no report",
    what: "Only role-plays and interviews of this project have one, and there is none of this name.",
    todo: "Choose another room.",
  },
  unready: {
    title: "The report is not there yet",
    what: "It is written once the talk is over, which takes some seconds.",
    todo: "This page looks again by itself.",
  },
};

let timer = 0;
// Counts ways through the page, so that an overtaken one shows nothing.
let ways = 0;

async function route() {
  clearTimeout(timer);
  const way = (ways += 1);
  const isOvertaken = () => way !== ways;
  const place = new URLSearchParams(location.hash.slice(1));
  try {
    if (place.has("link")) {
      // Gone from the address, so that it is in no history and in no picture of the screen.
      history.replaceState(null, "", location.pathname);
      await openPass(place.get("link"));
    }
    if (!hasPass()) return showDoor("none", route);
    if (document.body.dataset.view !== "trouble") view("waiting");
    if (place.has("report")) await report(place.get("report"), isOvertaken);
    else if (place.has("room")) await room(place.get("room"), isOvertaken);
    else await list(isOvertaken);
  } catch (error) {
    if (!isOvertaken()) failed(error, place);
  }
}

function failed(error, place) {
  if (error instanceof NotAdmitted) return showDoor(place.has("link") ? "refused" : "over", route);
  const kind = kindOf(error);
  if (kind === "unready") timer = setTimeout(route, EVERY_MS);
  const isShown = document.body.dataset.view === "trouble" && $("trouble").dataset.kind === kind;
  // A look that changes nothing must not take the reader anywhere.
  if (isShown && kind === "unready") return;
  showTrouble(TROUBLES, { kind, said: error.said }, [["Try again", route], ["All rooms", toRooms]]);
}

function toRooms() {
  history.pushState(null, "", location.pathname);
  route();
}

async function list(isOvertaken) {
  await refresh();
  if (isOvertaken()) return;
  $("list-state").textContent = "";
  view("list", "Rooms");
  timer = setTimeout(() => look(isOvertaken), EVERY_MS);
}

/** Looks again while the list is shown; what is shown stays when that fails. */
async function look(isOvertaken) {
  try {
    await refresh();
    $("list-state").textContent = "";
  } catch (error) {
    if (isOvertaken()) return;
    if (error instanceof NotAdmitted) return showDoor("over", route);
    $("list-state").textContent = "The server does not answer, so this may be old. Check your network, and whether the server still runs; this page tries again by itself.";
  }
  if (!isOvertaken()) timer = setTimeout(() => look(isOvertaken), EVERY_MS);
}

async function room(id, isOvertaken) {
  const { name, showTalk } = await showRoom(id);
  if (isOvertaken()) return;
  view("room", name);
  $("room-state").textContent = "One moment…";
  const said = await showTalk().catch(() => "The recording could not be loaded. Load the page again to try once more.");
  if (!isOvertaken()) $("room-state").textContent = said;
}

async function report(id, isOvertaken) {
  const found = await reportOf(id).catch((error) => {
    throw error.kind === "gone" ? new Trouble("reportless") : error;
  });
  if (isOvertaken()) return;
  view("report", showReport(id, found));
}

/** Shows the others without taking the reader anywhere. */
function chosen(isEnded) {
  choose(isEnded);
  clearTimeout(timer);
  const way = ways;
  look(() => way !== ways);
}

$("now").addEventListener("click", () => chosen(false));
$("ended").addEventListener("click", () => chosen(true));
$("more").addEventListener("click", () => showMore().catch((error) => failed(error, new URLSearchParams())));
addEventListener("popstate", route);
route();
