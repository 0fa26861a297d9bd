// One view at a time; whoever reads with a screen reader is taken to its title.
import { $ } from "../shared/dom.js";

const VIEWS = ["waiting", "door", "lobby", "entry", "talk", "after", "trouble"];

/** Shows a view; `where` stands in the page's head and in the window's title. */
export function view(name, where = "") {
  for (const id of VIEWS) $(id).hidden = id !== name;
  document.body.dataset.view = name;
  $("where").textContent = where;
  document.title = where ? `${where} · Troupe` : "Troupe";
  $(`${name}-title`).focus({ preventScroll: true });
  scrollTo(0, 0);
}

/** Which view is shown. */
export const viewed = () => document.body.dataset.view;
