// Small helpers for the document.

export const $ = (id) => document.getElementById(id);

/** A new element with properties, classes (`class`), attributes (`aria-…`, `role`, `data-…`) and children. */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (name === "class") element.className = value;
    else if (name === "role" || name.includes("-")) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children);
  return element;
}

/** Text in which whatever stands between backticks is code, as nodes. */
export const prose = (text) => text.split("`").map((part, index) => (index % 2 ? make("code", {}, part) : part));
