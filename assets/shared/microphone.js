// The person's microphone: asking for it, and saying in words why it can't be had.

const REFUSALS = {
  NotAllowedError: {
    kind: "refused",
    told: "The browser does not let this page use the microphone. Allow it in the browser's settings for this site, then try again.",
  },
  NotFoundError: { kind: "missing", told: "No microphone was found. Connect one, then try again." },
  NotReadableError: { kind: "busy", told: "Another program is using the microphone. Close it, then try again." },
};
const OTHER = { kind: "unusable", told: "The microphone can't be used. Try another one, then try again." };
const NONE_HERE = {
  kind: "unoffered",
  told: "This browser offers no microphone here. Open the page over https or on this machine, in a current browser.",
};

/** Why there is no microphone: `kind` for programs, `told` for people. */
export class NoMicrophone extends Error {
  constructor({ kind, told }) {
    super(kind);
    Object.assign(this, { kind, told });
  }
}

/** Opens the microphone; throws `NoMicrophone`. */
export async function openMicrophone() {
  if (!navigator.mediaDevices) throw new NoMicrophone(NONE_HERE);
  const audio = { echoCancellation: true, noiseSuppression: true, autoGainControl: true };
  try {
    return await navigator.mediaDevices.getUserMedia({ audio });
  } catch (error) {
    throw new NoMicrophone(REFUSALS[error.name] || OTHER);
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
