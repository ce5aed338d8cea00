import { describe, expect, it } from "vitest";
import { Status } from "../../src/kernels/generated/constants.js";
import * as kernels from "../../src/kernels/generated.js";
import { type Fault, takeFault } from "../../src/kernels/status.js";
import { DTYPES, type DType, type NumberArray } from "../../src/memory/views.js";
import { Block, builds, random, withBuild } from "../support/kernels.js";

const TYPES = ["float32", "int32", "uint8", "bool"] as const;
const PAIRS = TYPES.flatMap((source) => TYPES.map((target) => [source, target] as const));
const LENGTHS = [0, 1, 3, 4, 5, 15, 16, 17, 31, 33, 64, 100];
const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];

/** What tries every branch, in each lane of a vector once. */
const SPECIAL = [
  ...[0, -0, 0.5, -0.5, 1.9, -1.9, 255, 256, -1, 300.7, 1e-45, NAN, INF, -INF, 2 ** 31, -(2 ** 31), 2 ** 31 - 128, -(2 ** 31) - 256],
  ...[2 ** 32, 2 ** 32 + 512, -(2 ** 32) - 512, 3e9, -3e9, 2 ** 40 + 2 ** 17, -(2 ** 40) - 2 ** 17, 2 ** 63, -(2 ** 63), 2 ** 63 - 2 ** 39],
  ...[-(2 ** 63) + 2 ** 39, 2 ** 64, -(2 ** 64), 2 ** 55 + 2 ** 32, 3e38, -3e38, 7],
];

function operand(dtype: DType, n: number): NumberArray {
  const next = random(n + 1);
  const values = Array.from({ length: n }, (_, i) => (i % 3 === 0 ? SPECIAL[Math.floor(next() * SPECIAL.length)] : 400 * next() - 100));
  if (dtype === "bool") return Uint8Array.from(values, (value) => Number(value > 0));
  return dtype === "float32" ? Float32Array.from(values) : dtype === "int32" ? Int32Array.from(values) : Uint8Array.from(values);
}

/** The whole part of a number, or the nearest that the type holds; 0 for NaN. */
function expected(x: NumberArray, target: DType): number[] {
  if (target === "bool") return Array.from(x, (value) => (value === 0 ? 0 : 1));
  if (target === "float32") return Array.from(x, Math.fround);
  const [least, most] = RANGES[target as keyof typeof RANGES];
  return Array.from(x, (value) => (Number.isNaN(value) ? 0 : Math.min(Math.max(Math.trunc(value), least), most) + 0));
}

const RANGES = { int32: [-2147483648, 2147483647], uint8: [0, 255] } as const;

/** The fault for the first element from `from` on that an integer type does not hold. */
function faultOf(x: NumberArray, target: DType, from: number, to: number): Fault | null {
  if (target !== "int32" && target !== "uint8") return null;
  const fits = expected(x, target);
  const at = x.findIndex((value, i) => i >= from && i < to && fits[i] !== Math.trunc(value));
  return at < 0 ? null : { code: Status.Overflow, detail: at };
}

function cast(x: Block, out: Block, from: number, to: number): void {
  kernels.cast({ x: x.at, out: out.at, source: DTYPES.indexOf(x.dtype), target: DTYPES.indexOf(out.dtype) }, from, to);
}

describe.each(builds)("cast, %s", (build) => {
  it.each(PAIRS)("%s to %s", (source, target) => {
    for (const n of LENGTHS) {
      const x = Block.of(operand(source, n), source);
      const out = Block.of(new Uint8Array(n), target);
      withBuild(build, () => cast(x, out, 0, n));
      expect(takeFault()).toEqual(faultOf(x.view(), target, 0, n));
      expect([...out.read()]).toEqual(expected(x.view(), target));
      for (const block of [x, out]) block.free();
    }
  });

  it.each(PAIRS)("%s to %s, a part of the range and no more", (source, target) => {
    const n = 67;
    const x = Block.of(operand(source, n), source);
    const out = Block.of(new Uint8Array(n), target);
    withBuild(build, () => {
      cast(x, out, 1, 38);
      cast(x, out, 38, n - 1);
    });
    expect(takeFault()).toEqual(faultOf(x.view(), target, 1, n - 1));
    const whole = expected(x.view(), target);
    expect([...out.read()]).toEqual([0, ...whole.slice(1, n - 1), 0]);
    for (const block of [x, out]) block.free();
  });

  it.each(["int32", "uint8", "bool"] as const)("float32 to %s, every special number in every lane", (target) => {
    for (const special of SPECIAL) {
      const x = Block.of(
        Array.from({ length: 256 }, (_, i) => (i % 17 === 0 ? special : i)),
        "float32",
      );
      const out = new Block(256, target);
      withBuild(build, () => cast(x, out, 0, 256));
      expect(takeFault()).toEqual(faultOf(x.view(), target, 0, 256));
      expect([...out.read()]).toEqual(expected(x.view(), target));
      for (const block of [x, out]) block.free();
    }
  });
});

describe.each(builds)("wholeNumbers, %s", (build) => {
  it("takes what is whole and an int32", () => {
    for (const n of LENGTHS) {
      const values = Array.from({ length: n }, (_, i) => [i, -i, 0, 2 ** 31 - 128, -(2 ** 31), 16777217][i % 6]);
      const x = Block.of(values);
      const out = new Block(n, "int32");
      withBuild(build, () => kernels.wholeNumbers({ x: x.at, out: out.at }, 0, n));
      expect([...out.read()]).toEqual(values.map(Math.fround));
      expect(takeFault()).toBe(null);
      for (const block of [x, out]) block.free();
    }
  });

  it.each([0.5, -1.25, 1e-45, NAN, INF, -INF, 2 ** 31, 3e9, -(2 ** 31) - 256])("reports the first that is %f", (value) => {
    for (const at of [0, 3, 4, 5, 18, 20]) {
      const x = Block.of(Array.from({ length: 21 }, (_, i) => (i === at || i === 20 ? value : i)));
      const out = new Block(21, "int32");
      withBuild(build, () => kernels.wholeNumbers({ x: x.at, out: out.at }, 0, 21));
      expect(takeFault()).toEqual({ code: Status.NotWhole, detail: at });
      expect(takeFault()).toBe(null);
      out.read();
      for (const block of [x, out]) block.free();
    }
  });
});
