import { beforeAll, expect, test } from "vitest";
import { assemble } from "../support/assemble.js";
import { normals } from "../support/kernels.js";

const FIELDS = ["a", "b", "c", "bias", "m", "n", "k", "batch", "lda", "ldb", "ldc", "strideA", "strideB", "strideC", "transA", "transB"];

/**
 * GEMM packs whatever lines it is given: here the patches of an image, as a convolution will. Line (y, x) holds, for each of the
 * width² places of a kernel's top left corner, the pixel y, x from there, 0 outside of the image. A line is a number: its own in the
 * upper half, the byte of its element in the lower.
 */
const PROBE = `
import { GemmArgs, product } from "./assembly/gemm";
import { Rows } from "./assembly/lines";
import { setup } from "./assembly/threads";

export { setup };
export function size(): usize { return offsetof<GemmArgs>(); }
export function rows(r: GemmArgs, to: u32): void { product<Rows>(r, <usize>r.ldb << 2, 0, to); }
export function patches(r: GemmArgs, image: usize, to: u32): void { product<Patches>(r, image, 0, to); }
export function place(name: u32): usize {
  switch (name) {
${FIELDS.map((name, i) => `    case ${i}: return offsetof<GemmArgs>("${name}");`).join("\n")}
  }
  return 0;
}

@unmanaged
class Image {
  pixels: usize;
  width: u32;
  kernel: u32;
}

@unmanaged
@final
class Patches {
  @inline matrix(at: usize, _stride: u32, _z: u32): usize { return at; }
  @inline line(matrix: usize, step: usize, i: u32): usize { return matrix + (<usize>i << 16); }
  @inline next(line: usize, step: usize): usize { return line + (1 << 16); }
  @inline skip(line: usize, step: usize, n: usize): usize { return line + (n << 16); }
  @inline ahead(line: usize, step: usize, n: usize): usize { return line + n; }
  @inline eight(line: usize, step: usize, to: usize): void {
    v128.store(to, this.four(line, step));
    v128.store(to, this.four(line + 16, step), 16);
  }
  @inline four(line: usize, step: usize): v128 {
    return f32x4(pixel(line, step), pixel(line + 4, step), pixel(line + 8, step), pixel(line + 12, step));
  }
  @inline one(line: usize, step: usize): u32 { return reinterpret<u32>(pixel(line, step)); }
  @inline inPlace(): bool { return false; }
}

function pixel(line: usize, step: usize): f32 {
  const image = changetype<Image>(step), i = <u32>(line >> 16), j = <u32>(line & 0xffff) >> 2;
  const y = j / image.width + i / image.kernel, x = j % image.width + i % image.kernel;
  return y < image.width && x < image.width ? load<f32>(image.pixels + ((y * image.width + x) << 2)) : 0;
}`;

const SCRATCH = 1 << 20;
const DATA = SCRATCH + (4 << 20);

interface Probe {
  setup(scratch: number, status: number): void;
  rows(record: number, to: number): void;
  patches(record: number, image: number, to: number): void;
  place(field: number): number;
}

let probe: Probe;
let memory: WebAssembly.Memory;

beforeAll(async () => {
  const module = new WebAssembly.Module(await assemble(PROBE, "--importMemory", "--noAssert"));
  memory = new WebAssembly.Memory({ initial: 256 });
  probe = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Probe;
  probe.setup(SCRATCH, 64);
});

test.each([
  ["columns of pixels", 5, 3, false],
  ["columns of pixels, packed four strips at once", 11, 5, false],
  ["the gradient of a kernel: lines along k", 6, 4, true],
  ["the gradient of a kernel, several blocks of k", 25, 4, true],
])("a product with the patches of an image has the bits of one with the matrix of them: %s", (_, width, kernel, transB) => {
  const f32 = new Float32Array(memory.buffer);
  // Filters enough for the product with the matrix not to be one of dot products, which sum in another order.
  const [places, taps, filters] = [width * width, kernel * kernel, transB ? 33 : 7];
  const [m, n, k] = transB ? [filters, taps, places] : [filters, places, taps];
  let end = DATA;
  const take = (values: ArrayLike<number>) => {
    const at = end;
    f32.set(values, at / 4);
    end += 4 * values.length + 64;
    return at;
  };
  const pixels = normals(width * width, 1);
  const matrix = Float32Array.from({ length: taps * places }, (_, index) => {
    const [i, j] = [Math.floor(index / places), index % places];
    const [y, x] = [Math.floor(j / width) + Math.floor(i / kernel), (j % width) + (i % kernel)];
    return y < width && x < width ? pixels[y * width + x] : 0;
  });
  const a = take(normals(m * k, 2));
  const b = take(matrix);
  const image = take([0, 0, 0]);
  new Uint32Array(memory.buffer).set([take(pixels), width, kernel], image / 4);
  const strips = n >= m ? Math.ceil(n / 8) : Math.ceil(m / 4);
  const outcome = (run: (record: number) => void, operand: number) => {
    const [c, record] = [take(new Float32Array(m * n).fill(Number.NaN)), take(new Float32Array(32))];
    const values = { a, b: operand, c, m, n, k, batch: 1, lda: k, ldb: places, ldc: n, transB: Number(transB) };
    for (const [i, name] of FIELDS.entries())
      new Uint32Array(memory.buffer)[(record + probe.place(i)) / 4] = (values as Record<string, number>)[name] ?? 0;
    run(record);
    return f32.slice(c / 4, c / 4 + m * n);
  };
  const expected = outcome((record) => probe.rows(record, strips), b);
  const found = outcome((record) => probe.patches(record, image, strips), 0);
  expect(expected.some(Number.isNaN)).toBe(false);
  expect(found).toEqual(expected);
});
