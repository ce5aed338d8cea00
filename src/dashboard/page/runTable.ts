import { COLORS, el, fill, numberText, Section, scrolling, words } from "../../report/page/main.js";
import type { Run } from "../../report/run.js";
import type { BoardState } from "../board.js";
import { type Chosen, inOrder, namesOf } from "./chosen.js";
import type { Link } from "./connection.js";
import { statusText } from "./progress.js";

/** All runs: which is looked at, which are compared with it, and how far each has come. */
export class RunTable {
  readonly #rows = el("tbody");
  readonly #heads = el("tr");
  readonly #section: Section;
  #shape = "";
  #cells = new Map<string, HTMLElement[]>();

  /** @param chose is called when the reader chooses others */
  constructor(
    private readonly chosen: Chosen,
    private readonly chose: () => void,
  ) {
    const caption = el("caption", { class: "hidden" }, "Runs");
    this.#section = new Section(
      "Runs",
      el("div", {}, scrolling("Table of runs", el("table", { class: "runs" }, caption, el("thead", {}, this.#heads), this.#rows))),
    );
  }

  get element(): HTMLElement {
    return this.#section.element;
  }

  show(state: BoardState, shown: readonly Run[], link: Link): void {
    const runs = inOrder(state.runs).reverse();
    this.#section.hidden = runs.length < 2;
    const names = namesOf(state);
    const figures = [...new Set(shown.flatMap(({ epochs }) => Object.keys(epochs.figures)))];
    const places = new Map(shown.map(({ id }, i) => [id, i]));
    const shape = JSON.stringify([figures, runs.map(([id, run]) => [id, names.get(id), run.control === null]), [...places]]);
    if (shape !== this.#shape) {
      this.#shape = shape;
      // What has the focus keeps it when rows come.
      const focused = document.activeElement?.id;
      this.#write(
        state,
        runs.map(([id]) => id),
        names,
        figures,
        places,
      );
      if (focused) document.getElementById(focused)?.focus();
    }
    for (const [id, one] of runs) {
      const { run } = one;
      const texts = [
        statusText(one, link),
        numberText(run.epochs.epoch.length),
        ...figures.map((name) => numberText(run.epochs.figures[name]?.at(-1))),
      ];
      for (const [i, cell] of (this.#cells.get(id) ?? []).entries()) if (cell.textContent !== texts[i]) cell.textContent = texts[i];
    }
  }

  #write(
    state: BoardState,
    ids: readonly string[],
    names: Map<string, string>,
    figures: readonly string[],
    places: Map<string, number>,
  ): void {
    const heads = ["Look at", "Compare", "Run", "Began", "Status", "Epochs", ...figures.map(words)];
    fill(this.#heads, ...heads.map((head) => el("th", { scope: "col" }, head)));
    this.#cells = new Map(ids.map((id) => [id, [0, 1, ...figures].map(() => el("td"))]));
    const looked = this.chosen.lookedAt(state);
    fill(this.#rows, ...ids.map((id) => this.#row(state, id, names.get(id) as string, id === looked, places.get(id))));
  }

  #row(state: BoardState, id: string, name: string, isLooked: boolean, place: number | undefined): HTMLElement {
    const { run, control } = state.runs[id];
    const look = el("input", {
      type: "radio",
      id: `look-${id}`,
      name: "look",
      checked: isLooked,
      "aria-label": `Look at ${name}`,
      change: () => this.#look(id),
    });
    const compare = el("input", {
      type: "checkbox",
      id: `compare-${id}`,
      checked: isLooked || this.chosen.isCompared(id, state.runs[id]),
      disabled: isLooked,
      "aria-label": `Compare ${name}`,
      change: () => this.#compare(id, compare.checked),
    });
    const swatch = el("span", { class: "swatch" });
    if (place !== undefined) swatch.style.setProperty("--of", `var(${COLORS[place % COLORS.length]})`);
    const origin = control === null ? el("span", { class: "quiet" }, " (from a file)") : null;
    return el(
      "tr",
      {},
      el("td", {}, look),
      el("td", {}, compare),
      el("th", { scope: "row" }, place === undefined ? null : swatch, name, origin),
      el("td", {}, run.started === null ? "–" : new Date(run.started).toLocaleString()),
      ...(this.#cells.get(id) as HTMLElement[]),
    );
  }

  #look(id: string): void {
    this.chosen.look(id);
    this.chose();
  }

  #compare(id: string, beside: boolean): void {
    this.chosen.compare(id, beside);
    this.chose();
  }
}
