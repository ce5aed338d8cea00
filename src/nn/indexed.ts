import type { TensorSpec } from "../graph/rehearse.js";
import type { Pooled, WithIndices } from "../ops/pool/indices.js";
import type { AnyDeclaration } from "../options/declare.js";
import type { Tensor } from "../tensor/tensor.js";
import { Layer } from "./layer.js";

/** A layer that may tell where its results stood, in Sequential for nobody. R: whether it does. */
export abstract class Indexed<D extends AnyDeclaration, R extends boolean> extends Layer<D> {
  protected abstract get returnIndices(): boolean;

  abstract override forward(x: Tensor): Pooled<R>;

  /** What a Sequential passes on. */
  override passedOn(result: Pooled<R>): Tensor {
    return this.resultsIn(result)[0];
  }

  /** @internal */
  override resultSpecs(inputs: readonly TensorSpec[]): TensorSpec[] {
    const [output] = super.resultSpecs(inputs);
    return this.returnIndices ? [output, { shape: output.shape, dtype: "int32" }] : [output];
  }

  /** @internal */
  override resultOf([output, indices]: readonly Tensor[]): Pooled<R> {
    return (this.returnIndices ? { output, indices } : output) as Pooled<R>;
  }

  /** @internal */
  override resultsIn(result: Pooled<R>): Tensor[] {
    if (!this.returnIndices) return [result as Tensor];
    const { output, indices } = result as WithIndices;
    return [output, indices];
  }
}
