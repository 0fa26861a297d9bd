// The respondent's side of an interview: microphone check, conversation, captions, end.
import { Connection } from "../shared/connection.js";
import { $ } from "../shared/dom.js";
import { NoMicrophone, closeMicrophone } from "../shared/microphone.js";
import { kindOf } from "../shared/trouble_sheet.js";
import { view } from "../shared/views.js";
import { showCaption } from "./captions.js";
import { end, join } from "./link.js";
import { check, refuse, take } from "./microphone_check.js";
import { showTrouble } from "./troubles.js";

// Troubles of a talk that was under way.
const RESUMABLE = ["lost", "unplugged", "elsewhere"];

let connection = null;
let microphone = null;
let timer = 0;

/** Joins the interview, for the first time or again. */
async function start() {
  view("waiting");
  let people = [];
  let isWeak = false;
  const nameOf = (identity) => people.find((person) => person.identity === identity)?.name || "Interviewer";
  const greet = () => {
    const names = people.map(({ name }) => name);
    const there = names.length ? `You are talking with ${names.join(" and ")}.` : "The interviewer is on the way…";
    $("status").textContent = isWeak ? "The connection is weak; trying to get it back…" : there;
  };
  try {
    // Asked first: whoever has none need not start the interview.
    microphone = await take();
    const way = await join();
    connection = new Connection({
      caption: (line) => showCaption(line, line.identity === connection?.identity ? "You" : nameOf(line.identity)),
      cast: (now) => {
        people = now;
        greet();
      },
      sound: () => {},
      silence: () => {},
      weak: (now) => {
        isWeak = now;
        greet();
      },
      over: (kind) => (kind === "ended" ? finish() : stop({ kind })),
    });
    await connection.join(way, microphone);
    countDown(way.seconds_left);
  } catch (error) {
    if (error instanceof NoMicrophone) {
      leave();
      view("before");
      refuse(error);
    } else stop({ kind: kindOf(error) });
    return;
  }
  const held = microphone;
  const [track] = held.getAudioTracks();
  track.addEventListener("ended", () => {
    if (held === microphone) stop({ kind: "unplugged" });
  });
  view("talk");
}

/** Lets go of everything. */
function leave() {
  clearInterval(timer);
  connection?.leave();
  connection = null;
  closeMicrophone(microphone);
  microphone = null;
}

/** Leaves because of a trouble, and offers the way back. */
function stop(trouble) {
  leave();
  showTrouble(trouble, [RESUMABLE.includes(trouble.kind) ? "Go on" : "Try again", start]);
}

function finish() {
  leave();
  view("after");
}

async function finishForAll() {
  view("waiting");
  leave();
  try {
    await end();
  } catch {
    return showTrouble({ kind: "unended" }, ["Try again", finishForAll]);
  }
  view("after");
}

function countDown(seconds) {
  const until = Date.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(0, Math.round((until - Date.now()) / 1000));
    $("left").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
  };
  clearInterval(timer);
  timer = setInterval(tick, 1000);
  tick();
}

$("check").addEventListener("click", check);
$("start").addEventListener("click", start);
$("end").addEventListener("click", finishForAll);
