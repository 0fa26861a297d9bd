// The way through the page: door, lobby, talk, afterwards. The address's fragment says where one is.
import { NotAdmitted, get, hasPass, openPass } from "../shared/api.js";
import { $ } from "../shared/dom.js";
import { showDoor } from "../shared/door.js";
import { NoMicrophone } from "../shared/microphone.js";
import { kindOf } from "../shared/trouble_sheet.js";
import { view } from "../shared/views.js";
import { showAfter } from "./after.js";
import { ownName, showLobby } from "./lobby.js";
import { Characters, listed } from "./people.js";
import { Talk } from "./talk.js";
import { showTrouble } from "./troubles.js";

let talk = null;
let here = null;
// Counts ways through the page, so that an overtaken one shows nothing.
let ways = 0;

const fragment = () => new URLSearchParams(location.hash.slice(1));
const toLobby = ["Back to the lobby", () => go("")];

/** Goes to a place of this page, the same one again as well. */
function go(place) {
  history.pushState(null, "", place ? `#${place}` : location.pathname);
  route();
}

async function route() {
  leave();
  const way = (ways += 1);
  const isOvertaken = () => way !== ways;
  const place = fragment();
  try {
    if (place.has("link")) {
      // Gone from the address, so that it is in no history and in no picture of the screen.
      history.replaceState(null, "", location.pathname);
      await openPass(place.get("link"));
    }
    if (!hasPass()) return showDoor("none", route);
    const characters = new Characters(await get("/v1/characters"));
    const id = place.get("room");
    const room = id && (await get(`/v1/rooms/${encodeURIComponent(id)}`));
    const rooms = id ? [] : await get("/v1/rooms");
    if (isOvertaken()) return;
    if (room) return await showEntry(room, characters);
    showLobby(characters, rooms, (wanted) => enter(wanted, characters, true));
  } catch (error) {
    if (isOvertaken()) return;
    if (error instanceof NotAdmitted) return showDoor(place.has("link") ? "refused" : "over", route);
    showTrouble({ kind: kindOf(error), said: error.said }, [["Try again", route], toLobby]);
  }
}

/** A room by its address: no sound may be played before somebody touches the page. */
async function showEntry(room, characters) {
  if (room.endedAt) return showAfter(room, characters, null);
  const cast = room.participants.map(({ characterId }) => characters.name(characterId));
  $("entry-title").textContent = room.name;
  $("entry-what").textContent = cast.length ? `On stage: ${listed(cast)}.` : "Nobody is on stage yet.";
  $("enter").onclick = () => enter(room, characters, true);
  $("enter-silent").onclick = () => enter(room, characters, false);
  view("entry", room.name);
}

/** Joins a room, which `wanted` is or makes. */
async function enter(wanted, characters, withMicrophone) {
  let room = null;
  view("waiting");
  try {
    room = typeof wanted === "function" ? await wanted() : wanted;
    history.replaceState(null, "", `#room=${room.id}`);
    here = { room, characters };
    talk = new Talk(room, characters, ownName(), over);
    await talk.begin(withMicrophone);
    here.own = talk.identity;
  } catch (error) {
    talk = null;
    if (error instanceof NotAdmitted) return showDoor("over", route);
    const again = ["Try again", () => enter(room ?? wanted, characters, withMicrophone)];
    const silent = ["Join without, and type", () => enter(room ?? wanted, characters, false)];
    const offers = error instanceof NoMicrophone ? [again, silent, toLobby] : [again, toLobby];
    showTrouble({ kind: kindOf(error), said: error.said }, offers);
  }
}

/** The talk is over without the person's doing, or because they ended it. */
async function over(kind) {
  talk = null;
  const { room, characters, own } = here;
  try {
    const now = await get(`/v1/rooms/${room.id}`);
    if (now.endedAt) return await showAfter(now, characters, own);
  } catch (error) {
    if (error instanceof NotAdmitted) return showDoor("over", route);
    return showTrouble({ kind: kindOf(error), said: error.said }, [["Try again", () => over(kind)], toLobby]);
  }
  showTrouble({ kind: kind === "ended" ? "lost" : kind }, [["Come back in", () => enter(room, characters, true)], toLobby]);
}

function leave() {
  talk?.close();
  talk = null;
}

$("leave").addEventListener("click", () => go(""));
$("end").addEventListener("click", async () => {
  $("end").disabled = true;
  try {
    await talk.end();
  } catch (error) {
    showTrouble({ kind: kindOf(error), said: error.said }, [["Try again", () => over("lost")], toLobby]);
  } finally {
    $("end").disabled = false;
  }
});
addEventListener("popstate", route);
route();
