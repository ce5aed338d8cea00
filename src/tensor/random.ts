import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import * as kernels from "../kernels/generated.js";
import { allocateTemporary, releaseTemporary } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import { blockView, type NumberArray } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { tagOf } from "../options/builtin.js";
import { declare, type OptionsOf } from "../options/declare.js";
import { isInRange, number } from "../options/kinds.js";
import { checkValue } from "../options/option.js";
import { make, TENSOR_OPTIONS, type TensorSettings } from "./creation.js";
import { checkFloating } from "./dtype.js";
import { drawOnce } from "./recompute.js";
import { nextDraw, type Seed, streamKey } from "./seed.js";
import { checkShape, type Shape } from "./shape.js";
import type { Tensor } from "./tensor.js";

const RAND = declare("rand", {
  /** The least value. Default 0. */
  low: number({ default: 0, aka: ["minval"] }),
  /** Greater than all values. Default 1. */
  high: number({ default: 1, aka: ["maxval"] }),
  ...TENSOR_OPTIONS,
});

/** Options of `rand`. */
export interface RandOptions extends OptionsOf<typeof RAND> {}

/**
 * Uniform random numbers in [low, high): low + u · (high − low), where u is one of 2²⁴ evenly spaced values, in float64 too.
 * @param options.low default 0
 * @param options.high default 1, above low
 * @throws ArgumentError unless low < high, both finite; DTypeError unless the type is floating; ShapeError
 * @example rand([2, 3], { low: -1 }).shape   // [2, 3]
 */
export function rand(shape: Shape, options?: RandOptions): Tensor {
  checkShape("rand", shape);
  checkArity("rand", arguments.length, 2);
  const { low, high, ...rest } = RAND.readOptions(options);
  if (high <= low) throw new ArgumentError(message("rand", `high is ${high}; expected a finite number above low (${low})`));
  return make("rand", shape, rest, (array, dtype) => {
    checkFloating("rand", dtype, "Use randint(low, high, shape) for whole numbers.");
    draw("uniform", array, (out, counter, key0, key1) => kernels.uniform({ out, counter, key0, key1, low, high }, 0, array.length));
  });
}

const RANDN = declare("randn", {
  /** The mean of the distribution. Default 0. */
  mean: number({ default: 0 }),
  /** The standard deviation, ≥ 0. Default 1. */
  std: number({ default: 1, min: 0, aka: ["stddev"] }),
  ...TENSOR_OPTIONS,
});

/** Options of `randn`. */
export interface RandnOptions extends OptionsOf<typeof RANDN> {}

/**
 * Normally distributed random numbers, density e^(−(x − mean)²/2std²) / (std · √2π). They are computed by Box and Muller's transform
 * (Ann. Math. Stat. 29, 1958) from 24-bit uniform numbers, so that none is farther than 5.8 std from the mean.
 * @param options.mean default 0
 * @param options.std standard deviation ≥ 0, default 1
 * @throws ArgumentError for other parameters, DTypeError unless the type is floating, ShapeError
 * @example randn([10, 784], { std: 0.02 }).shape   // [10, 784]
 */
export function randn(shape: Shape, options?: RandnOptions): Tensor {
  checkShape("randn", shape);
  checkArity("randn", arguments.length, 2);
  const { mean, std, ...rest } = RANDN.readOptions(options);
  return make("randn", shape, rest, (array, dtype) => {
    checkFloating("randn", dtype, "Use randint(low, high, shape) for whole numbers.");
    draw("normal", array, (out, counter, key0, key1) => kernels.normal({ out, counter, key0, key1, mean, std }, 0, array.length));
  });
}

const INT32: TensorSettings = { dtype: "int32", requiresGrad: false };

/**
 * Random whole numbers in [low, high), int32. All are equally likely, up to 2⁻³².
 * @param low ≥ −2³¹
 * @param high > low, ≤ 2³¹; at most 2³² − 1 values
 * @throws ArgumentError for other limits, ShapeError
 * @example randint(7, 8, [3])   // [7, 7, 7]
 */
export function randint(low: number, high: number, shape: Shape): Tensor {
  const LIMIT = 2147483648;
  checkArity("randint", arguments.length, 3);
  if (!isInRange(low, { min: -LIMIT, whole: true })) {
    throw new ArgumentError(message("randint", `low is ${kindText(low)}; expected a whole number ≥ −2³¹`));
  }
  if (!isInRange(high, { above: low, max: LIMIT, below: low + 2 * LIMIT, whole: true })) {
    const expected = `a whole number above low (${low}) and ≤ 2³¹, at most 2³² − 1 values`;
    throw new ArgumentError(message("randint", `high is ${kindText(high)}; expected ${expected}`));
  }
  return make("randint", shape, INT32, (array) =>
    draw("integer", array, (out, counter, key0, key1) => kernels.randint({ out, counter, key0, key1, low, high }, 0, array.length)),
  );
}

