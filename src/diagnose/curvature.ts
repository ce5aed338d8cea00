import { alongHessian } from "../graph/higher.js";
import { allocateArray, type FloatArray } from "../memory/views.js";
import { randn } from "../tensor/random.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

/** Products with the Hessian, at most. */
const MOST = 40;
/** The change of an eigenvalue, relative to itself, at which it is taken. */
const TOLERANCE = 1e-3;

type Vector = readonly FloatArray[];

/**
 * The largest eigenvalue of the Hessian of a scalar function, by power iteration on products with it, which begins with a random vector. Where
 * the eigenvalue of the largest magnitude is below 0, the iteration goes on with the Hessian from which it is taken.
 * @param f is called once @throws GraphError if an operation has no second derivative
 */
export function curvatureOf(f: () => Tensor, parameters: readonly Tensor[], most = MOST, tolerance = TOLERANCE): number {
  return alongHessian("diagnose", f, parameters, (product) => {
    const times = (v: Vector, shift: number): Vector => {
      const along = parameters.map(({ dtype, shape }, i) => new Tensor(dataStorage(dtype, v[i], "diagnose"), shape));
      return product(along).map((x, i) => (x.view() as FloatArray).map((value, k) => value - shift * v[i][k]));
    };
    const largest = dominant((v) => times(v, 0), start(parameters), most, tolerance);
    if (largest >= 0) return largest;
    return dominant((v) => times(v, largest), start(parameters), most, tolerance) + largest;
  });
}

/** The eigenvalue of the largest magnitude of a symmetric matrix: its quotient vᵀAv / vᵀv. */
function dominant(times: (v: Vector) => Vector, begin: Vector, most: number, tolerance: number): number {
  let v = normalized(begin);
  let value = 0;
  for (let i = 0; i < most; i++) {
    const w = times(v);
    const next = dot(v, w);
    if (!(dot(w, w) > 0) || Math.abs(next - value) <= tolerance * Math.abs(next)) return next;
    value = next;
    v = normalized(w);
  }
  return value;
}

function start(parameters: readonly Tensor[]): Vector {
  return parameters.map(({ shape, dtype, size }) => {
    const drawn = allocateArray(dtype, size) as FloatArray;
    drawn.set(randn([...shape]).view());
    return drawn;
  });
}

function normalized(v: Vector): Vector {
  const norm = Math.sqrt(dot(v, v));
  return v.map((part) => part.map((value) => value / norm));
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) for (let k = 0; k < a[i].length; k++) sum += a[i][k] * b[i][k];
  return sum;
}
