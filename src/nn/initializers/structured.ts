import { ShapeError } from "../../errors/errors.js";
import { message, shapeText } from "../../errors/message.js";
import { checkArity } from "../../options/arity.js";
import { declare, type OptionsOf } from "../../options/declare.js";
import { count, number } from "../../options/kinds.js";
import { fillNormal, fillUniform } from "../../tensor/random.js";
import { type Shape, sizeOf } from "../../tensor/shape.js";
import type { Initializer } from "./common.js";

/** Initial values in which most elements are 0. */

const IDENTITY = declare("identity", {
  /** What stands on the diagonal, finite. Default 1. */
  gain: number({ default: 1, aka: ["scale"] }),
});

/**
 * A matrix [out, in] with gain on its diagonal and 0 elsewhere: a layer that passes on what it gets, as far as the extents allow. Le,
 * Jaitly and Hinton, arXiv 1504.00941, start recurrence so.
 * @param options.gain finite, default 1
 * @throws ArgumentError; ShapeError for a parameter that is no matrix: convolutions have `dirac`
 * @example new Dense(4, { weightInitializer: "identity" })
 */
export const identity: (options?: OptionsOf<typeof IDENTITY>) => Initializer = Object.assign(
  function (options?: OptionsOf<typeof IDENTITY>): Initializer {
    checkArity("identity", arguments.length, 1);
    const { gain } = IDENTITY.readOptions(options);
    return (elements, { shape }) => {
      checkMatrix("identity", shape, 'A convolution takes "dirac".');
      const [rows, columns] = shape;
      for (let i = 0; i < Math.min(rows, columns); i++) elements[i * columns + i] = gain;
    };
  },
  { aka: ["eye"] },
);

const DIRAC = declare("dirac", {
  /** How many groups of the outputs begin anew, whole, ≥ 1. Default 1. */
  groups: count({ default: 1 }),
});

/**
 * Zeros, and 1 at the centre of the kernel from channel i to channel i: a convolution that passes on as many channels as it can, as
 * torch.nn.init.dirac_. Of a matrix it is `identity`. Zagoruyko and Komodakis, arXiv 1706.00388.
 * @param options.groups whole number ≥ 1 that divides the outputs, default 1
 * @throws ArgumentError; ShapeError for a parameter without outputs and inputs, and for groups that do not divide the outputs
 * @example new Conv2d(8, 8, 3, { padding: 1, bias: false, weightInitializer: "dirac" })
 */
export function dirac(options?: OptionsOf<typeof DIRAC>): Initializer {
  checkArity("dirac", arguments.length, 1);
  const { groups } = DIRAC.readOptions(options);
  return (elements, { shape }) => {
    const [outputs, inputs, ...kernel] = shape;
    if (shape.length < 2 || outputs % groups !== 0) {
      const expected = `[out, in, ...kernel] with outputs that ${groups} ${groups === 1 ? "group divides" : "groups divide"}`;
      throw new ShapeError(message("dirac", `the parameter has shape ${shapeText(shape)}; expected ${expected}`));
    }
    const field = sizeOf(kernel);
    // Of even extents it is the one behind the middle, as in PyTorch.
    const centre = kernel.reduce((at, extent) => at * extent + Math.floor(extent / 2), 0);
    const each = outputs / groups;
    for (let group = 0; group < groups; group++) {
      for (let i = 0; i < Math.min(each, inputs); i++) elements[((group * each + i) * inputs + i) * field + centre] = 1;
    }
  };
}

const SPARSE = declare("sparse", {
  /** The part of each input's weights that is 0, 0 … 1. Default 0.9. */
  sparsity: number({ default: 0.9, min: 0, max: 1 }),
  /** The standard deviation of the others, ≥ 0. Default 0.01. */
  std: number({ default: 0.01, min: 0, aka: ["stddev"] }),
});

/**
 * N(0, std²), and in each column of the matrix [out, in] a part of zeros, rounded up, at random rows; as torch.nn.init.sparse_. Martens,
 * ICML 2010.
 * @param options.sparsity 0 … 1, default 0.9; PyTorch's has no default
 * @param options.std ≥ 0, default 0.01
 * @throws ArgumentError; ShapeError for a parameter that is no matrix
 * @example new Dense(100, { weightInitializer: { name: "sparse", sparsity: 0.8 } })
 */
export function sparse(options?: OptionsOf<typeof SPARSE>): Initializer {
  checkArity("sparse", arguments.length, 1);
  const { sparsity, std } = SPARSE.readOptions(options);
  return (elements, { shape, stream, seed }) => {
    checkMatrix("sparse", shape);
    const [rows, columns] = shape;
    fillNormal(elements, stream, 0, std, seed);
    const order = new Float32Array(elements.length);
    fillUniform(order, `${stream}/zeros`, 0, 1, seed);
    const zeros = Math.ceil(sparsity * rows);
    for (let column = 0; column < columns; column++) {
      const at = Array.from({ length: rows }, (_, row) => row * columns + column);
      for (const i of at.sort((i, j) => order[i] - order[j] || i - j).slice(0, zeros)) elements[i] = 0;
    }
  };
}

function checkMatrix(op: string, shape: Shape, mend?: string): void {
  if (shape.length === 2) return;
  throw new ShapeError(message(op, `the parameter has shape ${shapeText(shape)}; expected a matrix [out, in]`, mend));
}
