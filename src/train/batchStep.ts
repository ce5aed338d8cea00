import { Signatures } from "../graph/signatures.js";
import { recorder } from "../kernels/recorder.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Batch } from "./data.js";

/** A function of a batch that is captured if that is allowed, and else called as it is. */
export class BatchStep<T> {
  readonly #signatures: Signatures | null;
  /** How the tensors of the batch under way make up a batch. */
  #like!: Batch;

  constructor(
    private readonly step: (batch: Batch) => T,
    captures: boolean,
  ) {
    this.#signatures = captures ? new Signatures((tensors) => this.step(assemble(this.#like, tensors))) : null;
  }

  run(batch: Batch): T {
    const signatures = this.#signatures;
    if (signatures === null || recorder !== null) return this.step(batch);
    const tensors = partsOf(batch);
    this.#like = batch;
    return (signatures.find(tensors) ?? signatures.add(tensors)).run(tensors) as T;
  }

  /** Whether the last batches were replayed. */
  get replays(): number {
    return this.#signatures?.all.reduce((sum, { replays }) => sum + replays, 0) ?? 0;
  }

  /** Bytes of inputs and results of the captured steps. */
  get bytes(): number {
    return this.#signatures?.all.reduce((sum, { bytes }) => sum + bytes, 0) ?? 0;
  }

  /** Forgets what was recorded, and gives its memory back. */
  forget(): void {
    this.#signatures?.dispose();
  }
}

function partsOf({ x, y, weight }: Batch): Tensor[] {
  return [x, y ?? [], weight ?? []].flat();
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
