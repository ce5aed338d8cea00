/**
 * Moving elements: strided copies (permute, expand, slice, flip, tile) and strided writes (concat, pad). Tensors are contiguous, so
 * one side of every move is a contiguous run of rows.
 */
import { storePair } from "./pairs";
import { transpose } from "./transpose";

/** The number of axes in a record of a strided move. @host */
export const STRIDED_AXES: u32 = 6;

/**
 * A move between a contiguous tensor of extents n0 … n5 (outermost first; unused leading extents are 1) and a strided one.
 * The caller joins neighbouring axes where one axis can replace them, because the fast ways look only at the plane of the two
 * innermost axes. These ways are s5 = 1 (rows are copied), s5 = 0 (an element fills a row) and s4 = 1 (the plane is transposed).
 * @cost 5 + 0.12 * n5 * size @bytes 2 * n5 * size
 */
@unmanaged
export class StridedArgs {
  x: usize; // source, first element read: a negative stride begins at its far end
  out: usize; // destination, first element written
  size: u32; // bytes of an element: 4 (float32, int32) or 1 (uint8, bool); the twin also takes 8
  n0: u32; // extent
  n1: u32; // extent
  n2: u32; // extent
  n3: u32; // extent
  n4: u32; // extent: rows of a plane
  n5: u32; // extent: elements of a row
  s0: i32; // stride of the strided side, in elements, any sign
  s1: i32; // stride
  s2: i32; // stride
  s3: i32; // stride
  s4: i32; // stride
  s5: i32; // stride
}

/** out[i0 … i5] = x[Σ i·s]; range: rows of out, n0·n1·n2·n3·n4 of them. */
export function stridedCopy(r: StridedArgs, from: u32, to: u32): void {
  const step4 = <usize>(r.s4 * r.size);
  const step5 = <usize>(r.s5 * r.size);
  const rowBytes = <usize>r.n5 * r.size;
  for (let row = from; row < to; ) {
    const plane = row / r.n4;
    const first = row - plane * r.n4;
    const rows = min(r.n4 - first, to - row);
    const x = r.x + planeOffset(r, plane) + step4 * first;
    const out = r.out + rowBytes * row;
    if (step5 == r.size) copyRows(out, rowBytes, x, step4, rows, rowBytes);
    else if (r.size == 1) gatherRows<u8>(out, x, step4, step5, rows, r.n5);
    else if (step4 == 4 && step5 != 0 && rows > 3) transpose(out, x, step5, rows, r.n5);
    else gatherRows<u32>(out, x, step4, step5, rows, r.n5);
    row += rows;
  }
}

/** out[Σ i·s] = x[i0 … i5], where no two indices meet; range: rows of x, n0·n1·n2·n3·n4 of them. */
export function stridedWrite(r: StridedArgs, from: u32, to: u32): void {
  const step4 = <usize>(r.s4 * r.size);
  const step5 = <usize>(r.s5 * r.size);
  const rowBytes = <usize>r.n5 * r.size;
  for (let row = from; row < to; ) {
    const plane = row / r.n4;
    const first = row - plane * r.n4;
    const rows = min(r.n4 - first, to - row);
    const out = r.out + planeOffset(r, plane) + step4 * first;
    const x = r.x + rowBytes * row;
    if (step5 == r.size) copyRows(out, step4, x, rowBytes, rows, rowBytes);
    else if (r.size == 1) scatterRows<u8>(out, x, step4, step5, rows, r.n5);
    else scatterRows<u32>(out, x, step4, step5, rows, r.n5);
    row += rows;
  }
}

/** The offset in bytes of a plane on the strided side. Negative strides wrap around 2³², as addresses do. */
function planeOffset(r: StridedArgs, plane: u32): usize {
  if (plane == 0) return 0;
  let outer = plane / r.n3;
  let offset = (plane - outer * r.n3) * r.s3;
  plane = outer;
  if (plane != 0) {
    outer = plane / r.n2;
    offset += (plane - outer * r.n2) * r.s2;
    plane = outer;
    outer = plane / r.n1;
    offset += (plane - outer * r.n1) * r.s1 + outer * r.s0;
  }
  return <usize>offset * r.size;
}

