import { ShapeError } from "../errors/errors.js";
import { message, shapeText } from "../errors/message.js";
import { crossEntropy } from "../nn/index.js";
import { concat } from "../ops/joining.js";
import { checkTensor } from "../ops/operands.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { eye, tensor } from "../tensor/creation.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/** The option of the temperature. */
export const TEMPERATURE = {
  /** What similarities are divided by, > 0. Default 0.5. */
  temperature: number({ default: 0.5, above: 0, aka: ["tau"] }),
};

const NT_XENT = declare("ntXent", TEMPERATURE);

/** Options of `ntXent`. */
export interface NtXentOptions extends OptionsOf<typeof NT_XENT> {}

/** Taken from the similarity of a sample to itself, which is no other's. */
const OUT_OF_REACH = 1e9;

/** What the loss of n pairs compares with; a training asks for it at every step, with one n. */
let known: { n: number; itself: Tensor; partners: Tensor } | null = null;

/**
 * The normalised, temperature-scaled cross-entropy of pairs: each of 2n samples is to be more similar to its partner than to all others,
 * where similarity is the cosine. −log (e^(s(i, j)/τ) / Σ_{k≠i} e^(s(i, k)/τ)), averaged. Chen et al., ICML 2020 (SimCLR).
 * Shape:     first and second [n, d] → a number
 * @param first embeddings of one view of n samples
 * @param second embeddings of another view of the same samples, in the same order
 * @param options.temperature τ > 0, default 0.5
 * @throws ShapeError unless both have one shape [n, d], ArgumentError for an option
 */
export function ntXent(first: Tensor, second: Tensor, options?: NtXentOptions): Tensor {
  checkArity("ntXent", arguments.length, 3);
  checkTensor("ntXent", "first", first);
  checkTensor("ntXent", "second", second);
  const { temperature } = NT_XENT.readOptions(options);
  if (first.rank !== 2 || !sameShape(first.shape, second.shape)) {
    throw new ShapeError(
      message("ntXent", `first ${shapeText(first.shape)} and second ${shapeText(second.shape)}; expected both [n, d], with one shape`),
    );
  }
  const n = first.shape[0];
  if (known?.n !== n) {
    const partners = Array.from({ length: 2 * n }, (_, i) => (i + n) % (2 * n));
    known = {
      n,
      itself: eye(2 * n)
        .mul(OUT_OF_REACH)
        .pin(),
      partners: tensor(partners, { dtype: "int32" }).pin(),
    };
  }
  const rows = concat([first, second], 0);
  const units = rows.mul(rows.square().sum(1, { keepDims: true }).add(1e-12).rsqrt());
  return crossEntropy(units.matmul(units.transpose()).div(temperature).sub(known.itself), known.partners);
}
