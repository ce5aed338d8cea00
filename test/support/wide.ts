import fc from "fast-check";
import type { Kernel } from "../../src/kernels/kernel.js";
import { loadPiece, useWide, widen } from "../../src/kernels/load.js";
import type { Exports } from "../../src/kernels/piece.js";
import { wideObstacle } from "../../src/kernels/wide/obstacle.js";
import { STATUS_AT } from "../../src/memory/memory.js";
import { blockView, type DType, type NumberArray } from "../../src/memory/views.js";
import { SPECIALS } from "./elementwise.js";
import { Block, random, withBuild } from "./kernels.js";

/** Whether this engine has the flags of 256-bit instructions. */
export const canBeWide = Number(process.versions.node.split(".")[0]) >= 24 && process.arch === "x64";

/** The builds that are compiled, narrow and wide. */
export const compiled: readonly ("simd" | "relaxed")[] = ["simd", "relaxed"];

/** Puts numbers into a block of linear memory. @returns its address */
export type Place = (values: ArrayLike<number>, dtype?: DType) => number;

/**
 * Expects that a kernel leaves the same bytes in all its blocks, and the same fault, whether it is narrow or wide. One NaN is as good
 * as another.
 * @param args makes the arguments; it is called once for each of the two, and must place the same numbers
 */
export function expectSameWide<Args>(
  build: "simd" | "relaxed",
  kernel: Kernel<Args>,
  args: (place: Place) => Args,
  from: number,
  to: number,
): void {
  const [[narrow, narrowCode], [wide, wideCode]] = [false, true].map((is) =>
    withBuild(build, () => withWide(is, () => [bytesAfter(kernel, args, from, to), codeOf(kernel)] as const)),
  );
  if ((narrowCode !== wideCode) !== kernel.name in kernel.piece.inner[build]) throw new Error(`${kernel.name} is not compiled wide`);
  narrow.forEach((bytes, which) => {
    const at = bytes.findIndex((byte, i) => byte !== wide[which][i]);
    if (at < 0) return;
    const word = (found: Uint8Array) => hex(found.subarray(at & ~3, (at & ~3) + 4));
    const place = which < narrow.length - 1 ? `block ${which}` : "the status";
    throw new Error(
      `${build} ${kernel.name} ${from}…${to}: ${place} has ${word(bytes)} narrow and ${word(wide[which])} wide at byte ${at & ~3}`,
    );
  });
}

/** What a property makes the arguments of a call from. */
export interface Made {
  /** Elements of the call's range, counted from 0. */
  readonly n: number;
  readonly place: Place;
  /** New numbers of any kind: see `anyFloats`. */
  floats(n: number): Float32Array;
  /** New integers in low … high − 1. */
  ints(n: number, low: number, high: number): Int32Array;
  /** A seeded number in [0, 1). */
  next(): number;
}

/** Expects the same for many ranges and operands at random. A range begins at 0 or a bit behind it. */
export function expectAlwaysSameWide<Args>(
  build: "simd" | "relaxed",
  kernel: Kernel<Args>,
  args: (made: Made) => Args,
  { runs = 40, longest = 200 } = {},
): void {
  const property = fc.property(fc.nat(longest), fc.nat(20), fc.nat(), (length, from, seed) => {
    const n = from + length;
    expectSameWide(
      build,
      kernel,
      (place) => {
        const next = random(seed);
        const floats = (m: number) => anyFloats(m, Math.floor(next() * 2 ** 31));
        const ints = (m: number, low: number, high: number) =>
          Int32Array.from({ length: m }, () => low + Math.floor(next() * (high - low)));
        return args({ n, place, floats, ints, next });
      },
      from,
      n,
    );
  });
  fc.assert(property, { numRuns: runs, seed: 1 });
}

/** Arguments of a kernel of two operands [n0, n1], n0 · n1 = n or less than n1 more, each full, a row, a column, or a scalar. */
export function broadcastOperands({ n, place, next }: Made, operand: (n: number) => number) {
  const columns = 1 + Math.floor(next() * Math.max(n, 1));
  const rows = Math.ceil(n / columns);
  const strides = () => {
    const full = next() < 0.5;
    return [full || next() < 0.5, full || next() < 0.5] as const;
  };
  const [rowsOfA, columnsOfA] = strides();
  const [rowsOfB, columnsOfB] = strides();
  const step = (hasRows: boolean, hasColumns: boolean) => (hasRows ? (hasColumns ? columns : 1) : 0);
  return {
    a: operand(rows * columns),
    b: operand(rows * columns),
    out: place(new Float32Array(n)),
    ...{ n1: 1, n2: Math.max(rows, 1), n3: columns },
    ...{ a0: 0, a1: 0, a2: step(rowsOfA, columnsOfA), a3: Number(columnsOfA) },
    ...{ b0: 0, b1: 0, b2: step(rowsOfB, columnsOfB), b3: Number(columnsOfB) },
  };
}

/** The same with operands of float32. */
export function broadcastFloats(made: Made) {
  return broadcastOperands(made, (n) => made.place(made.floats(n)));
}

/** Numbers of every sign and size, specials among them: bits at random, and about one special in eight. */
export function anyFloats(n: number, seed: number): Float32Array {
  const next = random(seed);
  const x = new Float32Array(n);
  const words = new Uint32Array(x.buffer);
  for (let i = 0; i < n; i++) {
    const kind = Math.floor(8 * next());
    if (kind === 0) x[i] = SPECIALS[Math.floor(next() * SPECIALS.length)];
    else if (kind < 6) x[i] = 16 * next() - 8;
    else words[i] = Math.floor(next() * 2 ** 32);
  }
  return oneNaN(x);
}

/** The numbers with one and the same NaN: WebAssembly leaves its sign and payload to the engine. */
function oneNaN<T extends NumberArray>(x: T): T {
  return x.map((value) => (Number.isNaN(value) ? Number.NaN : value)) as T;
}

/** Runs `fn` with kernels that are wide, or narrow, and goes back to what is the rule. */
function withWide<T>(is: boolean, fn: () => T): T {
  useWide(is);
  try {
    return fn();
  } finally {
    useWide(wideObstacle() === null);
  }
}

/** Runs a kernel over new blocks. @returns the bytes of the blocks, and last those of the status */
function bytesAfter<Args>(kernel: Kernel<Args>, args: (place: Place) => Args, from: number, to: number): Uint8Array[] {
  const blocks: Block[] = [];
  const made = args((values, dtype = "float32") => {
    const block = Block.of(values, dtype);
    blocks.push(block);
    return block.at;
  });
  loadPiece(kernel.piece);
  widen(kernel);
  const status = blockView("uint8", STATUS_AT, 8);
  codeOf(kernel)(kernel.record.write(made), from, to);
  const found = [...blocks.map((block) => bytesOf(oneNaN(block.read()))), Uint8Array.from(status)];
  status.fill(0);
  for (const block of blocks) block.free();
  return found;
}

/** The function of a kernel that calls use at present. */
function codeOf({ piece, name }: Kernel): Exports[string] {
  return (piece.exports as Exports)[name];
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
