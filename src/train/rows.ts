import { timed } from "../kernels/observer.js";
import { indexSelect } from "../ops/indexing.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { type Batch, countSamples, eachPart, type Inputs, takeRange, takeRows } from "./data.js";

/** Data sets up to this many bytes are copied to linear memory for the time of a training. */
const MOST_RESIDENT = 256 << 20;

/** A batch that is some rows of samples in memory. The rows of a part are copied when the part is read. */
export class Rows implements Batch {
  #taken: Batch | null = null;
  #targets: Batch | null = null;

  constructor(
    readonly whole: Batch,
    /** The numbers of the rows, in the order of the batch. */
    readonly rows: Int32Array,
  ) {}

  get x(): Inputs {
    this.#taken ??= timed("batches", () => takeRows(this.whole, this.rows));
    return this.#taken.x;
  }

  get y(): Inputs | undefined {
    return this.targets().y;
  }

  get weight(): Inputs | undefined {
    return this.targets().weight;
  }

  /** The numbers of the rows as a tensor. */
  index(): Tensor {
    return new Tensor(dataStorage("int32", this.rows, "batches"), [this.rows.length]);
  }

  private targets(): Batch {
    this.#targets ??= timed("batches", () => takeRows({ ...this.whole, x: [] }, this.rows));
    return this.#targets;
  }
}

/** The first samples of a batch. Of rows of samples in memory only these are copied. @param most the number of samples at most */
export function firstRows(batch: Batch, most: number): Batch {
  if (batch instanceof Rows) return batch.rows.length <= most ? batch : new Rows(batch.whole, batch.rows.subarray(0, most));
  return countSamples(batch) <= most ? batch : takeRange(batch, 0, most);
}

/** Samples that lie in linear memory, so that kernels take the rows of a batch. */
export class Resident {
  constructor(readonly whole: Batch) {
    for (const { storage } of partsOf(whole)) storage.hold();
  }

  /** Whether samples are small enough. */
  static suits(whole: Batch): boolean {
    return partsOf(whole).reduce((sum, { storage }) => sum + storage.bytes, 0) <= MOST_RESIDENT;
  }

  /** Gathers rows to a batch, by kernels. */
  take(index: Tensor): Batch {
    return eachPart(this.whole, (part) => indexSelect(part, 0, index));
  }

  release(): void {
    for (const { storage } of partsOf(this.whole)) storage.drop();
  }
}

/** The tensors of a batch in order. */
export function partsOf({ x, y, weight }: Batch): Tensor[] {
  return [x, y ?? [], weight ?? []].flat();
}
