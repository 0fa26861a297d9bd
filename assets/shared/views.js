// One view at a time, a section of `main` each; whoever reads with a screen reader is taken to its title.
import { $ } from "./dom.js";

const BRAND = document.title;

/** Shows a view; `where` stands in the window's title and, where there is a place for it, in the page's head. */
export function view(name, where = "") {
  for (const section of document.querySelectorAll("main > section")) section.hidden = section.id !== name;
  document.body.dataset.view = name;
  if ($("where")) $("where").textContent = where;
  document.title = where ? `${where} · ${BRAND}` : BRAND;
  $(`${name}-title`).focus({ preventScroll: true });
  scrollTo(0, 0);
}
