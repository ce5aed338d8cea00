import type { Tensor } from "../tensor/tensor.js";
import { CapturedStep } from "./capturedStep.js";

/** Signatures that are kept; with more, the one that was recorded first is forgotten. */
const MOST = 8;

/** A step as it was captured for inputs of several shapes, in training and in evaluation, with gradients and without. */
export class Signatures {
  readonly #known: CapturedStep[] = [];

  /** @param step what is captured, of a tensor for each input */
  constructor(private readonly step: (inputs: readonly Tensor[]) => unknown) {}

  /** The captured step for these inputs as things stand, or null if there is none yet. */
  find(inputs: readonly Tensor[]): CapturedStep | null {
    const known = this.#known;
    for (let i = 0; i < known.length; i++) if (known[i].fits(inputs)) return known[i];
    return null;
  }

  add(inputs: readonly Tensor[], step = this.step): CapturedStep {
    if (this.#known.length === MOST) this.#known.shift()?.dispose();
    const made = new CapturedStep(inputs, step);
    this.#known.push(made);
    return made;
  }

  get all(): readonly CapturedStep[] {
    return this.#known;
  }

  dispose(): void {
    for (const one of this.#known.splice(0)) one.dispose();
  }
}
