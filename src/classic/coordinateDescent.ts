import { type Centred, LinearModel } from "./linearModel.js";

/** What coordinate descent needs to know. */
interface DescentSettings {
  readonly fitIntercept: boolean;
  readonly alpha: number;
  readonly l1Ratio: number;
  readonly maxIterations: number;
  readonly tolerance: number;
}

interface Descent {
  coefficients: Float64Array;
  iterations: number;
  converged: boolean;
}

/** A linear regression with penalties that is fitted one coefficient after the other. */
export abstract class CoordinateDescent extends LinearModel {
  readonly #settings: DescentSettings;
  #path = { iterations: 0, converged: false };

  protected constructor(op: string, settings: DescentSettings) {
    super(op, settings.fitIntercept);
    this.#settings = settings;
  }

  /** Passes over the coefficients in the last fit; of several targets the most. */
  get iterations(): number {
    return this.#path.iterations;
  }

  /** Whether the last fit ended by the tolerance. */
  get converged(): boolean {
    return this.#path.converged;
  }

  protected override async solve(_op: string, data: Centred): Promise<Float64Array> {
    const { coefficients, ...path } = descendAll(data, this.#settings);
    this.#path = path;
    return coefficients;
  }
}

/** Coordinate descent for each output on its own. */
function descendAll({ n, width, x, outputs, y }: Centred, settings: DescentSettings): Descent {
  const columns = Array.from({ length: width }, (_, j) => Float64Array.from({ length: n }, (_, i) => x[i * width + j]));
  const found = Array.from({ length: outputs }, (_, k) =>
    descend(
      columns,
      Float64Array.from({ length: n }, (_, i) => y[i * outputs + k]),
      settings,
    ),
  );
  const coefficients = new Float64Array(width * outputs);
  found.forEach(({ coefficients: w }, k) => {
    for (let j = 0; j < width; j++) coefficients[j * outputs + k] = w[j];
  });
  return {
    coefficients,
    iterations: Math.max(...found.map(({ iterations }) => iterations)),
    converged: found.every(({ converged }) => converged),
  };
}

function descend(columns: readonly Float64Array[], y: Float64Array, settings: DescentSettings): Descent {
  const n = y.length;
  const [l1, l2] = [n * settings.alpha * settings.l1Ratio, n * settings.alpha * (1 - settings.l1Ratio)];
  const w = new Float64Array(columns.length);
  const squares = columns.map((column) => dot(column, column));
  const left = y.slice();
  const limit = settings.tolerance * dot(y, y);
  for (let iterations = 1; iterations <= settings.maxIterations; iterations++) {
    for (const [j, column] of columns.entries()) {
      if (squares[j] === 0) continue;
      const pull = dot(column, left) + squares[j] * w[j];
      const next = (Math.sign(pull) * Math.max(Math.abs(pull) - l1, 0)) / (squares[j] + l2);
      const change = w[j] - next;
      if (change !== 0) for (let i = 0; i < n; i++) left[i] += change * column[i];
      w[j] = next;
    }
    if (gapOf(columns, y, left, w, l1, l2) <= limit) return { coefficients: w, iterations, converged: true };
  }
  return { coefficients: w, iterations: settings.maxIterations, converged: false };
}

/** How far the sum of squares with its penalties can at most be above the least, by the dual problem at a scaled residual. */
function gapOf(columns: readonly Float64Array[], y: Float64Array, left: Float64Array, w: Float64Array, l1: number, l2: number): number {
  const strongest = columns.reduce((most, column, j) => Math.max(most, Math.abs(dot(column, left) - l2 * w[j])), 0);
  const scale = strongest > l1 ? l1 / strongest : 1;
  const square = dot(left, left) + l2 * dot(w, w);
  const absolute = w.reduce((sum, value) => sum + Math.abs(value), 0);
  return 0.5 * square * (1 + scale * scale) + l1 * absolute - scale * dot(left, y);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
