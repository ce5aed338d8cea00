import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { count } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { checkTensor, checkTensorArity } from "../tensor/check.js";
import type { Tensor } from "../tensor/tensor.js";

/** @internal the factor of pixelShuffle and the groups of channelShuffle */
export const FACTOR = count({ required: true, mend: () => "Write a whole number such as 2." });

/**
 * Channels to pixels, as torch.nn.functional.pixel_shuffle: each factor · factor channels become one of factor times the height and the
 * width. The layer is `PixelShuffle`. Shi et al., arXiv 1609.05158, 2016.
 * Shape:     [..., c · factor², h, w] → [..., c, h · factor, w · factor]
 * Gradient:  dx = g, the pixels back to channels
 * @param factor whole number ≥ 1
 * @throws ShapeError for fewer than three axes and for channels that factor² does not divide, ArgumentError
 * @example pixelShuffle(tensor([[[1]], [[2]], [[3]], [[4]]]), 2)   // [[[1, 2], [3, 4]]]
 */
export function pixelShuffle(x: Tensor, factor: number): Tensor {
  checkTensorArity("pixelShuffle", arguments.length, 2);
  const [lead, channels, h, w] = image("pixelShuffle", "PixelShuffle", x, factor);
  const c = divided("pixelShuffle", x, "channels", channels, factor * factor);
  const split = [...lead, c, factor, factor, h, w];
  const n = lead.length;
  return x
    .reshape(split)
    .permute([...lead.keys(), n, n + 3, n + 1, n + 4, n + 2])
    .reshape([...lead, c, h * factor, w * factor]);
}

/**
 * Pixels to channels, as torch.nn.functional.pixel_unshuffle: what `pixelShuffle` takes back. The layer is `PixelUnshuffle`.
 * Shape:     [..., c, h · factor, w · factor] → [..., c · factor², h, w]
 * Gradient:  dx = g, the channels back to pixels
 * @param factor whole number ≥ 1
 * @throws ShapeError for fewer than three axes and for a height or width that factor does not divide, ArgumentError
 * @example pixelUnshuffle(tensor([[[1, 2], [3, 4]]]), 2)   // [[[1]], [[2]], [[3]], [[4]]]
 */
export function pixelUnshuffle(x: Tensor, factor: number): Tensor {
  checkTensorArity("pixelUnshuffle", arguments.length, 2);
  const [lead, c, height, width] = image("pixelUnshuffle", "PixelUnshuffle", x, factor);
  const [h, w] = [divided("pixelUnshuffle", x, "rows", height, factor), divided("pixelUnshuffle", x, "columns", width, factor)];
  const n = lead.length;
  return x
    .reshape([...lead, c, h, factor, w, factor])
    .permute([...lead.keys(), n, n + 2, n + 4, n + 1, n + 3])
    .reshape([...lead, c * factor * factor, h, w]);
}

/**
 * Channels in another order, as torch.nn.functional.channel_shuffle: the first of each group, then the second of each group, and so on.
 * The layer is `ChannelShuffle`. Zhang et al., arXiv 1707.01083, 2017.
 * Shape:     [n, channels, ...] → same
 * Gradient:  dx = g, the channels back in order
 * @param groups whole number ≥ 1 that divides the channels
 * @throws ShapeError for fewer than two axes and for groups that do not divide the channels, ArgumentError
 * @example channelShuffle(tensor([[1, 2, 3, 4]]), 2)   // [[1, 3, 2, 4]]
 */
export function channelShuffle(x: Tensor, groups: number): Tensor {
  checkTensorArity("channelShuffle", arguments.length, 2);
  checkTensor("channelShuffle", "x", x, "ChannelShuffle");
  checkValue("channelShuffle", "groups", groups, FACTOR);
  if (x.rank < 2) throw new ShapeError(message("channelShuffle", `x has shape ${shapeText(x.shape)}; expected [n, channels, ...]`));
  const [n, channels, ...axes] = x.shape;
  const size = divided("channelShuffle", x, "channels", channels, groups);
  return x
    .reshape([n, groups, size, ...axes])
    .transpose(1, 2)
    .reshape(x.shape);
}

/** The axes before the channels, channels, height and width. */
function image(op: string, layer: string, x: Tensor, factor: number): [number[], number, number, number] {
  checkTensor(op, "x", x, layer);
  checkValue(op, "factor", factor, FACTOR);
  if (x.rank < 3) throw new ShapeError(message(op, `x has shape ${shapeText(x.shape)}; expected [..., channels, h, w]`));
  const [channels, h, w] = x.shape.slice(-3);
  return [x.shape.slice(0, -3), channels, h, w];
}

function divided(op: string, x: Tensor, what: string, extent: number, by: number): number {
  if (extent % by === 0) return extent / by;
  throw new ShapeError(message(op, `x ${shapeText(x.shape)} has ${extent} ${what}; expected a multiple of ${by}`));
}
