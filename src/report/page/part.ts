import type { Run } from "../run.js";
import { el, freshId } from "./dom.js";

/** A part of a page, which shows runs as they stand; the first one is looked at, the others are compared with it. */
export interface Part {
  readonly element: HTMLElement;
  show(runs: readonly Run[]): void;
}

/** A section under its heading, which is hidden while there is nothing to show. */
export class Section {
  readonly element: HTMLElement;
  readonly id: string;

  constructor(
    readonly title: string,
    ...content: HTMLElement[]
  ) {
    this.id = freshId(title.toLowerCase().replace(/[^a-z]+/g, "-"));
    this.element = el("section", { "aria-labelledby": this.id }, el("h2", { id: this.id }, title), ...content);
  }

  set hidden(hidden: boolean) {
    this.element.hidden = hidden;
  }
}

/** Calls `write` where what is shown is not what was shown before: a page that is told of a run every second keeps what the reader opened. */
export function onceA(write: (run: Run) => void, keyOf: (run: Run) => string): (run: Run) => void {
  let shown: string | null = null;
  return (run) => {
    const key = keyOf(run);
    if (key === shown) return;
    shown = key;
    write(run);
  };
}
