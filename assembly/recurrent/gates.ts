/** The functions of gates, in place over a row. A class F computes a vector: `v(x)`. */
import { loadFirst, storeFirst } from "../map";
import { constant, math } from "../math";

const ZERO = memory.data<f32>([0]);

@unmanaged
@final
export class Sigmoid {
  @inline v(x: v128): v128 { return math.sigmoid(x); }
}

@unmanaged
@final
export class Tanh {
  @inline v(x: v128): v128 { return math.tanh(x); }
}

@unmanaged
@final
export class Relu {
  @inline v(x: v128): v128 { return f32x4.pmax(x, constant(ZERO, 0)); }
}

/** x[i] = F(x[i] + bias[i]) for i < n; a bias of 0 is none. Pairs are stored after both halves are computed, so that V8 packs them. */
export function activate<F>(x: usize, bias: usize, n: u32): void {
  if (bias) addRow(x, bias, n);
  const end = x + (<usize>n << 2);
  for (const pairs = x + ((end - x) & ~31); x < pairs; x += 32) {
    const first = changetype<F>(0).v(v128.load(x));
    const second = changetype<F>(0).v(v128.load(x, 16));
    v128.store(x, second, 16);
    v128.store(x, first);
  }
  for (; x < end; x += 16) {
    const left = end - x;
    const y = changetype<F>(0).v(left < 16 ? loadFirst(x, left) : v128.load(x));
    if (left < 16) storeFirst(x, y, left);
    else v128.store(x, y);
  }
}

/** x[i] += y[i] */
export function addRow(x: usize, y: usize, n: u32): void {
  const end = x + (<usize>n << 2);
  for (const pairs = x + ((end - x) & ~31); x < pairs; x += 32, y += 32) {
    const first = f32x4.add(v128.load(x), v128.load(y)), second = f32x4.add(v128.load(x, 16), v128.load(y, 16));
    v128.store(x, second, 16);
    v128.store(x, first);
  }
  for (; x < end; x += 4, y += 4) store<f32>(x, load<f32>(x) + load<f32>(y));
}

/** Stores a vector, or what of it stands before `end`. */
@inline
export function put(at: usize, x: v128, left: usize): void {
  if (left < 16) storeFirst(at, x, left);
  else v128.store(at, x);
}
