/**
 * General matrix product, divided as in BLIS: this file has the loops and blocks, pack.ts the copies, sweep.ts the tiles of a few rows,
 * micro.ts and microWide.ts the registers.
 *
 *     for each matrix of the batch, for the rectangle of its C that the range covers:
 *       for NC columns, for KC steps of k:       a block of B, packed into strips                   in L2
 *         for 4 to 6 rows:                       their part of A, packed into a panel              in L1
 *           for each strip:                      a tile of C                                       in registers
 *
 * A strip has 8 columns, or 16 where pairs of vectors are one instruction; the sums have the same order in both.
 * BLIS always packs. Here a block is packed only when enough rows or columns share the copy; otherwise it is read in place.
 */
import { BEHIND_AT, BLOCK_AT, KC, NC, PANEL_AT, STREAM_COLUMNS } from "./blocks";
import { Activation } from "./epilogue";
import { Rows } from "./lines";
import { Keeps, Tile, ZEROS, putRows } from "./micro";
import { packB, packStrip, packTransposed, transposeFour } from "./pack";
import { nextRows, stripColumns, sweep } from "./sweep";
import { sweepDots } from "./thin";
import { isWide, scratch } from "./threads";

/**
 * C = act(op(A) · op(B) + beta · C + bias), row-major.
 * @cost (n < m ? 4 * n : 8 * m) * (k + 8) / 25 @even
 * @flops 2 * m * n * k / (n < m ? m + 3 >>> 2 : n + 7 >>> 3)
 * @bytes 4 * (m * k + k * n + m * n) / (n < m ? m + 3 >>> 2 : n + 7 >>> 3)
 */
@unmanaged
export class GemmArgs {
  a: usize; // [batch, m, k], with transA [batch, k, m]
  b: usize; // [batch, k, n], with transB [batch, n, k]
  c: usize; // [batch, m, n]
  bias: usize; // [n] added to every row; 0 = none
  m: u32; // rows of C
  n: u32; // columns of C
  k: u32; // products in a sum
  batch: u32; // matrices
  lda: u32; // elements from row to row of A as stored
  ldb: u32; // elements from row to row of B as stored
  ldc: u32; // elements from row to row of C
  strideA: u32; // elements from matrix to matrix; 0 = one A for all
  strideB: u32; // elements from matrix to matrix; 0 = one B for all
  strideC: u32; // elements from matrix to matrix
  transA: u32; // 1 = A is stored transposed
  transB: u32; // 1 = B is stored transposed
  beta: f32; // factor of what C holds; 0 = C is written only
  act: u32; // applied last: see Activation
}

/** Columns of a strip of C, the unit of the range, where C is at least as wide as high. @host */
const STRIP_COLUMNS: u32 = 8;
/** Rows of a strip of C, the unit of the range, where C is higher than wide. @host */
const STRIP_ROWS: u32 = 4;

/** The most rows of C for which B is read in place, and the same where the rows of B are `aliased`. */
const DIRECT_ROWS: u32 = 32;
const DIRECT_ROWS_ALIASED: u32 = 8;
/**
 * The fewest columns of C for which A is packed. It is packed only if it is stored transposed or its rows are `aliased`; where half as many
 * tiles share a panel, since they are twice as wide, only if both are true.
 */
const PANEL_COLUMNS: u32 = 33;
/**
 * The most rows and the most columns of C for which dot products are faster than packing, and the fewest steps of k that outweigh
 * the sums over lanes. In larger products packing B takes at most 2 % of the time, so no layer keeps its weights packed.
 */
const DOT_ROWS: u32 = 32;
const DOT_COLUMNS: u32 = 10;
const DOT_STEPS: u32 = 64;
/** The fewest rows of C for which DOT_COLUMNS or fewer columns of B are transposed, so that dot products can read them. */
const DOT_ROWS_TURNED: u32 = 17;
/** The most steps of k for which ten columns of B, transposed, fit into the scratch slab. */
const DOT_STEPS_PACKED: u32 = 65536;
/** The fewest rows of Aᵀ · B, with at most DOT_COLUMNS columns, that are computed by `turned`, and the rows of one of its blocks. */
const TURN_ROWS: u32 = 64;
const TURN_BLOCK: u32 = 1024;

/** Places of the two buffers of `turned`: rows of Cᵀ, and the same sums as rows of C, 12 columns wide. */
const TURNED_AT: usize = BEHIND_AT;
const TURNED_STEP: usize = 4 * TURN_BLOCK + 64;
const BACK_AT: usize = TURNED_AT + TURNED_STEP * DOT_COLUMNS;

