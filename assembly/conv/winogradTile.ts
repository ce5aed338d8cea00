/**
 * Transforms of Winograd's F(4, 3): four outputs of a filter of three taps, from six inputs, by six products instead of twelve. They take
 * a product of polynomials in the points 0, ±a, ±b, ∞ (Toom, Cook):  y = Aᵀ · ((G · g) ∘ (Bᵀ · d))
 *
 *          ⎡ a²b²    0  −a²−b²   0    1  0 ⎤        ⎡ 1/a²b²    0       0    ⎤
 *          ⎢  0    −ab²   −b²    a    1  0 ⎥        ⎢   p      a·p    a²·p   ⎥         ⎡ 1  1   1   1   1  0 ⎤
 *     Bᵀ = ⎢  0     ab²   −b²   −a    1  0 ⎥    G = ⎢   p     −a·p    a²·p   ⎥    Aᵀ = ⎢ 0  a  −a   b  −b  0 ⎥
 *          ⎢  0    −a²b   −a²    b    1  0 ⎥        ⎢   q      b·q    b²·q   ⎥         ⎢ 0  a²  a²  b²  b² 0 ⎥
 *          ⎢  0     a²b   −a²   −b    1  0 ⎥        ⎢   q     −b·q    b²·q   ⎥         ⎣ 0  a³ −a³  b³ −b³ 1 ⎦
 *          ⎣  0    a²b²    0  −a²−b²   0  1 ⎦        ⎣   0       0      1     ⎦    p = 1 / 2a²(a²−b²), q = 1 / 2b²(b²−a²)
 *
 * A tile is two-dimensional: its columns are transformed, then its rows. The points are not the customary ±1 and ±2, which more than
 * double the errors. With a = 5/8, b = 3/2 every number of Bᵀ and A is exact in float32.
 *
 * All lanes do the same. Vectors go in pairs, x and y, of which both are computed before either is stored, so that V8 packs them.
 */
import { constant } from "../math";
import { storePair } from "../pairs";
import { madd, nmadd } from "../simd";

/** Rows and columns of a tile of outputs. @host */
export const TILE: u32 = 4;
/** Products of a tile for each pair of a channel and a filter: 6 · 6. @host */
export const PRODUCTS: u32 = 36;

/**
 * The numbers of the transforms. They are loaded before a loop: V8 would load them in every turn, since it cannot tell that what the turn
 * stores is not them.
 */
const NUMBERS = memory.data<f32>([
  0.625, 1.5, // a, b
  0.390625, 2.25, // a², b²
  0.244140625, 3.375, // a³, b³
  2.640625, 0.87890625, // a² + b², a² · b²
  1.0 / 0.87890625, 1.0 / (0.78125 * -1.859375), 1.0 / (4.5 * 1.859375), // 1 / a²b², p, q
  0.625 / (0.78125 * -1.859375), 1.5 / (4.5 * 1.859375), // a · p, b · q
  0.390625 / (0.78125 * -1.859375), 2.25 / (4.5 * 1.859375), // a² · p, b² · q
]);

/** The places of the numbers. */
export enum N {
  A = 0,
  B = 1,
  A2 = 2,
  B2 = 3,
  A3 = 4,
  B3 = 5,
  Sum = 6,
  Both = 7,
  Inverse = 8,
  P = 9,
  Q = 10,
  AP = 11,
  BQ = 12,
  A2P = 13,
  B2Q = 14,
}

@inline
export function number(n: N): v128 {
  return constant(NUMBERS, n);
}

/** Bᵀ: six pairs to `to`, each `step` bytes behind the one before. */
@inline
export function putInputs(
  to: usize, step: usize, a: v128, b: v128, a2: v128, b2: v128, sum: v128, both: v128,
  x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, y0: v128, y1: v128, y2: v128, y3: v128, y4: v128, y5: v128,
): void {
  storePair(to, madd(both, x0, nmadd(sum, x2, x4)), madd(both, y0, nmadd(sum, y2, y4)));
  putPoints(to + step, step, a, nmadd(b2, x2, x4), nmadd(b2, x1, x3), nmadd(b2, y2, y4), nmadd(b2, y1, y3));
  putPoints(to + 3 * step, step, b, nmadd(a2, x2, x4), nmadd(a2, x1, x3), nmadd(a2, y2, y4), nmadd(a2, y1, y3));
  storePair(to + 5 * step, madd(both, x1, nmadd(sum, x3, x5)), madd(both, y1, nmadd(sum, y3, y5)));
}

/** A: the transpose of the transform of outputs, four to six. */
@inline
export function putGradients(
  to: usize, step: usize, a: v128, b: v128, a2: v128, b2: v128,
  x0: v128, x1: v128, x2: v128, x3: v128, y0: v128, y1: v128, y2: v128, y3: v128,
): void {
  storePair(to, x0, y0);
  putPoints(to + step, step, a, madd(a2, x2, x0), madd(a2, x3, x1), madd(a2, y2, y0), madd(a2, y3, y1));
  putPoints(to + 3 * step, step, b, madd(b2, x2, x0), madd(b2, x3, x1), madd(b2, y2, y0), madd(b2, y3, y1));
  storePair(to + 5 * step, x3, y3);
}

/** G: three taps to six. */
@inline
export function putFilters(to: usize, step: usize, x0: v128, x1: v128, x2: v128, y0: v128, y1: v128, y2: v128): void {
  const inverse = number(N.Inverse), p = number(N.P), q = number(N.Q), a2p = number(N.A2P), b2q = number(N.B2Q);
  const a = number(N.A), b = number(N.B);
  const xp = f32x4.mul(p, x0), xq = f32x4.mul(q, x0), yp = f32x4.mul(p, y0), yq = f32x4.mul(q, y0);
  storePair(to, f32x4.mul(inverse, x0), f32x4.mul(inverse, y0));
  putPoints(to + step, step, a, madd(a2p, x2, xp), f32x4.mul(p, x1), madd(a2p, y2, yp), f32x4.mul(p, y1));
  putPoints(to + 3 * step, step, b, madd(b2q, x2, xq), f32x4.mul(q, x1), madd(b2q, y2, yq), f32x4.mul(q, y1));
  storePair(to + 5 * step, x2, y2);
}

/** The numbers of a point and of its negative, from their even and odd parts: even + point · odd, even − point · odd. */
@inline
function putPoints(to: usize, step: usize, point: v128, xEven: v128, xOdd: v128, yEven: v128, yOdd: v128): void {
  storePair(to, madd(point, xOdd, xEven), madd(point, yOdd, yEven));
  storePair(to + step, nmadd(point, xOdd, xEven), nmadd(point, yOdd, yEven));
}

/** `bytes` rounded up to an odd number of cache lines: what lies such distances apart does not compete for the same sets of a cache. */
@inline
export function oddLines(bytes: usize): usize {
  return bytes + 63 & ~63 | 64;
}
