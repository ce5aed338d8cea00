import { allocate } from "../memory/heap.js";
import type { DType } from "../memory/views.js";
import { BYTES, viewOf } from "../memory/views.js";
import type { Shape } from "../tensor/shape.js";
import { Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

/** A fixed place in linear memory, to which an input of a step is copied. Whoever made the slot gives the place back. */
export class Slot {
  readonly tensor: Tensor;

  constructor(
    readonly dtype: DType,
    readonly shape: Shape,
  ) {
    const storage = new Storage(
      dtype,
      shape.reduce((size, extent) => size * extent, 1),
      "input",
    );
    storage.at = allocate(Math.max(1, storage.bytes));
    storage.shape = shape;
    storage.permanent = true;
    this.tensor = new Tensor(storage, shape);
  }

  get at(): number {
    return this.tensor.storage.at;
  }

  get bytes(): number {
    return Math.max(1, this.tensor.storage.bytes);
  }
}

/** Copies the inputs of a call to their slots. */
export function fillSlots(slots: readonly Slot[], inputs: readonly Tensor[]): void {
  for (let i = 0; i < slots.length; i++) {
    const { dtype, at } = slots[i];
    const view = viewOf(dtype);
    const begin = at / BYTES[dtype];
    const elements = inputs[i].storage.host ?? inputs[i].view();
    // A call of `set` costs more than a few elements.
    if (elements.length > 16) view.set(elements, begin);
    else for (let j = 0; j < elements.length; j++) view[begin + j] = elements[j];
  }
}
