/**
 * The common parts of batch and layer normalisation. Both compute x̂ = (x − mean) · s with s = 1 / √(variance + ε). With h the
 * gradient with respect to x̂, up to factors that are constant in a channel or row, both gradients need Σ h and Σ h · (x − mean):
 *
 *   dx = a · h + b + c · (x − mean)
 *
 * A functor A computes h from the upstream gradient g: `grad(g, other)`, where `other` is the address of the same four elements of
 * another array. Eight terms at a time are summed in float32, these sums in float64: |error| ≤ 8·2⁻²⁴·Σ|term|, whatever the length.
 */
import { addPairs, firstLanes } from "./fold";
import { storeFirst } from "./map";
import { madd } from "./simd";

/** No activation: h = g. */
@unmanaged
@final
export class Plain {
  @inline v(y: v128): v128 { return y; }
  @inline grad(g: v128, other: usize): v128 { return g; }
}

/** ReLU behind the normalisation. `other` is its output; h = g where it is above 0, else 0. */
@unmanaged
@final
export class Relu {
  // pmax lets a NaN through where y stands first.
  @inline v(y: v128): v128 { return f32x4.pmax(y, f32x4.splat(0)); }
  @inline grad(g: v128, other: usize): v128 { return v128.andnot(g, f32x4.le(v128.load(other), f32x4.splat(0))); }
}

/** A weight of x̂ for each element. `other` is the weight; h = g · weight. */
@unmanaged
@final
export class Weighted {
  @inline grad(g: v128, other: usize): v128 { return f32x4.mul(g, v128.load(other)); }
}

/** Σ (x − shift)², squared in float32. */
@unmanaged
@final
export class SquaredDeviations {
  @inline start(): f64 { return 0; }
  @inline pairwise(): u32 { return 16; }
  @inline two(): bool { return false; }
  @inline shifted(): bool { return true; }
  @inline term(x: v128, y: v128, shift: v128): v128 {
    const d = f32x4.sub(x, shift);
    return f32x4.mul(d, d);
  }
  @inline step(sum: v128, term: v128, shift: v128): v128 { return f64x2.add(sum, term); }
  @inline merge(a: f64, b: f64): f64 { return a + b; }
}

/** Statistics of columns: [columns] means. A deviation is x − mean, so that the sum of products lacks the factor s. */
@unmanaged
@final
export class OfColumns {
  @inline mean(statistics: usize, column: usize): v128 { return v128.load(statistics + column); }
  @inline deviation(x: v128, mean: v128, statistics: usize): v128 { return f32x4.sub(x, mean); }
  @inline step(): usize { return 0; }
}

/** Statistics of rows: [rows, 2], mean and s of each. A deviation is x̂. */
@unmanaged
@final
export class OfRows {
  @inline mean(statistics: usize, column: usize): v128 { return f32x4.splat(0); }
  @inline deviation(x: v128, mean: v128, statistics: usize): v128 {
    return f32x4.mul(f32x4.sub(x, v128.load32_splat(statistics)), v128.load32_splat(statistics, 4));
  }
  @inline step(): usize { return 8; }
}

/** Rows that a loop over columns takes together, so that a column's constants are loaded once for all of them. */
export const GROUP: u32 = 8;

/**
 * sums[j] = Σ h and dots[j] = Σ h · deviation of column j, for `columns` adjacent columns, over `rows` rows that are `stride` bytes
 * apart. Both are float64, padded to a multiple of four. S reads the statistics: `OfColumns` or `OfRows`.
 */
export function columnSums<A, S>(
  g: usize, x: usize, other: usize, statistics: usize, rows: u32, stride: usize, columns: u32, sums: usize, dots: usize,
): void {
  const a = changetype<A>(0), from = changetype<S>(0), toX = x - g, toOther = other - g, width = <usize>columns << 2;
  const bytes = (<usize>columns + 3 & ~3) << 3;
  memory.fill(sums, 0, bytes);
  memory.fill(dots, 0, bytes);
  for (; rows; g += stride << 3, statistics += from.step() << 3) {
    const group = min(rows, GROUP), last = stride * group;
    rows -= group;
    for (let p: usize = 0; p < width; p += 16) {
      const mean = from.mean(statistics, p);
      let sum = f32x4.splat(0), dot = sum, row = statistics;
      for (let q = g + p, end = q + last; q < end; q += stride, row += from.step()) {
        const h = a.grad(v128.load(q), q + toOther);
        sum = f32x4.add(sum, h);
        dot = madd(h, from.deviation(v128.load(q + toX), mean, row), dot);
      }
      addWide(sums + (p << 1), sum);
      addWide(dots + (p << 1), dot);
    }
  }
}

