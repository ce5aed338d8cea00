import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkTensor } from "../ops/operands.js";
import type { AnyDeclaration } from "../options/declare.js";
import type { Tensor } from "../tensor/tensor.js";
import { Composed } from "./composed.js";

/** Layers that merge branches, with Keras's names: their inputs are arguments, or one list. */
export abstract class Merge<D extends AnyDeclaration> extends Composed<D> {
  /** How many inputs it takes at most. */
  protected readonly most: number = Number.POSITIVE_INFINITY;

  forward(...inputs: readonly Tensor[] | readonly [readonly Tensor[]]): Tensor {
    return this.compute(...(inputs.flat() as Tensor[]));
  }

  protected compute(...inputs: Tensor[]): Tensor {
    const { op } = this;
    for (const [i, input] of inputs.entries()) checkTensor(op, `input ${i}`, input);
    if (inputs.length < 2 || inputs.length > this.most) {
      const expected = this.most === 2 ? "two" : "two or more";
      throw new ArgumentError(
        message(op, `it is given ${inputs.length}; expected ${expected} inputs`, `Write new ${op}(…).forward(a, b).`),
      );
    }
    return this.merge(inputs);
  }

  protected abstract merge(inputs: readonly Tensor[]): Tensor;
}
