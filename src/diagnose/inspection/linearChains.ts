import type { Parameter } from "../../graph/parameter.js";
import { isLibraryLayer, typeOf } from "../../nn/architecture.js";
import type { Module } from "../../nn/module.js";
import type { Storage } from "../../tensor/storage.js";
import { Tensor } from "../../tensor/tensor.js";

/** Two linear layers of which the second reads what the first gave, with nothing between: one alone could do the same. */
export interface LinearChain {
  readonly first: string;
  readonly second: string;
  /** The number of values between them (of convolutions: channels). */
  readonly width: number;
}

const MULTIPLYING = /^(Dense|Linear|Conv[123]d)$/;

/** Finds linear layers that follow each other, while the modules' forwards run. */
export class ChainWatch {
  readonly #met: { readonly first: Module; readonly second: Module; readonly width: number }[] = [];
  /** Who made a result. Results of another shape with the same elements, as of a Flatten, share the storage. */
  readonly #makers = new Map<Storage, Module>();
  readonly #removers: (() => void)[];

  constructor(modules: Iterable<Module>) {
    this.#removers = [...modules].filter(isProduct).map((module) =>
      module.registerForwardHook((_, [input], output) => {
        if (input instanceof Tensor) this.#meet(module, input);
        if (output instanceof Tensor && !hasActivation(module)) this.#makers.set(output.storage, module);
      }),
    );
  }

  stop(): void {
    for (const remove of this.#removers) remove();
  }

  /**
   * The chains whose first result nobody else reads: in x + inner(x) it goes on beside the second layer, and one layer could not do the same.
   * @param run what the model makes of the samples, the same each time
   */
  chains(outputs: readonly Tensor[], run: () => readonly Tensor[]): LinearChain[] {
    this.stop();
    return this.#met
      .filter(({ first, second }) => same(outputs, withoutFirst(first, second, run)))
      .map(({ first, second, width }) => ({ first: first.path, second: second.path, width }));
  }

  #meet(second: Module, input: Tensor): void {
    const first = this.#makers.get(input.storage);
    if (first === undefined) return;
    const [before, after] = [weightOf(first), weightOf(second)];
    const width = before.shape[0];
    // A narrow layer between two wide ones is a factorization on purpose, such as the code of an autoencoder.
    if (width < Math.min(before.size / width, after.shape[0])) return;
    this.#met.push({ first, second, width });
  }
}

/** What a model makes where the first of two layers gives 0, and the second what it gave before. */
function withoutFirst(first: Module, second: Module, run: () => readonly Tensor[]): readonly Tensor[] {
  const given: unknown[] = [];
  const stopReading = second.registerForwardHook((_, __, output) => {
    given.push(output);
  });
  try {
    run();
  } finally {
    stopReading();
  }
  let call = 0;
  const removers = [
    first.registerForwardHook((_, __, output) => (output instanceof Tensor ? output.mul(0) : output)),
    second.registerForwardHook(() => given[call++]),
  ];
  try {
    return run();
  } finally {
    for (const remove of removers) remove();
  }
}

function same(a: readonly Tensor[], b: readonly Tensor[]): boolean {
  return a.every((tensor, i) => {
    const [values, others] = [tensor.data, b[i].data];
    return values.every((value, j) => Object.is(value, others[j]));
  });
}

/** Whether a module multiplies its input with its whole weight. */
function isProduct(module: Module): boolean {
  return isLibraryLayer(module) && MULTIPLYING.test(typeOf(module)) && (settingsOf(module).groups ?? 1) === 1;
}

function hasActivation(module: Module): boolean {
  const { activation } = settingsOf(module);
  return activation !== undefined && activation !== "linear";
}

function settingsOf(module: Module): { readonly activation?: unknown; readonly groups?: number } {
  return (module as unknown as { settings: { activation?: unknown; groups?: number } }).settings;
}

function weightOf(module: Module): Parameter {
  return (module as unknown as { weight: Parameter }).weight;
}
