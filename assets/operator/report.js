// What came of a role-play or an interview, to be read, printed and downloaded.
import { get } from "../shared/api.js";
import { $, make } from "../shared/dom.js";

const KINDS = { roleplay: "Role-play", interview: "Interview" };
const SCORE_MAX = 10;

/** The report of a room, as data and as Markdown; throws `Trouble`: `gone` where there never is one, `unready` before it. */
export const reportOf = (id) => get(`/pages/rooms/${encodeURIComponent(id)}/report`);

/** Fills the view; answers the report's title. */
export function showReport(id, { report, markdown }) {
  $("report-kind").textContent = KINDS[report.kind];
  $("report-title").textContent = report.title;
  const day = new Date(report.createdAt).toLocaleDateString(undefined, { dateStyle: "long" });
  $("report-facts").textContent = `${report.person} · ${day}`;
  $("report-score").hidden = report.score === null;
  $("report-points").textContent = report.score;
  $("report-meter").value = report.score ?? 0;
  $("report-summary").textContent = report.summary;
  $("report-items").replaceChildren(...report.items.map((item) => shownItem(item, report)));
  $("report-note").hidden = report.status !== "complete";
  $("report-note").textContent = noteOf(report);
  $("report-print").onclick = () => print();
  $("report-room").href = `#room=${id}`;
  offer($("report-document"), `report-${id}.md`, "text/markdown", markdown);
  offer($("report-data"), `report-${id}.json`, "application/json", JSON.stringify(report, null, 2));
  return report.title;
}

/** A criterion of the rubric, or a question of the guide. */
function shownItem(item, { kind }) {
  const parts = [make("h2", {}, item.name)];
  if (kind === "roleplay") parts.push(...shownScore(item));
  if (item.comment) parts.push(make("p", {}, item.comment));
  else if (kind === "interview") parts.push(make("p", { class: "facts" }, "It did not come up."));
  for (const { text, speakerName } of item.quotes) {
    parts.push(make("blockquote", {}, make("p", {}, text), make("footer", {}, speakerName)));
  }
  return make("li", {}, ...parts);
}

function shownScore({ name, score, weight }) {
  const counts = `counts ${weight}×`;
  if (score === null) return [make("p", { class: "facts" }, `not scored: the talk gave no occasion · ${counts}`)];
  const line = make("p", { class: "facts" }, make("b", {}, String(score)), ` of ${SCORE_MAX} · ${counts}`);
  return [line, make("meter", { min: 0, max: SCORE_MAX, value: score, "aria-label": name })];
}

function noteOf({ kind, quotesLeftOut }) {
  const score = kind === "roleplay" ? " A score is its opinion: read it with the quotes beside it." : "";
  const left = quotesLeftOut ? `; ${quotesLeftOut} that did not ${quotesLeftOut === 1 ? "was" : "were"} left out` : "";
  return `Written by a language model.${score} Every quote stands word for word in the transcript${left}.`;
}

/** Lets a link download text that the page has. */
function offer(link, name, type, text) {
  if (link.href) URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
}