/** Adds four float32 to four float64 in memory. */
@inline
function addWide(at: usize, x: v128): void {
  v128.store(at, f64x2.add(v128.load(at), f64x2.promote_low_f32x4(x)));
  v128.store(at, f64x2.add(v128.load(at, 16), f64x2.promote_low_f32x4(i64x2.shuffle(x, x, 1, 1))), 16);
}

/** Adds Σ h and Σ h · (x − mean) of n contiguous elements to the float64 at `sum` and `dot`. */
export function rowSums<A>(g: usize, x: usize, other: usize, n: u32, mean: f32, sum: usize, dot: usize): void {
  const a = changetype<A>(0), m = f32x4.splat(mean), toX = x - g, toOther = other - g;
  const end = g + (<usize>n << 2), vectors = g + (<usize>(n & ~3) << 2);
  let s = f64x2.splat(0), d = s;
  for (const fours = g + (<usize>(n & ~15) << 2); g < fours; g += 64) {
    const q = g + toX, o = g + toOther;
    const h0 = a.grad(v128.load(g), o), h1 = a.grad(v128.load(g, 16), o + 16);
    const h2 = a.grad(v128.load(g, 32), o + 32), h3 = a.grad(v128.load(g, 48), o + 48);
    s = addPairs(s, f32x4.add(f32x4.add(h0, h1), f32x4.add(h2, h3)));
    const first = madd(h1, f32x4.sub(v128.load(q, 16), m), f32x4.mul(h0, f32x4.sub(v128.load(q), m)));
    const second = madd(h3, f32x4.sub(v128.load(q, 48), m), f32x4.mul(h2, f32x4.sub(v128.load(q, 32), m)));
    d = addPairs(d, f32x4.add(first, second));
  }
  for (; g < vectors; g += 16) {
    const h = a.grad(v128.load(g), g + toOther);
    s = addPairs(s, h);
    d = addPairs(d, f32x4.mul(h, f32x4.sub(v128.load(g + toX), m)));
  }
  if (g < end) {
    const h = a.grad(v128.load(g), g + toOther), mask = firstLanes((end - g) >> 2);
    s = addPairs(s, v128.and(h, mask));
    d = addPairs(d, v128.and(f32x4.mul(h, f32x4.sub(v128.load(g + toX), m)), mask));
  }
  store<f64>(sum, load<f64>(sum) + (f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1)));
  store<f64>(dot, load<f64>(dot) + (f64x2.extract_lane(d, 0) + f64x2.extract_lane(d, 1)));
}

/** out = a · h + b + c · (x − mean) along n contiguous elements. */
export function gradRow<A>(g: usize, x: usize, other: usize, out: usize, n: u32, mean: f32, a: f32, b: f32, c: f32): void {
  const functor = changetype<A>(0), m = f32x4.splat(mean), va = f32x4.splat(a), vb = f32x4.splat(b), vc = f32x4.splat(c);
  for (const end = out + (<usize>n << 2); out < end; g += 16, x += 16, other += 16, out += 16) {
    const h = functor.grad(v128.load(g), other), y = madd(va, h, madd(vc, f32x4.sub(v128.load(x), m), vb));
    storeUpTo(out, y, end - out);
  }
}

/** Stores four elements, or as many as `bytes` hold. */
@inline
export function storeUpTo(out: usize, y: v128, bytes: usize): void {
  if (bytes < 16) storeFirst(out, y, bytes);
  else v128.store(out, y);
}

/** out = beta · out + y for four elements, or as many as `bytes` hold. Beta 0 does not read out, whose old content may be NaN. */
@inline
export function addUpTo(out: usize, y: v128, beta: f32, bytes: usize): void {
  storeUpTo(out, beta == 0 ? y : madd(f32x4.splat(beta), v128.load(out), y), bytes);
}

/** Four float64 in memory as float32. */
@inline
export function narrow(at: usize): v128 {
  return i64x2.shuffle(f32x4.demote_f64x2_zero(v128.load(at)), f32x4.demote_f64x2_zero(v128.load(at, 16)), 0, 2);
}
