import { cosPi } from "../../optim/schedules/exact.js";
import { tensor } from "../../tensor/creation.js";
import { randn } from "../../tensor/random.js";
import { seedOf, underSeed } from "../../tensor/seed.js";
import type { Tensor } from "../../tensor/tensor.js";

/** Samples in the plane, x [n, 2], with their classes, y [n], int32. */
export interface PointSet {
  readonly x: Tensor;
  readonly y: Tensor;
}

/** The sets that demonstrations are drawn of, by name. Each is made of a number of samples, of the noise's standard deviation and of a seed. */
export const POINT_SETS = { moons, spirals, rings, xor } as const;

/** The noise with which each set is neither trivial nor hopeless. */
export const USUAL_NOISE: Readonly<Record<PointSetName, number>> = { moons: 0.12, spirals: 0.12, rings: 0.08, xor: 0.2 };

export type PointSetName = keyof typeof POINT_SETS;

/** Two half circles that grip into each other. */
export function moons(n: number, noise: number, seed: number): PointSet {
  return made(n, 2, noise, seed, (k, of, m) => {
    const [a, b] = [cosPi(of, m), cosPi(2 * of - m, 2 * m)];
    return k === 0 ? [a, b] : [1 - a, 0.5 - b];
  });
}

/** Two spirals of a turn and a half. */
export function spirals(n: number, noise: number, seed: number): PointSet {
  return made(n, 2, noise, seed, (k, of, m) => {
    const radius = 0.4 + (2.4 * of) / m;
    const sign = k === 0 ? 1 : -1;
    return [sign * radius * cosPi(3 * of, m), sign * radius * cosPi(6 * of - m, 2 * m)];
  });
}

/** Three rings around each other. */
export function rings(n: number, noise: number, seed: number): PointSet {
  return made(n, 3, noise, seed, (k, of, m) => {
    const radius = 0.25 + 0.45 * k;
    return [radius * cosPi(2 * of, m), radius * cosPi(4 * of - m, 2 * m)];
  });
}

/** Four clouds, of which those across from each other are of one class. */
export function xor(n: number, noise: number, seed: number): PointSet {
  return made(n, 2, noise, seed, (k, of) => [of % 2 === 0 ? 0.6 : -0.6, (of % 2 === 0) === (k === 0) ? 0.6 : -0.6]);
}

/** @param place the `of`-th of `m` samples of class `k`, without noise */
function made(
  n: number,
  classes: number,
  noise: number,
  seed: number,
  place: (k: number, of: number, m: number) => readonly [number, number],
): PointSet {
  const jitter = underSeed(seedOf(seed), () => randn([n, 2])).view();
  const each = Math.ceil(n / classes);
  const x = new Float32Array(2 * n);
  const y = Int32Array.from({ length: n }, (_, i) => i % classes);
  y.forEach((k, i) => {
    const [a, b] = place(k, Math.floor(i / classes), each);
    x[2 * i] = a + noise * jitter[2 * i];
    x[2 * i + 1] = b + noise * jitter[2 * i + 1];
  });
  return { x: tensor(x, { shape: [n, 2] }), y: tensor(y) };
}

/** Where the three clouds lie, and how their samples follow from independent normal ones: x = mean + (a·u, b·u + c·v). */
const CLOUDS = [
  { mean: [-2, 0.5], a: 0.9, b: 0.8, c: 0.3 },
  { mean: [1.2, 1.4], a: 0.4, b: -0.5, c: 0.35 },
  { mean: [1.6, -1.6], a: 1.1, b: 0, c: 0.3 },
] as const;

/** Three Gaussian clouds, longer than wide: one lies along an axis, two across. */
export function clouds(n: number, seed: number): PointSet {
  const normal = underSeed(seedOf(seed), () => randn([n, 2])).view();
  const x = new Float32Array(2 * n);
  const y = Int32Array.from({ length: n }, (_, i) => i % CLOUDS.length);
  y.forEach((k, i) => {
    const { mean, a, b, c } = CLOUDS[k];
    x[2 * i] = mean[0] + a * normal[2 * i];
    x[2 * i + 1] = mean[1] + b * normal[2 * i] + c * normal[2 * i + 1];
  });
  return { x: tensor(x, { shape: [n, 2] }), y: tensor(y) };
}

/** Two long clouds side by side: what tells them apart is not the direction in which they vary most. */
export function bars(n: number, seed: number): PointSet {
  const normal = underSeed(seedOf(seed), () => randn([n, 2])).view();
  const x = new Float32Array(2 * n);
  const y = Int32Array.from({ length: n }, (_, i) => i % 2);
  y.forEach((k, i) => {
    const side = k === 0 ? -0.55 : 0.55;
    x[2 * i] = 1.6 * normal[2 * i] + side * 0.6;
    x[2 * i + 1] = 0.9 * normal[2 * i] + 0.3 * normal[2 * i + 1] - side;
  });
  return { x: tensor(x, { shape: [n, 2] }), y: tensor(y) };
}