/**
 * The range counts strips of C, matrix after matrix: batch · (n ≥ m ? ⌈n/STRIP_COLUMNS⌉ : ⌈m/STRIP_ROWS⌉) in all. An element's
 * products are summed in an order that depends on the record only.
 */
export function gemm(r: GemmArgs, from: u32, to: u32): void {
  product<Rows>(r, <usize>r.ldb << 2, from, to);
}

/** `gemm` with B read as lines of the class L, `stepB` apart. A line is a row of B, or a column where transB is set. */
export function product<L>(r: GemmArgs, stepB: usize, from: u32, to: u32): void {
  const m = r.m, n = r.n, byColumns = n >= m;
  if (m == 0 || n == 0) return;
  const strips = byColumns ? ceilDiv(n, STRIP_COLUMNS) : ceilDiv(m, STRIP_ROWS);
  while (from < to) {
    // The branch saves a division, which takes a tenth of the time of a product of a few rows.
    const z = from < strips ? 0 : from / strips, first = from - z * strips, end = min(strips, first + (to - from));
    if (byColumns) rectangle<L>(r, stepB, z, 0, m, first * STRIP_COLUMNS, min(n, end * STRIP_COLUMNS));
    else rectangle<L>(r, stepB, z, first * STRIP_ROWS, min(m, end * STRIP_ROWS), 0, n);
    from += end - first;
  }
}

/** Computes the rows top … bottom − 1 and the columns left … right − 1 of C in matrix z of the batch. */
function rectangle<L>(r: GemmArgs, stepB: usize, z: u32, top: u32, bottom: u32, left: u32, right: u32): void {
  const k = r.k, rows = bottom - top, cols = right - left, transA = r.transA != 0, transB = r.transB != 0;
  const lines = changetype<L>(0), inPlace = lines.inPlace();
  const lda = <usize>r.lda << 2, ldc = <usize>r.ldc << 2;
  const a = r.a + (<usize>r.strideA * z << 2) + (transA ? <usize>top << 2 : lda * top);
  const matrixB = lines.matrix(r.b, r.strideB, z);
  const b = transB ? lines.line(matrixB, stepB, left) : lines.ahead(lines.line(matrixB, stepB, 0), stepB, <usize>left << 2);
  const c = r.c + (<usize>r.strideC * z << 2) + ldc * top + (<usize>left << 2);
  const t = changetype<Tile>(scratch()), panel = scratch() + PANEL_AT, block = scratch() + BLOCK_AT;
  t.ldc = ldc;

  if (inPlace && byDots(r)) {
    place(t, r, c, left, true, true);
    const step = transB ? stepB : <usize>((k + 7) & ~7) << 2;
    if (!transB) for (let p: u32 = 0; p < k; p += 4) transposeFour<Rows>(b + stepB * p, stepB, cols, min(4, k - p), block + (p << 2), step);
    sweepDots(t, a, lda, transB ? b : block, step, k, rows, cols, panel);
    return;
  }

  if (inPlace && byTurning(r)) {
    turned(r, t, a, b, c, rows, cols, left);
    return;
  }

  const direct = inPlace && !transB && rows <= (aliased(stepB) ? DIRECT_ROWS_ALIASED : DIRECT_ROWS), streamed = direct && rows <= 2;
  const kc = share(k, KC), nc = (share(cols, streamed ? STREAM_COLUMNS : NC) + 7) & ~7;
  const packsA = !streamed && cols >= PANEL_COLUMNS && (isWide() ? transA && aliased(lda) : transA || aliased(lda));
  for (let j: u32 = 0; j < cols; j += nc) {
    const some = min(nc, cols - j);
    let p: u32 = 0;
    do {
      const steps = min(kc, k - p), last = p + steps == k;
      let bAt = lines.ahead(lines.skip(b, stepB, transB ? j : p), stepB, <usize>(transB ? p : j) << 2);
      if (!direct) packB<L>(bAt, stepB, transB, steps, some, stripColumns(), block), bAt = block;
      for (let i: u32 = 0, height: u32 = 0; i < rows; i += height) {
        t.rows = height = nextRows(rows - i);
        let aAt = transA ? a + lda * p + (i << 2) : a + lda * i + (p << 2);
        let aRow: usize = transA ? 4 : lda, aStep: usize = transA ? lda : 4;
        if (packsA) {
          if (transA) packStrip<Rows>(aAt, lda, steps, 8, panel);
          else packTransposed<Rows>(aAt, lda, steps, height, 8, panel);
          aAt = panel, aRow = 4, aStep = 32;
        }
        place(t, r, c + ldc * i + (j << 2), left + j, p == 0, last);
        sweep(t, aAt, aRow, aStep, bAt, direct ? stepB : 0, steps, some);
      }
      p += steps;
    } while (p < k);
  }
}

