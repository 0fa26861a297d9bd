// A transcript as a file, and which line belongs to which moment of the recording.

/** Minutes and seconds of a time in ms. */
export function clock(ms) {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** Lines with `from` and `to`, ms since `start`. An entry is stored when it was said to its end. */
export function timed(entries, start) {
  let from = 0;
  return entries.map((entry) => {
    const to = Math.max(from, Date.parse(entry.createdAt) - start);
    const line = { entry, from, to };
    from = to;
    return line;
  });
}

/** Index of the line that is said at `at` ms, or of the last one. */
export function lineAt(lines, at) {
  const index = lines.findIndex(({ to }) => at < to);
  return index < 0 ? lines.length - 1 : index;
}

/** The transcript for people. */
export function asText(room, lines, nameOf) {
  const head = `${room.name}\n${room.startedAt ?? room.createdAt}\n\n`;
  return head + lines.map(({ entry, from }) => `[${clock(from)}] ${nameOf(entry)}: ${entry.content}\n`).join("");
}

/** Hands a file to the person. */
export function save(name, kind, text) {
  const url = URL.createObjectURL(new Blob([text], { type: kind }));
  const link = document.createElement("a");
  Object.assign(link, { href: url, download: name });
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
