/**
 * The sums from which the gradients of batch and layer normalisation follow: Σ h, and Σ h · (x − mean). See normalize.ts for h.
 *
 * Eight terms of a column, or sixteen of a row, are summed in float32, these sums in float64: |error| ≤ 8·2⁻²⁴·Σ|term|, whatever the
 * length. The sums in float32 are stored in pairs, then read and widened: an engine packs pairs of float32, but nothing that widens them.
 */
import { firstLanes } from "./fold";
import { halves } from "./foldScratch";
import { GROUP } from "./normalize";
import { storePair } from "./pairs";
import { madd } from "./simd";

/** Statistics of columns: [columns] means. A deviation is x − mean, so that the sum of products lacks the factor s. */
@unmanaged
@final
export class OfColumns {
  @inline rows(): bool { return false; }
  @inline step(): usize { return 0; }
  @inline deviation(x: v128, mean: v128, s: v128): v128 { return f32x4.sub(x, mean); }
}

/** Statistics of rows: [rows, 2], mean and s of each. A deviation is x̂. */
@unmanaged
@final
export class OfRows {
  @inline rows(): bool { return true; }
  @inline step(): usize { return 8; }
  @inline deviation(x: v128, mean: v128, s: v128): v128 { return f32x4.mul(f32x4.sub(x, mean), s); }
}

/**
 * sums[j] = Σ h and dots[j] = Σ h · deviation of column j, for `columns` adjacent columns, over `rows` rows that are `stride` bytes
 * apart. Both are float64, padded to a multiple of eight. S reads the statistics: `OfColumns` or `OfRows`.
 */
export function columnSums<A, S>(
  g: usize, x: usize, other: usize, statistics: usize, rows: u32, stride: usize, columns: u32, sums: usize, dots: usize,
): void {
  const a = changetype<A>(0), from = changetype<S>(0), toX = x - g, toOther = other - g, width = <usize>columns << 2, cell = halves();
  const bytes = (<usize>columns + 7 & ~7) << 3;
  memory.fill(sums, 0, bytes);
  memory.fill(dots, 0, bytes);
  for (; rows; g += stride << 3, statistics += from.step() << 3) {
    const group = min(rows, GROUP), last = stride * group;
    rows -= group;
    for (let p: usize = 0; p < width; p += 32) {
      const zero = f32x4.splat(0);
      let mean0 = zero, mean1 = zero, sum0 = zero, sum1 = zero, dot0 = zero, dot1 = zero, row = statistics;
      if (!from.rows()) mean0 = v128.load(statistics + p), mean1 = v128.load(statistics + p, 16);
      for (let q = g + p, end = q + last; q < end; q += stride, row += from.step()) {
        const x = q + toX, other = q + toOther;
        let h0 = v128.load(q), h1 = v128.load(q, 16), s = zero;
        if (a.reads()) h0 = a.grad(h0, v128.load(other)), h1 = a.grad(h1, v128.load(other, 16));
        if (from.rows()) mean0 = mean1 = v128.load32_splat(row), s = v128.load32_splat(row, 4);
        sum0 = f32x4.add(sum0, h0);
        sum1 = f32x4.add(sum1, h1);
        dot0 = madd(h0, from.deviation(v128.load(x), mean0, s), dot0);
        dot1 = madd(h1, from.deviation(v128.load(x, 16), mean1, s), dot1);
      }
      storePair(cell, sum0, sum1);
      storePair(cell + 32, dot0, dot1);
      addWide(sums + (p << 1), cell);
      addWide(dots + (p << 1), cell + 32);
    }
  }
}

/** Adds eight float32 in memory to eight float64 in memory. */
@inline
function addWide(at: usize, x: usize): void {
  v128.store(at, f64x2.add(v128.load(at), widened(x)));
  v128.store(at, f64x2.add(v128.load(at, 16), widened(x + 8)), 16);
  v128.store(at, f64x2.add(v128.load(at, 32), widened(x + 16)), 32);
  v128.store(at, f64x2.add(v128.load(at, 48), widened(x + 24)), 48);
}

