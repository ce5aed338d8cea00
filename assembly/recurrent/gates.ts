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
  if (bias) sumRow(x, bias, x, n);
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

/** to[i] = a[i] + b[i] for i < n; `to` may be a or b. */
export function sumRow(a: usize, b: usize, to: usize, n: u32): void {
  const end = to + (<usize>n << 2);
  for (const pairs = to + ((end - to) & ~31); to < pairs; a += 32, b += 32, to += 32) {
    const first = f32x4.add(v128.load(a), v128.load(b)), second = f32x4.add(v128.load(a, 16), v128.load(b, 16));
    v128.store(to, second, 16);
    v128.store(to, first);
  }
  for (; to < end; a += 4, b += 4, to += 4) store<f32>(to, load<f32>(a) + load<f32>(b));
}

/** y · (1 − y), the slope of a sigmoid. */
@inline
export function bend(y: v128, one: v128): v128 {
  return f32x4.mul(y, f32x4.sub(one, y));
}

/** Stores a vector, or what of it stands before `end`. */
@inline
export function put(at: usize, x: v128, left: usize): void {
  if (left < 16) storeFirst(at, x, left);
  else v128.store(at, x);
}