/**
 * Computes C = Aᵀ · B with few columns as the transpose of Cᵀ = Bᵀ · A. Tiles of C would be half empty, and `dots` cannot read A,
 * which is not contiguous along k. The rows of A as stored fill the tiles of Cᵀ, so that nothing is packed. The sums are then
 * transposed in the scratch slab.
 */
function turned(r: GemmArgs, t: Tile, a: usize, b: usize, c: usize, rows: u32, cols: u32, left: u32): void {
  const k = r.k, kc = share(k, KC), lda = <usize>r.lda << 2, ldb = <usize>r.ldb << 2, ldc = <usize>r.ldc << 2;
  const across = scratch() + TURNED_AT, back = scratch() + BACK_AT;
  for (let i: u32 = 0; i < rows; i += TURN_BLOCK) {
    const some = min(TURN_BLOCK, rows - i);
    t.ldc = TURNED_STEP;
    t.beta = 1;
    t.bias = ZEROS;
    t.floor = -Infinity;
    let p: u32 = 0;
    do {
      const steps = min(kc, k - p);
      t.keeps = p ? Keeps.Some : Keeps.Plain;
      for (let j: u32 = 0, height: u32 = 0; j < cols; j += height) {
        t.rows = height = nextRows(cols - j);
        t.c = across + TURNED_STEP * j;
        sweep(t, b + ldb * p + (j << 2), 4, ldb, a + lda * p + (i << 2), lda, steps, some);
      }
      p += steps;
    } while (p < k);
    for (let j: u32 = 0; j < cols; j += 4) {
      transposeFour<Rows>(across + TURNED_STEP * j, TURNED_STEP, some, min(4, cols - j), back + (j << 2), 48);
    }
    t.ldc = ldc;
    t.rows = some;
    t.cols = cols;
    place(t, r, c + ldc * i, left, true, true);
    putRows(t, back, 48);
  }
}

/**
 * Whether `dots` is the fastest way. The record alone decides, never the range: `dots` sums in an order of its own, and the bits
 * must not depend on how threads share the product.
 */
function byDots(r: GemmArgs): bool {
  if (r.transA) return false;
  const narrow = r.n <= DOT_COLUMNS && r.k >= DOT_STEPS;
  return r.transB ? narrow || r.m <= DOT_ROWS : narrow && r.m >= DOT_ROWS_TURNED && r.k <= DOT_STEPS_PACKED;
}

/** Whether `turned` is the fastest way. The record alone decides, since `turned` rounds beta · C in another place. */
function byTurning(r: GemmArgs): bool {
  return !r.transB && r.transA && r.n <= DOT_COLUMNS && r.m >= TURN_ROWS;
}

/**
 * Points the tile at the element of C at address `c` in column `column`. The first block of k adds beta · C, later blocks add the
 * sums that C holds already, and the last block adds the bias and applies the activation.
 */
function place(t: Tile, r: GemmArgs, c: usize, column: u32, first: bool, last: bool): void {
  t.c = c;
  t.beta = first ? r.beta : 1;
  t.bias = last && r.bias ? r.bias + (<usize>column << 2) : ZEROS;
  t.floor = last && r.act == Activation.Relu ? 0 : -Infinity;
  const isPlain = t.bias == ZEROS && t.floor != 0;
  t.keeps = t.beta != 0 ? Keeps.Some : isPlain ? Keeps.Plain : Keeps.Nothing;
}

/** The size of a part when x is divided into the fewest equal parts of at most `most` each. */
@inline
function share(x: u32, most: u32): u32 {
  return x <= most ? x : ceilDiv(x, ceilDiv(x, most));
}

/** Whether rows `ld` bytes apart are multiples of 4 KiB apart: they then compete for the same few lines of L1. */
@inline
function aliased(ld: usize): bool {
  return !(ld & 4095);
}

@inline
function ceilDiv(x: u32, y: u32): u32 {
  return (x + y - 1) / y;
}
