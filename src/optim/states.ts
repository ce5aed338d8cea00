import type { Parameter } from "../graph/parameter.js";
import type { Slot } from "../memory/arena.js";
import { BYTES, blockView, type NumberArray, viewOver } from "../memory/views.js";
import type { Holdings } from "./holdings.js";
import { StateBytes } from "./stateBytes.js";

/**
 * Parameters that lie side by side. Each of their states has one place for all of them, in the same order, so that a kernel passes over
 * the run at once.
 */
interface Run {
  readonly bytes: number;
  readonly states: Map<string, StateBytes>;
}

/** Where the states of a parameter are: in which run, and how far from its beginning. */
interface Place {
  readonly run: Run;
  readonly offset: number;
}

/** Gives back what an optimizer held. States are registered, not optimizers, since a tensor of a state needs its place too. */
const registry = new FinalizationRegistry<Holdings>((holdings) => holdings.release());

/** The states of an optimizer's parameters: zeros before they are written. Those of a parameter that never had a gradient take no memory. */
export class States {
  /** By the places of parameters. */
  readonly #places = new Map<Slot, Place>();

  constructor(private readonly holdings: Holdings) {
    registry.register(this, holdings, this);
  }

  /** Joins parameters into runs; those that are in a run stay there. */
  admit(parameters: readonly Parameter[]): void {
    const fresh = parameters.map(({ slot }) => slot).filter((slot) => !this.#places.has(slot));
    fresh.sort((a, b) => a.at - b.at);
    for (let i = 0, next = 0; i < fresh.length; i = next) {
      const first = fresh[i];
      for (next = i + 1; next < fresh.length && areAdjacent(fresh[next - 1], fresh[next]); next++);
      const last = fresh[next - 1];
      const run: Run = { bytes: last.at + last.bytes - first.at, states: new Map() };
      for (const slot of fresh.slice(i, next)) this.#places.set(slot, { run, offset: slot.at - first.at });
    }
  }

  /** Whether a parameter's state was written, or read, before. */
  has(parameter: Parameter, state: string, size: number): boolean {
    return this.#places.get(parameter.slot)?.run.states.has(keyOf(parameter, state, size)) ?? false;
  }

  /** Whether the states of two parameters, of which the second lies behind the first, lie side by side too. */
  areTogether(a: Parameter, b: Parameter): boolean {
    return this.#places.get(a.slot)?.run === this.#places.get(b.slot)?.run;
  }

  /**
   * The address of a parameter's state, which is brought to linear memory.
   * @param size its elements; where they are not as many as the parameter's, the state stands apart from those of the run
   * @throws MemoryError
   */
  address(parameter: Parameter, state: string, size: number = parameter.size): number {
    if (!this.#places.has(parameter.slot)) this.admit([parameter]);
    const { run, offset } = this.#places.get(parameter.slot) as Place;
    const key = keyOf(parameter, state, size);
    const isApart = key !== state;
    let bytes = run.states.get(key);
    if (bytes === undefined) {
      bytes = new StateBytes(isApart ? size * BYTES[parameter.dtype] : run.bytes);
      run.states.set(key, bytes);
    }
    return this.holdings.load(bytes) + (isApart ? 0 : offset);
  }

  /** The elements of a parameter's state where they are: valid until the next allocation. @throws MemoryError */
  elements(parameter: Parameter, state: string, size: number): NumberArray {
    const { dtype } = parameter;
    const place = this.#places.get(parameter.slot);
    const key = keyOf(parameter, state, size);
    const saved = place?.run.states.get(key)?.saved;
    if (place === undefined || saved == null) return blockView(dtype, this.address(parameter, state, size), size);
    return viewOver(dtype, saved.buffer, key === state ? place.offset : 0, size);
  }

  /** Gives all memory of the optimizer back, for good. */
  dispose(): void {
    registry.unregister(this);
    this.holdings.release();
  }
}

/** The name of a state within its run: that of one with another size than its parameter's holds the parameter's place, too. */
function keyOf({ slot, size: whole }: Parameter, state: string, size: number): string {
  return size === whole ? state : `${state} at ${slot.at}`;
}

function areAdjacent(a: Slot, b: Slot): boolean {
  return a.chunk === b.chunk && a.at + a.bytes === b.at;
}
