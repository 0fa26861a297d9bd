// Something that went wrong, of a kind that a page has words for.

/** `kind` for programs; `said` is the server's own word, where it has one. */
export class Trouble extends Error {
  constructor(kind, said = "") {
    super(said || kind);
    Object.assign(this, { kind, said });
  }
}
