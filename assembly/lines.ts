/**
 * The packers of GEMM read a matrix as lines of elements, through a class of lines. Such a class has no state, and the methods below,
 * all inlined. `step` is the distance from line to line, or the address of what the class needs to find lines. A line is an address,
 * or another number that tells the class a line and a position in it.
 *
 *     matrix(at, stride, z)    matrix z of a batch
 *     line(matrix, step, i)    line i of a matrix, at its first element
 *     next(line, step)         the line behind it, at the same element
 *     skip(line, step, n)      the line n lines behind it
 *     ahead(line, step, n)     the same line, n bytes ahead
 *     eight(line, step, to)    copies eight elements
 *     four(line, step)         four elements
 *     one(line, step)          one element, as bits
 *     inPlace()                whether a line is an address and `step` the bytes to the next one, so that B can be read unpacked
 *
 * Another kind of lines is one more class in one more file, such as the patches of an image, whose product with the filters is a
 * convolution.
 */

/** Lines of contiguous elements, `step` bytes apart. */
@unmanaged
@final
export class Rows {
  @inline matrix(at: usize, stride: u32, z: u32): usize { return at + (<usize>stride * z << 2); }
  @inline line(matrix: usize, step: usize, i: u32): usize { return matrix + step * i; }
  @inline next(line: usize, step: usize): usize { return line + step; }
  @inline skip(line: usize, step: usize, n: usize): usize { return line + step * n; }
  @inline ahead(line: usize, _step: usize, n: usize): usize { return line + n; }
  @inline eight(line: usize, _step: usize, to: usize): void {
    const x0 = v128.load(line), x1 = v128.load(line, 16);
    v128.store(to, x0);
    v128.store(to, x1, 16);
  }
  @inline four(line: usize, _step: usize): v128 { return v128.load(line); }
  @inline one(line: usize, _step: usize): u32 { return load<u32>(line); }
  @inline inPlace(): bool { return true; }
}
