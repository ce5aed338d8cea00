import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import type { AnyDeclaration } from "../options/declare.js";
import { type OptionOf, option } from "../options/option.js";
import { type Shape, sameShape } from "../tensor/shape.js";
import { Layer, type LayerClass } from "./layer.js";
import { extentsText, isSampleShape } from "./options.js";

/** The extents of the last axes, in front of the options. @param op the layer, for the error's example */
export function normalizedShape(op: string): OptionOf<number | Shape, { required: true }> {
  return option<number | Shape, { required: true; show: typeof extentsText; mend: () => string }>(
    "the extents of the last axes, whole numbers ≥ 1",
    (value) => isSampleShape([value].flat()) && [value].flat().length > 0,
    { required: true, show: extentsText, mend: () => `Write new ${op}(64) or new ${op}([64], { epsilon }).` },
  );
}

/** Layers that normalise over the last axes of each sample. */
export abstract class RowNorm<D extends AnyDeclaration> extends Layer<D> {
  readonly normalizedShape: Shape = [(this.settings as unknown as { normalizedShape: number | Shape }).normalizedShape].flat();

  override expects(): Shape {
    return super.expects() ?? this.normalizedShape;
  }

  protected override resultShape(inputShape: Shape): Shape {
    const axes = this.normalizedShape.length;
    if (inputShape.length >= axes && sameShape(inputShape.slice(-axes), this.normalizedShape)) return inputShape;
    const { op } = (this.constructor as unknown as LayerClass).declaration;
    const expected = shapeText(["...", ...this.normalizedShape]);
    throw new ShapeError(message(op, `x has shape ${shapeText(inputShape)}; expected ${expected}, as normalizedShape says`));
  }
}
