// Where a recording sounds. The recorder puts silence where nobody spoke.

// Enough for a voice, and an eighth of the memory.
const RATE_HZ = 8000;
const FRAME_MS = 20;
// From here on it is a voice, root mean square of 1.
const VOICE = 0.008;
// Shorter gaps are within a speech; shorter sounds are none, ms.
const GAP_MS = 250;
const LEAST_MS = 80;

/** Stretches `{ from, to }`, ms, in which the recording at `address` sounds. */
export async function stretchesOf(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`status ${response.status}`);
  const context = new OfflineAudioContext(1, 1, RATE_HZ);
  const sound = await context.decodeAudioData(await response.arrayBuffer());
  return stretches(sound.getChannelData(0), RATE_HZ);
}

/** The same of samples. */
export function stretches(samples, rate) {
  const length = Math.round((rate * FRAME_MS) / 1000);
  const found = [];
  for (let start = 0; start + length <= samples.length; start += length) {
    let sum = 0;
    for (let index = start; index < start + length; index += 1) sum += samples[index] * samples[index];
    if (Math.sqrt(sum / length) < VOICE) continue;
    const from = (start / rate) * 1000;
    const last = found.at(-1);
    if (last && from - last.to < GAP_MS) last.to = from + FRAME_MS;
    else found.push({ from, to: from + FRAME_MS });
  }
  return found.filter(({ from, to }) => to - from >= LEAST_MS);
}