const PERMUTATION = "permutation";
const LENGTH = number({ required: true, min: 0, whole: true });

/**
 * The numbers 0 … n − 1 in random order, int32, by Fisher and Yates's shuffle (Durstenfeld, CACM 7, 1964).
 * @param n whole number ≥ 0
 * @throws ArgumentError, MemoryError
 * @example x.indexSelect(0, randperm(4))
 */
export function randperm(n: number): Tensor {
  checkArity("randperm", arguments.length, 1);
  checkValue("randperm", "n", n, LENGTH);
  return make("randperm", [n], INT32, (array) =>
    permute(
      array,
      drawOnce(() => nextDraw(PERMUTATION)),
    ),
  );
}

/**
 * @internal the order of n samples in a pass over them
 * @param pass its number, from 0. Passes are counted for themselves, so that somebody's `randperm` does not change the next order
 */
export function orderOf(n: number, pass: number): Int32Array {
  const order = new Int32Array(n);
  permute(order, pass);
  return order;
}

/** @internal n samples, each drawn from all n, in a pass over them @param pass its number, from 0 */
export function drawsOf(n: number, pass: number): Int32Array {
  return passBits(n, pass).map((bits) => Math.floor(((bits >>> 0) / 4294967296) * n));
}

/** The random words of pass or permutation number `index`. */
function passBits(n: number, index: number): Int32Array {
  const bits = new Int32Array(n);
  const kernel: Draw = (out, counter, key0, key1) => kernels.randomBits({ out, counter, key0, key1 }, 0, n);
  fillFrom(bits, streamKey(PERMUTATION), index, kernel);
  return bits;
}

/** Writes the numbers 0 … n − 1 in the order of permutation number `index`. */
function permute(array: NumberArray, index: number): void {
  const n = array.length;
  const bits = passBits(n, index);
  for (let i = 0; i < n; i++) array[i] = i;
  for (let i = n - 1; i > 0; i--) {
    const j = Math.floor(((bits[i] >>> 0) / 4294967296) * (i + 1));
    const swapped = array[i];
    array[i] = array[j];
    array[j] = swapped;
  }
}

type Draw = (out: number, counter: number, key0: number, key1: number) => void;

/** Fills `array` with the next draw for a purpose. */
function draw(purpose: string, array: NumberArray, kernel: Draw): void {
  fillFrom(
    array,
    streamKey(purpose),
    drawOnce(() => nextDraw(purpose)),
    kernel,
  );
}

/** Fills `array` with draw number `index` of a stream. The kernels write float32 or 32-bit words, which are then converted. */
function fillFrom(array: NumberArray, key: [number, number], index: number, kernel: Draw): void {
  const n = array.length;
  if (n === 0) return;
  const out = allocateTemporary(4 * n);
  const counter = allocateTemporary(8);
  try {
    views.u32[counter >>> 2] = index >>> 0;
    views.u32[(counter >>> 2) + 1] = Math.floor(index / 4294967296);
    kernel(out, counter, ...key);
    array.set(blockView(tagOf(array) === "Int32Array" ? "int32" : "float32", out, n));
  } finally {
    releaseTemporary(out, 4 * n);
    releaseTemporary(counter, 8);
  }
}

/** @internal fills with uniform numbers in [low, high) that depend on `seed`, `purpose` and the number of the draw alone */
export function fillUniform(array: Float32Array, purpose: string, low: number, high: number, seed: Seed, index = 0): void {
  const kernel: Draw = (out, counter, key0, key1) => kernels.uniform({ out, counter, key0, key1, low, high }, 0, array.length);
  fillFrom(array, streamKey(purpose, seed), index, kernel);
}

/** @internal fills with normal numbers that depend on `seed` and `purpose` alone */
export function fillNormal(array: Float32Array, purpose: string, mean: number, std: number, seed: Seed): void {
  const kernel: Draw = (out, counter, key0, key1) => kernels.normal({ out, counter, key0, key1, mean, std }, 0, array.length);
  fillFrom(array, streamKey(purpose, seed), 0, kernel);
}