function copyRows(out: usize, outStep: usize, x: usize, xStep: usize, rows: u32, bytes: usize): void {
  if (outStep == bytes && xStep == bytes) {
    memory.copy(out, x, bytes * rows);
    return;
  }
  for (; rows != 0; --rows, out += outStep, x += xStep) copyBytes(out, x, bytes);
}

/**
 * Copies bytes. Short rows are copied by a loop, because memory.copy calls the host's memmove, which costs some 20 ns. The last vectors
 * overlap those before, unless the bytes are a multiple.
 */
@inline
export function copyBytes(out: usize, x: usize, bytes: usize): void {
  if (bytes > 512) {
    memory.copy(out, x, bytes);
  } else if (bytes > 31) {
    const last = bytes - 32;
    for (let i: usize = 0; i < last; i += 32) copyPair(out + i, x + i);
    copyPair(out + last, x + last);
  } else if (bytes > 15) {
    const last = bytes - 16;
    v128.store(out, v128.load(x));
    v128.store(out + last, v128.load(x + last));
  } else {
    let i: usize = 0;
    for (; i + 4 <= bytes; i += 4) store<u32>(out + i, load<u32>(x + i));
    for (; i < bytes; ++i) store<u8>(out + i, load<u8>(x + i));
  }
}

/** Both vectors are read before the first is stored, so that V8 packs them to one of 256 bits. */
@inline
function copyPair(out: usize, x: usize): void {
  const x0 = v128.load(x), x1 = v128.load(x, 16);
  storePair(out, x0, x1);
}

/** out[0 … bytes) += x[0 … bytes), in float32. */
@inline
export function addRow(out: usize, x: usize, bytes: usize): void {
  const end = x + bytes;
  const pairs = x + (bytes & ~31);
  for (; x < pairs; x += 32, out += 32) {
    const sum0 = f32x4.add(v128.load(out), v128.load(x)), sum1 = f32x4.add(v128.load(out, 16), v128.load(x, 16));
    storePair(out, sum0, sum1);
  }
  if (end - x > 15) {
    v128.store(out, f32x4.add(v128.load(out), v128.load(x)));
    x += 16, out += 16;
  }
  for (; x < end; x += 4, out += 4) store<f32>(out, load<f32>(out) + load<f32>(x));
}

/** Contiguous rows from strided elements; a stride of 0 repeats one. */
function gatherRows<T>(out: usize, x: usize, rowStep: usize, step: usize, rows: u32, n: u32): void {
  for (; rows != 0; --rows, x += rowStep) {
    const end = out + <usize>n * sizeof<T>();
    const wide = end - (sizeof<T>() == 4 ? 12 : 0);
    let from = x;
    if (sizeof<T>() == 4 && n > 3) {
      if (step == 0) {
        const v = v128.load32_splat(x);
        for (; out + 32 <= end; out += 32) storePair(out, v, v);
        for (; out < wide; out += 16) v128.store(out, v);
      } else {
        for (; out < wide; out += 16, from += step << 2) {
          let v = v128.load32_zero(from);
          v = v128.load_lane<u32>(from + step, v, 1);
          v = v128.load_lane<u32>(from + step * 2, v, 2);
          v128.store(out, v128.load_lane<u32>(from + step * 3, v, 3));
        }
      }
    }
    for (; out < end; out += sizeof<T>(), from += step) store<T>(out, load<T>(from));
  }
}

/** Strided elements from contiguous rows. */
function scatterRows<T>(out: usize, x: usize, rowStep: usize, step: usize, rows: u32, n: u32): void {
  for (; rows != 0; --rows, out += rowStep) {
    const end = x + <usize>n * sizeof<T>();
    for (let to = out; x < end; x += sizeof<T>(), to += step) store<T>(to, load<T>(x));
  }
}
