import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { fillNormal } from "../../tensor/random.js";
import { orthonormalize } from "../orthonormal.js";
import { type ScaledInitializer, type Site, scaled } from "./define.js";

/**
 * An orthogonal matrix [out, in · receptive field]: its rows are orthonormal, or its columns where there are fewer of them, and so it keeps
 * lengths. Saxe, McClelland and Ganguli, ICLR 2014.
 * @param options.gain factor, default 1
 * @throws ArgumentError unless gain is a number > 0
 * @example new Dense(10, { weightInitializer: "orthogonal" })
 */
export const orthogonal: ScaledInitializer = scaled("orthogonal", { gain: 1 }, (gain) => (elements, site) => {
  elements.set(orthonormal(elements.length / site.fanIn, site.fanIn, site).map((value) => gain * value));
});

/**
 * Zeros, and an orthogonal matrix [out, in] at the centre of the kernel: a convolution that keeps lengths, so that nets of thousands of layers
 * pass signal and gradient. Xiao et al., ICML 2018. The extents of the kernel are odd.
 * @param options.gain factor, default 1; a little above for tanh, such as 1.025
 * @throws ArgumentError unless gain is a number > 0, and for a kernel without a centre
 * @example new Conv2d(16, 16, 3, { padding: 1, activation: "tanh", weightInitializer: { name: "deltaOrthogonal", gain: 1.025 } })
 */
export const deltaOrthogonal: ScaledInitializer = scaled("deltaOrthogonal", { gain: 1 }, (gain) => (elements, site) => {
  // The fans are in · field and out · field.
  const field = Math.round((site.fanIn * site.fanOut) / elements.length);
  if (field % 2 === 0) {
    const problem = `the kernel has ${field} elements and no centre; expected odd extents`;
    throw new ArgumentError(message("deltaOrthogonal", problem, 'Take a kernel of 3, or "orthogonal".'));
  }
  const matrix = orthonormal(site.fanOut / field, site.fanIn / field, site);
  matrix.forEach((value, i) => {
    elements[i * field + (field - 1) / 2] = gain * value;
  });
});

/** A random matrix [rows, columns] whose rows are orthonormal, or its columns where there are fewer of them. */
function orthonormal(rows: number, columns: number, { stream, seed }: Site): Float64Array {
  const normals = new Float32Array(rows * columns);
  fillNormal(normals, stream, 0, 1, seed);
  const matrix = Float64Array.from(normals);
  orthonormalize(matrix, rows, columns);
  return matrix;
}
