// What is said, a line for each speech, growing while it is said.
import { $, make } from "../shared/dom.js";

/** Shows a caption; `who` said it. */
export function showCaption({ identity, segment, text }, who) {
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
