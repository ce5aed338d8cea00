import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { additive } from "../ops/attentionMask.js";
import type { OptionOf, OptionSpec } from "../options/option.js";
import { option } from "../options/option.js";
import { full } from "../tensor/creation.js";
import { type Shape, sameShape } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";

/** Masks as layers take them, in PyTorch's manner: true means that a key is not attended to. */

/** How many queries attend to how many keys. */
export interface Extents {
  readonly batch: number;
  readonly heads: number;
  readonly length: number;
  readonly keys: number;
  /** Keys behind those of the input that every query may attend to, whatever the masks say. */
  readonly extra: number;
}

/** The kind of option that takes a mask, or null. */
export function maskOption<const S extends OptionSpec<Tensor>>(spec: S): OptionOf<Tensor, S> {
  return option<Tensor, S>("a tensor of bool (true = not attended to) or float (added)", (value) => value instanceof Tensor, spec);
}

/**
 * What an attention mask adds to the products of queries and keys.
 * @param mask [length, keys], or [batch · heads, length, keys]
 * @returns a mask for `attend`
 * @throws ShapeError naming both shapes, DTypeError
 */
export function attentionMask(op: string, name: string, mask: Tensor, { batch, heads, length, keys, extra }: Extents): Tensor {
  const [one, each]: Shape[] = [
    [length, keys],
    [batch * heads, length, keys],
  ];
  if (!sameShape(mask.shape, one) && !sameShape(mask.shape, each))
    throw misfit(op, name, mask, [one, each], "[length, keys] or one for each sample and head");
  const added = widened(additive(op, name, mask, mask.shape, false), extra);
  return mask.rank === 2 ? added : added.reshape([batch, heads, length, keys + extra]);
}

/**
 * What a padding mask adds to the products of all queries and the keys.
 * @param mask [batch, keys], or [keys] where the inputs have no batch
 * @returns a padding for `attend`
 * @throws ShapeError naming both shapes, DTypeError
 */
export function paddingMask(op: string, name: string, mask: Tensor, { batch, keys, extra }: Extents, hasBatch: boolean): Tensor {
  const expected = hasBatch ? [batch, keys] : [keys];
  if (!sameShape(mask.shape, expected)) throw misfit(op, name, mask, [expected], hasBatch ? "[batch, keys]" : "[keys]");
  return widened(additive(op, name, mask, mask.shape, false), extra).reshape([batch, keys + extra]);
}

/** −∞ where a key comes after its query, [length, keys + extra]. */
export function causalMask({ length, keys, extra }: Extents): Tensor {
  return widened(full([length, keys], -Infinity).triu(1), extra);
}

/** A mask with zeros behind its last axis. */
function widened(mask: Tensor, extra: number): Tensor {
  return extra === 0 ? mask : mask.pad(mask.shape.map((_, axis) => [0, axis === mask.rank - 1 ? extra : 0] as const));
}

function misfit(op: string, name: string, mask: Tensor, expected: readonly Shape[], meaning: string): ShapeError {
  const shapes = expected.map((shape) => shapeText(shape)).join(" or ");
  return new ShapeError(message(op, `${name} has shape ${shapeText(mask.shape)}; expected ${shapes}: ${meaning}`));
}
