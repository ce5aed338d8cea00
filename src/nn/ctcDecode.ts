import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { argmax } from "../ops/extremes.js";
import { checkTensor } from "../ops/operands.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { flag, number } from "../options/kinds.js";
import type { Tensor } from "../tensor/tensor.js";
import { lengthsOption } from "./losses/ctcLoss.js";
import { lengthsOf } from "./recurrent/lengths.js";

const CTC_DECODE = declare("ctcDecode", {
  /** The steps of each sample that count. Default null: all. */
  inputLengths: lengthsOption(),
  /** The class that stands for no label. Default 0. */
  blank: number({ default: 0, min: 0, whole: true }),
  /** Whether samples are the first axis; false: steps are. Default true. */
  batchFirst: flag({ default: true }),
});

/** Options of `ctcDecode`. */
export interface CtcDecodeOptions extends OptionsOf<typeof CTC_DECODE> {}

/**
 * What a prediction spells by its likeliest class at each step: repeated classes are one, blanks are left out. Graves et al., ICML 2006,
 * call it best path decoding.
 * Shape:     prediction [n, steps, classes]
 * @param options.inputLengths steps of each sample that count, default all
 * @param options.blank the class that stands for no label, default 0
 * @param options.batchFirst default true; false: prediction [steps, n, classes]
 * @returns the labels of each sample
 * @throws ShapeError, ArgumentError
 * @example ctcDecode(tensor([[[0, 9, 0], [0, 9, 0], [9, 0, 0], [0, 0, 9]]]))   // [[1, 2]]
 */
export function ctcDecode(prediction: Tensor, options?: CtcDecodeOptions): number[][] {
  checkArity("ctcDecode", arguments.length, 2);
  checkTensor("ctcDecode", "prediction", prediction);
  const { inputLengths, blank, batchFirst } = CTC_DECODE.readOptions(options);
  if (prediction.rank !== 3) {
    const expected = batchFirst ? "[n, steps, classes]" : "[steps, n, classes]";
    throw new ShapeError(message("ctcDecode", `the prediction has shape ${shapeText(prediction.shape)}; expected ${expected}`));
  }
  const best = argmax(batchFirst ? prediction : prediction.transpose(0, 1), 2);
  const [batch, steps] = best.shape;
  const lengths = inputLengths === null ? null : lengthsOf("ctcDecode", inputLengths, batch, steps, { what: "inputLengths" }).data;
  const classes = best.data;
  return Array.from({ length: batch }, (_, sample) => {
    const path = classes.subarray(sample * steps, sample * steps + (lengths?.[sample] ?? steps));
    return [...path].filter((label, t) => label !== blank && label !== path[t - 1]);
  });
}
