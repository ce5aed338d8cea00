import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { Tensor } from "../../tensor/tensor.js";
import { type Cursor, derived, type Source, skipByPulling } from "./source.js";

/** How classes are balanced: items of rare classes come several times, or some of the frequent ones do not come. */
export type BalanceBy = "repeating" | "dropping";

/** What tells the class of an item. */
export type Label = string | number | boolean | Tensor;

export interface BalanceSettings {
  readonly by: BalanceBy;
  /** The share of each class in the stream; null: as counted so far. */
  readonly shares: Readonly<Record<string, number>> | null;
}

/** Items of which each class has as many, on average. */
export function balanced<T>(source: Source<T>, labelOf: (item: T) => Label, settings: BalanceSettings): Source<T> {
  return derived([source], (walk) => {
    const copies = copiesOf(settings);
    return new Balanced(source.open(walk.part("balance")), walk.uniform("balance"), (item) => copies(nameOf(labelOf(item))));
  });
}

class Balanced<T> implements Cursor<T> {
  #place = 0;
  /** Items that have not come out yet. */
  #waiting: T[] = [];

  /** @param copies how often an item comes, on average */
  constructor(
    private readonly above: Cursor<T>,
    private readonly uniform: (place: number) => number,
    private readonly copies: (item: T) => number,
  ) {}

  async pull(most: number): Promise<readonly T[] | null> {
    while (this.#waiting.length === 0) {
      const items = await this.above.pull(1);
      if (items === null) return null;
      const mean = this.copies(items[0]);
      const count = Math.floor(mean) + Number(this.uniform(this.#place++) < mean % 1);
      for (let i = 0; i < count; i++) this.#waiting.push(items[0]);
    }
    return this.#waiting.splice(0, most);
  }

  /** Whether an item comes is known by its class alone: so all are made. */
  skip(count: number): Promise<number> {
    return skipByPulling(this, count);
  }

  close(): Promise<void> {
    return this.above.close();
  }
}

/** How often an item of a class comes, on average: by the shares, or by the counts up to this item. */
function copiesOf({ by, shares }: BalanceSettings): (label: string) => number {
  const counts = new Map<string, number>(Object.entries(shares ?? {}));
  return (label) => {
    if (shares === null) counts.set(label, (counts.get(label) ?? 0) + 1);
    const count = counts.get(label);
    if (count === undefined) {
      const known = [...counts.keys()].map((name) => JSON.stringify(name)).join(", ");
      const problem = `an item is of class ${JSON.stringify(label)}; the shares are those of ${known}`;
      throw new ArgumentError(message("balance", problem, "Tell its share, too, or leave shares out: classes are then counted."));
    }
    const goal = by === "repeating" ? Math.max(...counts.values()) : Math.min(...counts.values());
    return goal / count;
  };
}

function nameOf(label: Label): string {
  return String(label instanceof Tensor ? label.item() : label);
}
