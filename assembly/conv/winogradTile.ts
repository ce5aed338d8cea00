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
 * The numbers of the transforms. They are loaded before anything is stored, since V8 packs no pair between whose halves it would have to
 * move a load over a store.
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

@inline
function number(i: usize): v128 { return constant(NUMBERS, i); }

@inline
function a(): v128 { return number(0); }

@inline
function b(): v128 { return number(1); }

@inline
function a2(): v128 { return number(2); }

@inline
function b2(): v128 { return number(3); }

/** Bᵀ: six pairs to `to`, each `step` bytes behind the one before. */
@inline
export function putInputs(
  to: usize, step: usize,
  x0: v128, x1: v128, x2: v128, x3: v128, x4: v128, x5: v128, y0: v128, y1: v128, y2: v128, y3: v128, y4: v128, y5: v128,
): void {
  const sum = number(6), both = number(7), pointA = a(), pointB = b(), squareA = a2(), squareB = b2();
  storePair(to, madd(both, x0, nmadd(sum, x2, x4)), madd(both, y0, nmadd(sum, y2, y4)));
  to += step;
  putPoints(to, step, pointA, nmadd(squareB, x2, x4), nmadd(squareB, x1, x3), nmadd(squareB, y2, y4), nmadd(squareB, y1, y3));
  to += 2 * step;
  putPoints(to, step, pointB, nmadd(squareA, x2, x4), nmadd(squareA, x1, x3), nmadd(squareA, y2, y4), nmadd(squareA, y1, y3));
  storePair(to + 2 * step, madd(both, x1, nmadd(sum, x3, x5)), madd(both, y1, nmadd(sum, y3, y5)));
}

/** A: the transpose of the transform of outputs, four to six. */
@inline
export function putGradients(
  to: usize, step: usize, x0: v128, x1: v128, x2: v128, x3: v128, y0: v128, y1: v128, y2: v128, y3: v128,
): void {
  const pointA = a(), pointB = b(), squareA = a2(), squareB = b2();
  storePair(to, x0, y0);
  to += step;
  putPoints(to, step, pointA, madd(squareA, x2, x0), madd(squareA, x3, x1), madd(squareA, y2, y0), madd(squareA, y3, y1));
  to += 2 * step;
  putPoints(to, step, pointB, madd(squareB, x2, x0), madd(squareB, x3, x1), madd(squareB, y2, y0), madd(squareB, y3, y1));
  storePair(to + 2 * step, x3, y3);
}

/** G: three taps to six. */
@inline
export function putFilters(to: usize, step: usize, x0: v128, x1: v128, x2: v128, y0: v128, y1: v128, y2: v128): void {
  const inverse = number(8), p = number(9), q = number(10), pointA = a(), pointB = b(), squareP = number(13), squareQ = number(14);
  storePair(to, f32x4.mul(inverse, x0), f32x4.mul(inverse, y0));
  to += step;
  const xp = f32x4.mul(p, x0), xq = f32x4.mul(q, x0), yp = f32x4.mul(p, y0), yq = f32x4.mul(q, y0);
  putPoints(to, step, pointA, madd(squareP, x2, xp), f32x4.mul(p, x1), madd(squareP, y2, yp), f32x4.mul(p, y1));
  to += 2 * step;
  putPoints(to, step, pointB, madd(squareQ, x2, xq), f32x4.mul(q, x1), madd(squareQ, y2, yq), f32x4.mul(q, y1));
  storePair(to + 2 * step, x2, y2);
}

/** The numbers of a point and of its negative, from their even and odd parts: even + point · odd, even − point · odd. */
@inline
function putPoints(to: usize, step: usize, point: v128, xEven: v128, xOdd: v128, yEven: v128, yOdd: v128): void {
  storePair(to, madd(point, xOdd, xEven), madd(point, yOdd, yEven));
  storePair(to + step, nmadd(point, xOdd, xEven), nmadd(point, yOdd, yEven));
}

/** Aᵀ of six vectors, a function for each of its rows: the sums and differences of a point and its negative give all four. */
@inline
export function output0(x0: v128, sumA: v128, sumB: v128): v128 {
  return f32x4.add(f32x4.add(x0, sumA), sumB);
}

@inline
export function output1(differenceA: v128, differenceB: v128): v128 {
  return madd(a(), differenceA, f32x4.mul(b(), differenceB));
}

@inline
export function output2(sumA: v128, sumB: v128): v128 {
  return madd(a2(), sumA, f32x4.mul(b2(), sumB));
}

@inline
export function output3(x5: v128, differenceA: v128, differenceB: v128): v128 {
  return madd(number(4), differenceA, madd(number(5), differenceB, x5));
}

/** Gᵀ of six vectors, a function for each of its rows: six to three taps. */
@inline
export function tap0(x0: v128, sumA: v128, sumB: v128): v128 {
  return madd(number(10), sumB, madd(number(9), sumA, f32x4.mul(number(8), x0)));
}

@inline
export function tap1(differenceA: v128, differenceB: v128): v128 {
  return madd(number(11), differenceA, f32x4.mul(number(12), differenceB));
}

@inline
export function tap2(x5: v128, sumA: v128, sumB: v128): v128 {
  return madd(number(13), sumA, madd(number(14), sumB, x5));
}

/** The least odd number of cache lines that holds so many bytes: multiples of it do not compete for the same sets of a cache. */
@inline
export function oddLines(bytes: usize): usize {
  return bytes + 63 & ~63 | 64;
}
