/**
 * The tile of out that is computed together. Its 16 rows use whole 64-byte lines of x. Its 8 columns are a balance for rows that
 * lie multiples of 4096 bytes apart, and so compete for the same few lines of a cache: with 4 columns a transpose of 1024² takes
 * 1.7 times as long, with 16 columns that of 1024×32 twice as long.
 */
const TILE_ROWS: u32 = 16;
const TILE_COLUMNS: u32 = 8;

/** out[i, j] = x[j, i] for 4-byte elements. The rows of out are contiguous, n elements each. Those of x are `step` bytes apart. */
export function transpose(out: usize, x: usize, step: usize, rows: u32, n: u32): void {
  const outStep = <usize>n << 2;
  const wideN = n & ~3;
  const wideRows = rows & ~3;
  for (let i: u32 = 0; i < wideRows; i += TILE_ROWS) {
    const iEnd = min(i + TILE_ROWS, wideRows);
    for (let j: u32 = 0; j < wideN; j += TILE_COLUMNS) {
      const jEnd = min(j + TILE_COLUMNS, wideN);
      for (let i4 = i; i4 < iEnd; i4 += 4)
        for (let j4 = j; j4 < jEnd; j4 += 4) block(out + outStep * i4 + (j4 << 2), outStep, x + step * j4 + (i4 << 2), step);
    }
  }
  // The edges: in every row the columns past the last whole block, and all columns of the last rows.
  for (let i: u32 = 0; i < rows; ++i) {
    for (let j = i < wideRows ? wideN : 0; j < n; ++j) store<u32>(out + outStep * i + (j << 2), load<u32>(x + step * j + (i << 2)));
  }
}

/** A 4×4 block: interleave rows 0 with 2 and 1 with 3, then the results with each other. */
@inline
function block(out: usize, outStep: usize, x: usize, step: usize): void {
  const x0 = v128.load(x);
  const x1 = v128.load(x + step);
  const x2 = v128.load(x + step * 2);
  const x3 = v128.load(x + step * 3);
  const even0 = v128.shuffle<u32>(x0, x2, 0, 4, 1, 5);
  const even1 = v128.shuffle<u32>(x0, x2, 2, 6, 3, 7);
  const odd0 = v128.shuffle<u32>(x1, x3, 0, 4, 1, 5);
  const odd1 = v128.shuffle<u32>(x1, x3, 2, 6, 3, 7);
  v128.store(out, v128.shuffle<u32>(even0, odd0, 0, 4, 1, 5));
  v128.store(out + outStep, v128.shuffle<u32>(even0, odd0, 2, 6, 3, 7));
  v128.store(out + outStep * 2, v128.shuffle<u32>(even1, odd1, 0, 4, 1, 5));
  v128.store(out + outStep * 3, v128.shuffle<u32>(even1, odd1, 2, 6, 3, 7));
}
