import type { CapturedStep } from "../capture/capturedStep.js";
import { Signatures } from "../capture/signatures.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Batch } from "./data.js";
import { partsOf, Resident, Rows } from "./rows.js";

/**
 * A function of a batch that is captured if that is allowed, and else called as it is.
 *
 * Rows of samples in memory are taken by the first kernels of the step, on all threads: only their numbers are written. (Threads
 * that gathered the next batch meanwhile would take the cores from the step that runs.)
 */
export class BatchStep<T> {
  readonly #byParts: Signatures;
  readonly #byRows: Signatures;
  #resident: Resident | null = null;
  /** Taking rows by kernels cannot be captured. */
  #rowsRefused = false;
  /** How the tensors of the batch under way make up a batch. */
  #like!: Batch;

  constructor(
    private readonly step: (batch: Batch) => T,
    private readonly captures: boolean,
  ) {
    this.#byParts = new Signatures((tensors) => this.step(assemble(this.#like, tensors)));
    this.#byRows = new Signatures(([index]) => this.step((this.#resident as Resident).take(index)));
  }

  run(batch: Batch): T {
    if (!this.captures) return this.step(batch);
    if (batch instanceof Rows && !this.#rowsRefused && this.#hasResident(batch.whole)) return this.#runRows(batch);
    this.#like = batch;
    return run(this.#byParts, partsOf(batch)) as T;
  }

  /** Forgets what was recorded, and gives its memory back. */
  forget(): void {
    this.#byParts.dispose();
    this.#byRows.dispose();
  }

  dispose(): void {
    this.forget();
    this.#resident?.release();
    this.#resident = null;
  }

  #runRows(batch: Rows): T {
    const index = batch.index();
    const captured = this.#byRows.find([index]) ?? this.#byRows.add([index]);
    const value = captured.run([index]);
    this.#rowsRefused = captured.refusal !== null;
    return value as T;
  }

  #hasResident(whole: Batch): boolean {
    if (this.#resident?.whole === whole) return true;
    if (!Resident.suits(whole)) return false;
    this.dispose();
    this.#resident = new Resident(whole);
    return true;
  }
}

function run(signatures: Signatures, tensors: readonly Tensor[]): unknown {
  const captured: CapturedStep = signatures.find(tensors) ?? signatures.add(tensors);
  return captured.run(tensors);
}

/** The batch with other tensors, in the order of `partsOf`. */
function assemble({ x, y, weight }: Batch, tensors: readonly Tensor[]): Batch {
  let at = 0;
  const next = (part: Tensor | Tensor[]): Tensor | Tensor[] => (Array.isArray(part) ? part.map(() => tensors[at++]) : tensors[at++]);
  const made: Batch = { x: next(x) };
  if (y !== undefined) made.y = next(y);
  if (weight !== undefined) made.weight = tensors[at];
  return made;
}
