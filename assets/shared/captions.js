// Captions as LiveKit's agents send them: text streams on one topic, a segment each.

const TOPIC = "lk.transcription";

/** Tells `show({ identity, segment, text, isFinal })` what is said in a room, as it grows. */
export function readCaptions(room, show) {
  room.registerTextStreamHandler(TOPIC, (reader, participant) => {
    read(reader, participant.identity, show).catch(() => {
      // The connection went away amid a line; what was shown of it stays.
    });
  });
}

async function read(reader, identity, show) {
  const attributes = reader.info.attributes ?? {};
  const segment = attributes["lk.segment_id"] || reader.info.id;
  const isWhole = attributes["lk.transcription_final"] === "true";
  let text = "";
  for await (const piece of reader) {
    text += piece;
    show({ identity, segment, text, isFinal: false });
  }
  const isCharacter = identity.startsWith("agent-");
  show({ identity, segment, text, isFinal: isWhole || isCharacter });
}
