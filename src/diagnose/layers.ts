import { retainGrad } from "../graph/backward.js";
import type { Module } from "../nn/module.js";
import { isPlain } from "../options/plain.js";
import { isFloating } from "../tensor/dtype.js";
import { isRepeating } from "../tensor/recompute.js";
import { Tensor } from "../tensor/tensor.js";
import type { LayerRecord } from "../train/trainingRecord.js";
import { LayerTally } from "./layerTally.js";
import { unitAxisOf, weightAxis } from "./units.js";

/** Looks at what the modules of a model give in a pass, and at the gradients that come back. */
export class LayerProbe {
  readonly #tallies = new Map<string, LayerTally>();
  /** Whose outputs a result is: of the module that made it, and of those that pass it on. */
  readonly #makers = new Map<Tensor, LayerTally[]>();
  /** Results whose gradients are kept until the end. */
  readonly #kept: { readonly result: Tensor; readonly tally: LayerTally }[] = [];
  readonly #removers: (() => void)[];
  /** Where the units of the last layer with a weight were. */
  #axis: 1 | -1 = -1;

  /** @param wanted whether a module is looked at, by its path */
  constructor(
    model: Module,
    wanted: (path: string) => boolean,
    private readonly bins: number,
  ) {
    this.#removers = [...model.namedModules()]
      .filter(([path]) => wanted(path))
      .map(([path, module]) => module.registerForwardHook((_, __, output) => this.#see(path, module, output)));
  }

  /** Is told each result and its gradient while the pass goes back. */
  readonly reached = (result: Tensor, gradient: Tensor): void => {
    const makers = this.#makers.get(result);
    if (makers === undefined) return;
    for (const tally of makers) tally.addGradient(gradient);
    this.#makers.delete(result);
  };

  remove(): void {
    for (const remove of this.#removers) remove();
  }

  records(): LayerRecord[] {
    for (const { result, tally } of this.#kept) if (result.grad !== null) tally.addGradient(result.grad);
    this.#kept.length = 0;
    return [...this.#tallies.values()].map((tally) => tally.record());
  }

  /** A forward hook; that it gives nothing leaves the output as it is. */
  #see(path: string, module: Module, output: unknown): undefined {
    const result = resultIn(module, output);
    if (result === null || !isFloating(result.dtype) || result.size === 0) return;
    // A block that is computed again for its gradient: the first time nothing could come back to what is in it.
    if (isRepeating()) {
      const tally = this.#tallies.get(path);
      if (tally === undefined || !result.requiresGrad || result.origin === null) return;
      retainGrad(result);
      this.#kept.push({ result, tally });
      return;
    }
    this.#axis = weightAxis(module) ?? this.#axis;
    let tally = this.#tallies.get(path);
    if (tally === undefined) {
      tally = new LayerTally(path, module, result, this.bins);
      this.#tallies.set(path, tally);
    }
    if (!tally.add(result, unitAxisOf(module, result, this.#axis)) || !result.requiresGrad) return;
    const makers = this.#makers.get(result);
    if (makers === undefined) this.#makers.set(result, [tally]);
    else makers.push(tally);
  }
}

/** The tensor that stands for what a module gave: what it passes on, or else the first in lists and objects; null: none. */
function resultIn(module: Module, output: unknown): Tensor | null {
  if (output instanceof Tensor) return output;
  const passed: unknown = module.passedOn(output);
  return passed instanceof Tensor ? passed : firstIn(output);
}

function firstIn(output: unknown): Tensor | null {
  if (output instanceof Tensor) return output;
  if (Array.isArray(output)) return firstOf(output);
  return isPlain(output) ? firstOf(Object.values(output)) : null;
}

function firstOf(parts: readonly unknown[]): Tensor | null {
  for (const part of parts) {
    const found = firstIn(part);
    if (found !== null) return found;
  }
  return null;
}
