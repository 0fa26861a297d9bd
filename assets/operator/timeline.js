// From who sounded when to turns: waits, cuts and what goes with them. Times in ms since the recording's begin.

// A shorter pause of a character belongs to its turn, unless somebody else sounds in it.
const PAUSE_MS = 900;
// A speech that begins so soon after another's begin was started without knowing of it.
const UNAWARE_MS = 200;
// A character that falls silent so soon after a person has begun was cut.
const CUT_MS = 2500;

/**
 * Turns of characters in the order of their begin, from `tracks`: each `{ name, isCharacter, stretches }`, where a
 * stretch is `{ from, to }`. `wait` is from the last sound of others to the first of this one, null where it answers
 * nobody; `end` is `whole` or `cut`.
 */
export function turnsOf(tracks) {
  const turns = tracks
    .filter(({ isCharacter }) => isCharacter)
    .flatMap((track) => speechesOf(track, tracks).map((speech) => turn(track, speech, tracks)));
  return turns.sort((a, b) => a.from - b.from);
}

function speechesOf(track, tracks) {
  const others = tracks.filter((other) => other !== track).flatMap(({ stretches }) => stretches);
  const speeches = [];
  for (const { from, to } of track.stretches) {
    const last = speeches.at(-1);
    const isOne = last && from - last.to < PAUSE_MS && !others.some((other) => other.from < from && other.to > last.to);
    if (isOne) last.to = to;
    else speeches.push({ from, to });
  }
  return speeches;
}

function turn(track, { from, to }, tracks) {
  const others = tracks.filter((other) => other !== track);
  const before = (list) => Math.max(-Infinity, ...list.flatMap(({ stretches }) => stretches.filter((s) => s.from < from).map((s) => Math.min(s.to, from))));
  const last = before(others);
  const own = before([track]);
  const isAnswer = last > own && last < from;
  const cutBy = others.find(
    (other) =>
      !other.isCharacter &&
      other.stretches.some((s) => s.from > from + UNAWARE_MS && s.from < to && s.to > to && to - s.from < CUT_MS),
  );
  return { name: track.name, from, to, wait: isAnswer ? from - last : null, end: cutBy ? "cut" : "whole", cutBy: cutBy?.name };
}

/** The value that a share of the sorted values does not exceed; null of none. */
export function quantile(values, share) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted.length ? sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] : null;
}
