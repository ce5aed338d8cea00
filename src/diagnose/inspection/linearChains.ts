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
  readonly chains: LinearChain[] = [];
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

  #meet(second: Module, input: Tensor): void {
    const first = this.#makers.get(input.storage);
    if (first === undefined) return;
    const [before, after] = [weightOf(first), weightOf(second)];
    const width = before.shape[0];
    // A narrow layer between two wide ones is a factorization on purpose, such as the code of an autoencoder.
    if (width < Math.min(before.size / width, after.shape[0])) return;
    this.chains.push({ first: first.path, second: second.path, width });
  }
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
