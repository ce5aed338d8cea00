import type { LossOfTwo } from "./path.js";

/** A loss of two parameters, and where it is looked at. */
export interface Surface {
  readonly title: string;
  readonly formula?: string;
  /** The loss, element by element, so that a whole grid is computed at once. */
  readonly loss: LossOfTwo;
  /** What is shown of it. */
  readonly x: readonly [from: number, to: number];
  readonly y: readonly [from: number, to: number];
  /** Where optimizers start. */
  readonly start: readonly [x: number, y: number];
  /** Where it is least, to be marked. */
  readonly minima?: readonly (readonly [x: number, y: number])[];
  /** Learning rates of the optimizers that race where none are given, by their names; 0.01 for one that is not named. */
  readonly rates?: Readonly<Record<string, number>>;
}

/** Beale's function: a plateau with steep walls. Its minimum, 0, is at (3, ½). */
const BEALE: Surface = {
  title: "Beale's function",
  formula: "(1.5 − x + xy)² + (2.25 − x + xy²)² + (2.625 − x + xy³)²",
  loss: (x, y) => {
    const [y2, y3] = [y.square(), y.square().mul(y)];
    const terms = [y, y2, y3].map((power, i) => x.mul(power).sub(x).add([1.5, 2.25, 2.625][i]).square());
    return terms[0].add(terms[1]).add(terms[2]);
  },
  x: [-0.5, 4.5],
  y: [-1.6, 2],
  start: [1, 1.5],
  minima: [[3, 0.5]],
  rates: { SGD: 0.01, momentum: 0.003, Nesterov: 0.003, Adagrad: 0.3, RMSprop: 0.01, Adam: 0.1 },
};

/** Rosenbrock's function: a long bent valley with steep sides. Its minimum, 0, is at (1, 1). */
const VALLEY: Surface = {
  title: "A long valley (Rosenbrock)",
  formula: "(1 − x)² + 100 (y − x²)²",
  loss: (x, y) => x.neg().add(1).square().add(y.sub(x.square()).square().mul(100)),
  x: [-1.8, 1.8],
  y: [-0.9, 2.4],
  start: [-1.2, 1],
  minima: [[1, 1]],
  rates: { SGD: 0.002, momentum: 0.001, Nesterov: 0.001, Adagrad: 0.3, RMSprop: 0.03, Adam: 0.3 },
};

/** A saddle at (0, 0) between two minima, −1, at (0, ±√2). */
const SADDLE: Surface = {
  title: "A saddle",
  formula: "x² − y² + y⁴/4",
  loss: (x, y) => x.square().sub(y.square()).add(y.square().square().mul(0.25)),
  x: [-1.6, 1.6],
  y: [-2, 2],
  start: [1.4, 0.001],
  minima: [
    [0, -Math.SQRT2],
    [0, Math.SQRT2],
  ],
  rates: { SGD: 0.03, momentum: 0.01, Nesterov: 0.01, Adagrad: 0.1, RMSprop: 0.01, Adam: 0.03 },
};

/** Losses on which optimizers are compared. */
export const SURFACES = { beale: BEALE, valley: VALLEY, saddle: SADDLE };

export type SurfaceName = keyof typeof SURFACES;
