import { views } from "../../../memory/memory.js";
import type { NumberArray } from "../../../memory/views.js";
import { CELL, CELL_BYTES } from "../../generated/constants.js";
import type { UpdateArgs } from "../../generated.js";

type Fields<L> = Readonly<Record<keyof L, number>>;

/** The cell of a step. */
export function readCell({ cell }: UpdateArgs): Fields<typeof CELL> {
  return read(cell, CELL);
}

/** The optimizer's own part of it. */
export function readOwn<const L extends Readonly<Record<string, number>>>({ cell }: UpdateArgs, layout: L): Fields<L> {
  return read(cell + CELL_BYTES, layout);
}

function read<L extends Readonly<Record<string, number>>>(at: number, layout: L): Fields<L> {
  const entries = Object.entries(layout).map(([name, place]) => [name, views.f64[at / 8 + place]]);
  return Object.fromEntries(entries) as Fields<L>;
}

/**
 * Asks `step` for every element of a range, with its places in v: of the parameter and of states 1, 2, 3. The gradient is
 * ±factor · clip(g) + λp.
 */
export function update(
  r: UpdateArgs,
  from: number,
  to: number,
  v: NumberArray,
  step: (p: number, g: number, state1: number, state2: number, state3: number) => void,
): void {
  const size = v.BYTES_PER_ELEMENT;
  const { gradientFactor, clipValue, weightDecay, maximize } = readCell(r);
  for (let i = from; i < to; i++) {
    const p = r.p / size + i;
    const clipped = Math.max(-clipValue, Math.min(clipValue, v[r.g / size + i]));
    const g = (maximize ? -1 : 1) * gradientFactor * clipped + weightDecay * v[p];
    step(p, g, r.state1 / size + i, r.state2 / size + i, r.state3 / size + i);
  }
}
