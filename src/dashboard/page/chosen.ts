import type { Run } from "../../report/run.js";
import type { BoardState, RunState } from "../board.js";

/** As many curves lie over each other at most, as there are colours. */
const MOST = 8;

/** Which runs are looked at. */
export class Chosen {
  /** The run that is looked at; null: the newest, whichever that is. */
  #looked: string | null = null;
  /** What the reader said of a run: whether its curves are beside the others. */
  readonly #said = new Map<string, boolean>();

  look(id: string): void {
    this.#looked = id;
  }

  compare(id: string, beside: boolean): void {
    this.#said.set(id, beside);
  }

  /** Of trainings of this process until the reader says otherwise. */
  isCompared(id: string, { control }: RunState): boolean {
    return this.#said.get(id) ?? control !== null;
  }

  /** The id of the run that is looked at; null: there is none. */
  lookedAt({ runs }: BoardState): string | null {
    if (this.#looked !== null && this.#looked in runs) return this.#looked;
    const newest = inOrder(runs).reverse();
    const [id] =
      newest.find(([, { control }]) => control !== null && control !== "over") ??
      newest.find(([, { control }]) => control !== null) ??
      newest[0] ??
      [];
    return id ?? null;
  }

  /** The runs that are shown: that which is looked at, and the newest of those that are compared. Each has a name of its own. */
  shown(state: BoardState): Run[] {
    const looked = this.lookedAt(state);
    const named = namesOf(state);
    const others = inOrder(state.runs).filter(([id, run]) => id !== looked && this.isCompared(id, run));
    const ids = looked === null ? [] : [looked, ...others.map(([id]) => id).slice(1 - MOST)];
    return ids.map((id) => ({ ...state.runs[id].run, name: named.get(id) as string }));
  }
}

/** Runs in the order in which they began. */
export function inOrder(runs: BoardState["runs"]): [string, RunState][] {
  const began = ([, { run }]: [string, RunState]) => run.started ?? "";
  return Object.entries(runs).sort((a, b) => (began(a) < began(b) ? -1 : began(a) > began(b) ? 1 : 0));
}

/** What the runs are called: those of one name are numbered from the second on, which does not change when others begin. */
export function namesOf({ runs }: BoardState): Map<string, string> {
  const counts = new Map<string, number>();
  return new Map(
    inOrder(runs).map(([id, { run }]) => {
      const count = (counts.get(run.name) ?? 0) + 1;
      counts.set(run.name, count);
      return [id, count === 1 ? run.name : `${run.name} (${count})`];
    }),
  );
}
