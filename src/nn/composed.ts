import { rehearse, type TensorSpec } from "../graph/rehearse.js";
import type { AnyDeclaration } from "../options/declare.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Layer } from "./layer.js";

/** A layer that is nothing but operations on its inputs. The shapes of its results are those that the operations tell. */
export abstract class Composed<D extends AnyDeclaration = AnyDeclaration> extends Layer<D> {
  /** What the layer computes. */
  protected abstract compute(...inputs: Tensor[]): Tensor | Tensor[];

  /** @internal */
  override resultSpecs(operands: readonly TensorSpec[]): TensorSpec[] {
    return [rehearse(operands, (...inputs) => this.compute(...inputs))].flat().map(({ shape, dtype }) => ({ shape, dtype }));
  }

  protected override resultShape(...inputShapes: Shape[]): Shape {
    return this.resultSpecs(inputShapes.map((shape) => ({ shape, dtype: "float32" })))[0].shape;
  }
}