/** Two float32 in memory as float64. */
@inline
function widened(x: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(x));
}

/**
 * Adds Σ h and Σ h · (x − mean) of n contiguous elements to the float64 at `sum` and `dot`. At each step of eight vectors
 * `other` advances by twice `advance`, which is STEP, or 0 where the same eight vectors serve all steps.
 */
export function rowSums<A>(g: usize, x: usize, other: usize, advance: usize, n: u32, mean: f32, sum: usize, dot: usize): void {
  const a = changetype<A>(0), m = f32x4.splat(mean), end = g + (<usize>n << 2), cell = halves();
  let s = f64x2.splat(0), d = s;
  for (const eights = g + (<usize>(n & ~31) << 2); g < eights; g += 128, x += 128, other += advance << 1) {
    let h0 = v128.load(g), h1 = v128.load(g, 16), h2 = v128.load(g, 32), h3 = v128.load(g, 48);
    let h4 = v128.load(g, 64), h5 = v128.load(g, 80), h6 = v128.load(g, 96), h7 = v128.load(g, 112);
    if (a.reads()) {
      h0 = a.grad(h0, v128.load(other)), h1 = a.grad(h1, v128.load(other, 16));
      h2 = a.grad(h2, v128.load(other, 32)), h3 = a.grad(h3, v128.load(other, 48));
      h4 = a.grad(h4, v128.load(other, 64)), h5 = a.grad(h5, v128.load(other, 80));
      h6 = a.grad(h6, v128.load(other, 96)), h7 = a.grad(h7, v128.load(other, 112));
    }
    let even = f32x4.mul(h0, f32x4.sub(v128.load(x), m)), odd = f32x4.mul(h1, f32x4.sub(v128.load(x, 16), m));
    even = madd(h2, f32x4.sub(v128.load(x, 32), m), even), odd = madd(h3, f32x4.sub(v128.load(x, 48), m), odd);
    even = madd(h4, f32x4.sub(v128.load(x, 64), m), even), odd = madd(h5, f32x4.sub(v128.load(x, 80), m), odd);
    even = madd(h6, f32x4.sub(v128.load(x, 96), m), even), odd = madd(h7, f32x4.sub(v128.load(x, 112), m), odd);
    storePair(cell, f32x4.add(f32x4.add(h0, h2), f32x4.add(h4, h6)), f32x4.add(f32x4.add(h1, h3), f32x4.add(h5, h7)));
    storePair(cell + 32, even, odd);
    s = addPairs(s, f32x4.add(v128.load(cell), v128.load(cell, 16)));
    d = addPairs(d, f32x4.add(v128.load(cell, 32), v128.load(cell, 48)));
  }
  for (; g < end; g += 16, x += 16, other += advance >> 2) {
    let h = a.grad(v128.load(g), a.reads() ? v128.load(other) : m), product = f32x4.mul(h, f32x4.sub(v128.load(x), m));
    if (end - g < 16) {
      const mask = firstLanes((end - g) >> 2);
      h = v128.and(h, mask);
      product = v128.and(product, mask);
    }
    s = addPairs(s, h);
    d = addPairs(d, product);
  }
  store<f64>(sum, load<f64>(sum) + (f64x2.extract_lane(s, 0) + f64x2.extract_lane(s, 1)));
  store<f64>(dot, load<f64>(dot) + (f64x2.extract_lane(d, 0) + f64x2.extract_lane(d, 1)));
}

/** Adds the sums of lanes 0 and 2 and of lanes 1 and 3 to two float64 sums. */
@inline
function addPairs(sum: v128, x: v128): v128 {
  return f64x2.add(sum, f64x2.promote_low_f32x4(f32x4.add(x, i64x2.shuffle(x, x, 1, 1))));
}
