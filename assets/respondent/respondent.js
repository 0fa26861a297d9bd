// The respondent's side of an interview: microphone check, conversation, captions, end.
import { readCaptions } from "../shared/captions.js";
import { $, make } from "../shared/dom.js";
import { closeMicrophone, loudness, openMicrophone } from "../shared/microphone.js";

const sections = ["before", "talk", "after", "trouble"];
const here = location.pathname.replace(/\/+$/, "");
// Loudness from which a microphone is taken to hear somebody, of 1.
const HEARD = 0.0125;
// Loudness that fills the bar.
const FULL = 0.25;
let microphone = null;
let room = null;
let over = false;
let timer = 0;

function show(section, focus) {
  for (const id of sections) $(id).hidden = id !== section;
  if (focus) $(focus).focus();
}

function trouble(text) {
  clearInterval(timer);
  $("trouble-text").textContent = text;
  show("trouble", "trouble-title");
}

function end() {
  over = true;
  clearInterval(timer);
  show("after", "after-title");
}

async function check() {
  $("microphone").textContent = "";
  stopChecking();
  try {
    microphone = await openMicrophone();
  } catch (error) {
    $("microphone").textContent = error.told;
    return;
  }
  $("level-line").hidden = false;
  $("start").disabled = false;
  $("microphone").textContent = "The microphone is on.";
  watchLevel(microphone);
}

function watchLevel(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let heard = false;
  const measure = () => {
    if (stream !== microphone) {
      context.close();
      return;
    }
    const loud = loudness(analyser, samples);
    $("level").value = Math.min(1, loud / FULL);
    if (!heard && loud > HEARD) {
      heard = true;
      $("microphone").textContent = "You can be heard. You may start.";
    }
    requestAnimationFrame(measure);
  };
  measure();
}

function stopChecking() {
  closeMicrophone(microphone);
  microphone = null;
}

async function ask(what) {
  const response = await fetch(`${here}/${what}`, { method: "POST", headers: { accept: "application/json" } });
  if (response.ok) return response.json();
  // The page itself says best what became of the link.
  if (response.status === 404 || response.status === 409) location.reload();
  const error = new Error(`status ${response.status}`);
  if (response.status === 403 || response.status === 429) {
    error.told = "There are too many interviews just now. Your link stays valid; please try again later.";
  }
  throw error;
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

function caption({ identity, segment, text }) {
  const own = identity === room.localParticipant.identity;
  const who = own ? "You" : room.remoteParticipants.get(identity)?.name || "Interviewer";
  const key = `caption-${identity}-${segment}`;
  let line = $(key);
  if (!line) {
    line = make("li", { id: key }, make("span", { class: "who" }), " ", make("span"));
    $("captions").append(line);
  }
  line.firstChild.textContent = `${who}:`;
  line.lastChild.textContent = text;
  $("captions").scrollTop = $("captions").scrollHeight;
}

function greet() {
  const names = [...room.remoteParticipants.values()].map((participant) => participant.name).filter(Boolean);
  $("status").textContent = names.length ? `You are talking with ${names.join(" and ")}.` : "The interviewer is on the way…";
}

function disconnected(reason) {
  if (over) return;
  const reasons = LivekitClient.DisconnectReason;
  if (reason === reasons.ROOM_DELETED || reason === reasons.PARTICIPANT_REMOVED) return end();
  if (reason === reasons.DUPLICATE_IDENTITY) return trouble("The interview goes on in another window.");
  trouble("The connection is lost. Check your network; you can go on where you were.");
}

async function start() {
  $("start").disabled = true;
  try {
    const way = await ask("join");
    stopChecking();
    room = new LivekitClient.Room({ adaptiveStream: false, dynacast: false });
    const events = LivekitClient.RoomEvent;
    room
      .on(events.TrackSubscribed, (track) => {
        if (track.kind === "audio") document.body.append(track.attach());
      })
      .on(events.TrackUnsubscribed, (track) => track.detach().forEach((element) => element.remove()))
      .on(events.ParticipantConnected, greet)
      .on(events.ParticipantDisconnected, greet)
      .on(events.Reconnecting, () => ($("status").textContent = "The connection is weak; one moment…"))
      .on(events.Reconnected, greet)
      .on(events.Disconnected, disconnected);
    readCaptions(room, caption);
    await room.connect(way.url, way.token);
    await room.localParticipant.setMicrophoneEnabled(true);
    await room.startAudio();
    countDown(way.seconds_left);
    greet();
    show("talk", "talk-title");
  } catch (error) {
    over = true;
    room?.disconnect();
    trouble(error.told || "The interview could not be joined. Check your network, then try again.");
  }
}

$("check").addEventListener("click", check);
$("start").addEventListener("click", start);
$("again").addEventListener("click", () => location.reload());
$("end").addEventListener("click", async () => {
  $("end").disabled = true;
  over = true;
  await ask("end").catch(() => {});
  room.disconnect();
  end();
});
