// The person's microphone: asking for it, and telling why it can't be had.

// Kinds of refusal by the browser's names for them.
const REFUSALS = { NotAllowedError: "refused", NotFoundError: "missing", NotReadableError: "busy" };

/** Why there is no microphone: its `kind`, which each page has words for. */
export class NoMicrophone extends Error {
  constructor(kind) {
    super(kind);
    this.kind = kind;
  }
}

/** Opens the microphone; throws `NoMicrophone`. */
export async function openMicrophone() {
  if (!navigator.mediaDevices) throw new NoMicrophone("unoffered");
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw new NoMicrophone(REFUSALS[error.name] ?? "unusable");
  }
}

/** Lets go of a microphone. */
export function closeMicrophone(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}

/** Root mean square of what an analyser hears now, 0 to 1. */
export function loudness(analyser, samples) {
  analyser.getFloatTimeDomainData(samples);
  return Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);
}
