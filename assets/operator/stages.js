// How one turn came about: a small picture, in ms since the person fell silent.
import { make } from "../shared/dom.js";

const SVG = "http://www.w3.org/2000/svg";
const ROW = 22;
const LABELS = 190;
const WIDTH = 360;
const NUMBERS = 90;
// A turn of the recording and one that the worker told of are the same when their first sounds are so near, ms.
const NEAR_MS = 1500;

const BEGINNINGS = {
  answer: "The person fell silent",
  apology: "The person fell silent",
  go_on: "It was to go on after another character",
  open_scene: "It was to open the scene",
  reopen: "It was to re-open the talk",
};

/** The stages of a turn in the order of time: `{ label, from, to }`; those that it did not pass through are left out. */
export function stepsOf(stages) {
  const steps = [
    { label: "Transcript", from: 0, to: stages.transcriptMs },
    { label: "End of turn decided", from: 0, to: stages.endOfTurnMs },
    { label: "First token", from: stages.askedMs ?? 0, to: stages.firstTokenMs },
    { label: "Voice ready", from: stages.firstTokenMs ?? stages.askedMs ?? 0, to: stages.voicedMs },
    { label: "First sound", from: 0, to: stages.firstSoundMs, isHeard: true },
  ];
  return steps.filter(({ to }) => to !== undefined && to !== null).map((step) => ({ ...step, from: Math.min(step.from, step.to) }));
}

/** A turn to open: its picture, and where its trace is looked at. */
export function stagesOf(turn) {
  const { stages } = turn;
  const steps = stepsOf(stages);
  const told = steps.map(({ label, to }) => `${label} after ${to} ms`).join(", ");
  const summary = stages.firstSoundMs === undefined ? "How it came about" : `First sound after ${stages.firstSoundMs} ms`;
  // It scrolls on a narrow screen, so that the keyboard has to reach it.
  const figure = make("figure", { tabIndex: 0 }, make("figcaption", {}, `${BEGINNINGS[stages.cue] ?? BEGINNINGS.answer} at 0 ms.`), picture(steps, told));
  const details = make("details", { class: "stages" }, make("summary", {}, summary), figure);
  const link = traceLink(turn);
  if (link) details.append(link);
  return details;
}

/** Where a turn's trace is looked at; null where that is not configured. */
export function traceLink({ traceUrl }) {
  return traceUrl ? make("a", { href: traceUrl, target: "_blank", rel: "noopener noreferrer" }, "Trace") : null;
}

/** The turn among `turns` that was heard from `at` on, ms since the room's start; undefined where none was. */
export function turnAt(turns, name, at) {
  const distance = ({ stages }) => Math.abs(stages.beganAtMs + (stages.firstSoundMs ?? 0) - at);
  const near = turns.filter((turn) => turn.speakerName === name && distance(turn) < NEAR_MS);
  return near.sort((a, b) => distance(a) - distance(b))[0];
}

function picture(steps, told) {
  const longest = Math.max(1, ...steps.map(({ to }) => to));
  const x = (ms) => LABELS + (ms / longest) * WIDTH;
  const [width, height] = [LABELS + WIDTH + NUMBERS, steps.length * ROW + 4];
  const svg = shape("svg", { role: "img", "aria-label": told, width, height, viewBox: `0 0 ${width} ${height}` });
  steps.forEach(({ label, from, to, isHeard }, index) => {
    const y = index * ROW;
    svg.append(
      shape("text", { x: 0, y: y + 16 }, label),
      shape("rect", { class: isHeard ? "step heard" : "step", x: x(from), y: y + 5, width: Math.max(2, x(to) - x(from)), height: 13, rx: 3 }),
      shape("text", { x: x(to) + 6, y: y + 16 }, `${to} ms`),
    );
  });
  return svg;
}

function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}
