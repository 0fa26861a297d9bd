// The picture of a talk: a lane for each participant, waits and cuts between them.

const SVG = "http://www.w3.org/2000/svg";
const LANE = 46;
const HEAD = 26;
const LEFT = 120;
const PX_PER_S = 14;

/** Draws `tracks` and `turns` into `svg`; `play(ms)` is called for whatever is clicked. */
export function draw(svg, tracks, turns, lengthMs, play) {
  const width = LEFT + (lengthMs / 1000) * PX_PER_S + 20;
  const height = HEAD + tracks.length * LANE + 6;
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.replaceChildren(...ticks(lengthMs, height), ...tracks.flatMap((track, index) => lane(track, index, width, play)), ...turns.flatMap((turn) => marks(turn, tracks, play)));
}

const x = (ms) => LEFT + (ms / 1000) * PX_PER_S;
const y = (index) => HEAD + index * LANE;

function shape(name, attributes, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function titled(element, text) {
  element.append(shape("title", {}, text));
  return element;
}

function ticks(lengthMs, height) {
  const marks = [];
  for (let at = 0; at <= lengthMs; at += 10_000) {
    marks.push(shape("line", { class: "tick", x1: x(at), x2: x(at), y1: HEAD - 6, y2: height }));
    marks.push(shape("text", { class: "time", x: x(at), y: 14 }, `${Math.floor(at / 60_000)}:${String((at / 1000) % 60).padStart(2, "0")}`));
  }
  return marks;
}

function lane(track, index, width, play) {
  const middle = y(index) + LANE / 2;
  const line = shape("line", { class: "lane", x1: LEFT, x2: width, y1: middle, y2: middle });
  const label = titled(shape("text", { class: "label", x: 4, y: middle + 5 }, track.name.length > 14 ? `${track.name.slice(0, 13)}…` : track.name), track.name);
  const bars = track.stretches.map(({ from, to }) => {
    const bar = shape("rect", {
      class: track.isCharacter ? "bar character" : "bar person",
      x: x(from),
      y: middle - 11,
      width: Math.max(2, x(to) - x(from)),
      height: 22,
      rx: 4,
    });
    bar.addEventListener("click", () => play(from));
    return titled(bar, `${track.name}, ${((to - from) / 1000).toFixed(1)} s`);
  });
  return [line, label, ...bars];
}

function marks(turn, tracks, play) {
  const middle = y(tracks.findIndex(({ name }) => name === turn.name)) + LANE / 2;
  const found = [];
  if (turn.wait !== null) {
    const wait = shape("rect", { class: "wait", x: x(turn.from - turn.wait), y: middle - 4, width: Math.max(1, x(turn.from) - x(turn.from - turn.wait)), height: 8 });
    wait.addEventListener("click", () => play(turn.from - turn.wait));
    found.push(titled(wait, `${turn.name} after ${(turn.wait / 1000).toFixed(2)} s`));
  }
  if (turn.end === "cut") {
    found.push(titled(shape("path", { class: "cut", d: `M${x(turn.to)} ${middle - 15}v30` }), `${turn.name} cut by ${turn.cutBy}`));
  }
  return found;
}
