// Before the interview: can the microphone be had, and does it hear anything?
import { $ } from "../shared/dom.js";
import { NoMicrophone, closeMicrophone, loudness, openMicrophone } from "../shared/microphone.js";
import { saidOf } from "./troubles.js";

// Loudness from which a microphone is taken to hear somebody, of 1.
const HEARD = 0.0125;
// Loudness that fills the bar.
const FULL = 0.25;

let microphone = null;

/** Opens the microphone and shows how loud it is; says why where it can't be had. */
export async function check() {
  drop();
  tell("");
  try {
    microphone = await openMicrophone();
  } catch (error) {
    offerAgain(error);
    return;
  }
  // The next step is the other button's.
  $("check").classList.add("quiet");
  $("level-line").hidden = false;
  $("start").disabled = false;
  tell("The microphone is on.");
  watch(microphone);
  // Unplugged while somebody reads on.
  const [track] = microphone.getAudioTracks();
  const held = microphone;
  track.addEventListener("ended", () => {
    if (held === microphone) check();
  });
}

/** Hands the open microphone over, or opens it anew; throws `NoMicrophone`. */
export async function take() {
  const held = microphone;
  microphone = null;
  const isLive = held?.getAudioTracks().some((track) => track.readyState === "live");
  return isLive ? held : openMicrophone();
}

/** Shows the check again because of this refusal. */
export function refuse(error) {
  if (!(error instanceof NoMicrophone)) throw error;
  offerAgain(error);
}

function offerAgain(error) {
  $("start").disabled = true;
  $("level-line").hidden = true;
  $("check").textContent = "Check again";
  $("check").classList.remove("quiet");
  tell(saidOf(error), "alert");
}

function drop() {
  closeMicrophone(microphone);
  microphone = null;
}

function tell(text, kind = "") {
  $("microphone").className = kind;
  $("microphone").textContent = text;
}

function watch(stream) {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  let isHeard = false;
  const measure = () => {
    if (stream !== microphone) {
      context.close();
      return;
    }
    const loud = loudness(analyser, samples);
    $("level").value = Math.min(1, loud / FULL);
    if (!isHeard && loud > HEARD) {
      isHeard = true;
      tell("You can be heard. You may start.", "good");
    }
    requestAnimationFrame(measure);
  };
  measure();
}
