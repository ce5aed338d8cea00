import { copyBlock, type DType } from "../memory/views.js";
import { type Shape, sameShape } from "../tensor/shape.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import type { Block } from "./calls.js";
import { sameElements } from "./difference.js";
import type { Recording } from "./recording.js";
import type { StepRecorder } from "./stepRecorder.js";
import { sameLayout, sameValue } from "./structure.js";

/** Where a result of a step has its elements: in an intermediate block, at a fixed place, or in JS memory (a tensor that is no result). */
export interface Result {
  readonly dtype: DType;
  readonly shape: Shape;
  readonly block: Block | null;
  readonly at: number;
  readonly data: Tensor | null;
}

/** Where a tensor that the step returned has its elements. */
export function resultOf(tensor: Tensor, recorder: StepRecorder): Result {
  const { storage, shape, dtype } = tensor;
  const block = recorder.blockAt(storage.at);
  // A recorder that gave up in the midst of the step does not know the blocks of later results: these are no data yet.
  const data = block === null && !storage.permanent ? asData(tensor) : null;
  return { dtype, shape, block, at: storage.at, data };
}

/** A tensor as data, which outlives the step. */
export function asData(tensor: Tensor): Tensor {
  if (tensor.storage.host !== null && tensor.origin === null) return tensor;
  return new Tensor(dataStorage(tensor.dtype, tensor.data, "capture"), tensor.shape);
}

/** A result as data, read at an address. */
export function copyOf({ dtype, shape, data }: Result, at: number): Tensor {
  if (data !== null) return data;
  const size = shape.reduce((product, extent) => product * extent, 1);
  return new Tensor(dataStorage(dtype, copyBlock(dtype, at, size), "capture"), shape);
}

/** The first difference between what two recordings of a step returned, in words; null if a replay may return either. */
export function resultDifference(a: Recording, b: Recording): string | null {
  const other = a.others.length === b.others.length ? a.others.findIndex((value, i) => !sameValue(value, b.others[i])) : -1;
  if (other >= 0)
    return `it returned ${String(a.others[other])} and then ${String(b.others[other])}, which is no tensor; return the tensor instead`;
  if (a.results.length !== b.results.length) return `it returned ${a.results.length} tensors and then ${b.results.length}`;
  if (!sameLayout(a.layout, b.layout)) return "it returned its tensors in another structure";
  const i = a.results.findIndex((result, at) => !isSameResult(a, result, b, b.results[at]));
  return i < 0 ? null : `tensor ${i} of what it returned was another one`;
}

/** Results are compared as the operands of calls are: see `difference`. */
function isSameResult(a: Recording, x: Result, b: Recording, y: Result): boolean {
  if (x.dtype !== y.dtype || !sameShape(x.shape, y.shape)) return false;
  if (x.block !== null && y.block !== null) return a.recorder.intermediates.indexOf(x.block) === b.recorder.intermediates.indexOf(y.block);
  if (x.data !== null && y.data !== null) return x.data.storage === y.data.storage || sameElements(x.data.data, y.data.data);
  return x.block === y.block && x.data === y.data && x.at === y.at;
}
