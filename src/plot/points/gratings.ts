import { cosPi } from "../../optim/schedules/exact.js";
import { tensor } from "../../tensor/creation.js";
import { rand, randn } from "../../tensor/random.js";
import { seedOf, underSeed } from "../../tensor/seed.js";
import type { PointSet } from "./sets.js";

const DIRECTIONS = [
  [1, 0],
  [0, 1],
  [0.7, 0.7],
  [0.7, -0.7],
] as const;
/** The colours of light and dark stripes: black and white, red and green, blue and yellow. */
const STRIPES = [
  [1, 1, 1],
  [1, -1, 0],
  [-0.7, -0.7, 1],
] as const;

/** Classes of gratings: a direction and a pair of colours each. */
export const GRATINGS = DIRECTIONS.length * STRIPES.length;

/** Pixels of a period. */
const PERIOD = 5;
const NOISE = 0.3;

/** Images [n, 3, side, side] of stripes across a direction, in two colours, with noise and any phase; the class is of both. */
export function gratings(n: number, side: number, seed: number): PointSet {
  const [noise, phases] = underSeed(seedOf(seed), () => [randn([n, 3, side, side]).data, rand([n]).data]);
  const x = new Float32Array(noise.length);
  const y = Int32Array.from({ length: n }, (_, i) => i % GRATINGS);
  for (let i = 0; i < x.length; i++) {
    const [column, row] = [i % side, Math.floor(i / side) % side];
    const [channel, image] = [Math.floor(i / (side * side)) % 3, Math.floor(i / (3 * side * side))];
    const [across, down] = DIRECTIONS[y[image] % DIRECTIONS.length];
    const stripes = STRIPES[Math.floor(y[image] / DIRECTIONS.length)];
    const turns = (column * across + row * down) / PERIOD + phases[image] + side;
    x[i] = stripes[channel] * cosPi(2 * turns, 1) + NOISE * noise[i];
  }
  return { x: tensor(x, { shape: [n, 3, side, side] }), y: tensor(y) };
}
