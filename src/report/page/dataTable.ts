import { type Child, el, fill } from "./dom.js";

/** The numbers of a chart: a row of heads, and the rows. */
export interface TableContent {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly Child[])[];
}

/** A table in a box that scrolls where it is too wide. @param label what the table is of */
export function table(label: string, { heads, rows }: TableContent): HTMLElement {
  return scrolling(
    label,
    el(
      "table",
      {},
      el("caption", { class: "hidden" }, label),
      el("thead", {}, el("tr", {}, ...heads.map((head) => el("th", { scope: "col" }, head)))),
      el(
        "tbody",
        {},
        ...rows.map(([first, ...others]) => el("tr", {}, el("th", { scope: "row" }, first), ...others.map((cell) => el("td", {}, cell)))),
      ),
    ),
  );
}

/** A box that scrolls, by keys too. */
export function scrolling(label: string, content: HTMLElement): HTMLElement {
  return el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": label }, content);
}

/** The numbers beside a chart, which are written when somebody opens them. */
export class Numbers {
  readonly element: HTMLDetailsElement;
  readonly #box = el("div");
  #content: (() => TableContent) | null = null;

  constructor(private readonly label: string) {
    const summary = el("summary", {}, "Numbers", el("span", { class: "hidden" }, ` of: ${label}`));
    this.element = el("details", { class: "numbers", toggle: () => this.#write() }, summary, this.#box);
  }

  show(content: () => TableContent): void {
    this.#content = content;
    this.#write();
  }

  #write(): void {
    if (this.element.open && this.#content !== null) fill(this.#box, table(this.label, this.#content()));
  }
}
