import { describe, expect, test } from "vitest";
import { type DType, parseSafetensors, serializeSafetensors, tensor } from "../../src/index.js";
import { toBrainHalves, toHalves } from "../../src/io/halves.js";

type Half = "float16" | "bfloat16";

/** The bits of numbers as they are written. */
function written(floats: readonly number[] | Float32Array, dtype: Half): Uint16Array {
  const halves = new Uint16Array(floats.length);
  (dtype === "float16" ? toHalves : toBrainHalves)(Float32Array.from(floats), halves);
  return halves;
}

/** The float32 of these bits. */
const floatOf = (bits: number): number => new Float32Array(Uint32Array.of(bits).buffer)[0];
const bitsOf = (value: number): number => new Uint32Array(Float32Array.of(value).buffer)[0];

/** A file of all 65,536 numbers of 16 bits. */
function allHalves(format: string): Uint8Array {
  const header = new TextEncoder().encode(JSON.stringify({ x: { dtype: format, shape: [65536], data_offsets: [0, 131072] } }).padEnd(64));
  const file = new Uint8Array(8 + header.length + 131072);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), true);
  file.set(header, 8);
  const halves = Uint16Array.from({ length: 65536 }, (_, i) => i);
  file.set(new Uint8Array(halves.buffer), 8 + header.length);
  return file;
}

describe.each([
  ["float16", "F16", 0x7c00, 0x200],
  ["bfloat16", "BF16", 0x7f80, 0x40],
] as const)("%s", (dtype, format, infinity, quiet) => {
  test("all 65,536 numbers come back, NaN as a quiet one", () => {
    const file = allHalves(format);
    const { tensors } = parseSafetensors(file);
    const again = serializeSafetensors(tensors, { dtype });
    const expected = Uint16Array.from({ length: 65536 }, (_, i) => ((i & 0x7fff) > infinity ? i | quiet : i));
    expect(again.length).toBe(file.length);
    expect(new Uint16Array(again.slice(-131072).buffer)).toEqual(expected);
    expect(new TextDecoder().decode(again.slice(8, 72))).toBe(new TextDecoder().decode(file.slice(8, 72)));
  });

  test("between two neighbours the nearer one is taken, in the middle the even one", () => {
    const [values] = [parseSafetensors(allHalves(format)).tensors.get("x")?.data as Float32Array];
    const [middles, expected]: [number[], number[]] = [[], []];
    for (const sign of [0, 0x8000])
      for (let i = 0; i < infinity; i++) {
        const [low, even] = [i + sign, i + (i & 1) + sign];
        // The greatest finite number is followed by what would be the next one if the exponents went on.
        const high = i + 1 === infinity ? 2 * values[low] - values[low - 1] : values[low + 1];
        const middle = (values[low] + high) / 2;
        // A middle below the smallest float32 is none.
        if (Math.fround(middle) !== middle || !Number.isFinite(middle)) continue;
        const bits = bitsOf(middle);
        middles.push(floatOf(bits - 1), middle, floatOf(bits + 1));
        expected.push(low, even, low + 1);
      }
    expect(middles.length).toBeGreaterThan(6 * (infinity - 130));
    expect([...written(middles, dtype)]).toEqual(expected);
  });
});

/** What PyTorch's `.half()` and `.bfloat16()` give. */
test.each<[Half, number, number]>([
  ["float16", 0.1, 0x2e66],
  ["float16", 1 / 3, 0x3555],
  ["float16", Math.PI, 0x4248],
  ["float16", -2.5, 0xc100],
  ["float16", -0, 0x8000],
  ["float16", 65504, 0x7bff],
  ["float16", 65519.996, 0x7bff],
  ["float16", 65520, 0x7c00],
  ["float16", -1e30, 0xfc00],
  ["float16", Number.POSITIVE_INFINITY, 0x7c00],
  ["float16", 2 ** -14, 0x0400],
  ["float16", 2 ** -14 - 2 ** -25, 0x0400],
  ["float16", 6.0975552e-5, 0x03ff],
  ["float16", 2 ** -24, 0x0001],
  ["float16", 2 ** -25, 0x0000],
  ["float16", 2 ** -25 * 1.001, 0x0001],
  ["float16", -1e-45, 0x8000],
  ["bfloat16", 0.1, 0x3dcd],
  ["bfloat16", 1 / 3, 0x3eab],
  ["bfloat16", Math.PI, 0x4049],
  ["bfloat16", -2.5, 0xc020],
  ["bfloat16", -0, 0x8000],
  ["bfloat16", 1 + 2 ** -8, 0x3f80],
  ["bfloat16", 1 + 3 * 2 ** -8, 0x3f82],
  ["bfloat16", 3.3895314e38, 0x7f7f],
  ["bfloat16", 3.4028235e38, 0x7f80],
  ["bfloat16", Number.NEGATIVE_INFINITY, 0xff80],
  ["bfloat16", 1e-45, 0x0000],
  ["bfloat16", 2 ** -133, 0x0001],
])("%s of %d", (dtype, value, bits) => {
  expect(written([value], dtype)[0]).toBe(bits);
});

test("NaN stays NaN, also where its upper bits are 0", () => {
  for (const bits of [0x7fc00000, 0x7f800001, 0xff800001, 0xffffffff, 0x7fbfffff]) {
    const floats = new Float32Array(Uint32Array.of(bits).buffer);
    const halves = new Uint16Array(1);
    toHalves(floats, halves);
    expect(halves[0] & 0x7fff).toBeGreaterThan(0x7c00);
    toBrainHalves(floats, halves);
    expect(halves[0] & 0x7fff).toBeGreaterThan(0x7f80);
  }
});

describe("tensors", () => {
  const state = {
    a: tensor([1 / 3, -2], { dtype: "float64" }),
    b: tensor([[1 / 3, 70000]]),
    n: tensor([3, 300000], { dtype: "int32" }),
    flag: tensor([true]),
  };

  test.each<["float64" | "float32" | Half, DType, number, number]>([
    ["float64", "float64", 1 / 3, 70000],
    ["float32", "float32", Math.fround(1 / 3), 70000],
    ["float16", "float32", 0.333251953125, Number.POSITIVE_INFINITY],
    ["bfloat16", "float32", 0.333984375, 70144],
  ])("of floating-point numbers are written as %s, others as they are", (dtype, read, third, large) => {
    const { tensors } = parseSafetensors(serializeSafetensors(state, { dtype }));
    expect(Object.fromEntries([...tensors].map(([name, t]) => [name, t.dtype]))).toEqual({ a: read, b: read, n: "int32", flag: "bool" });
    expect(tensors.get("a")?.toArray()).toEqual([third, -2]);
    expect(tensors.get("b")?.toArray()).toEqual([[dtype === "float64" ? Math.fround(1 / 3) : third, large]]);
    expect(tensors.get("n")?.toArray()).toEqual([3, 300000]);
  });

  test("a wrong element type is refused", () => {
    expect(() => serializeSafetensors(state, { dtype: "half" as never })).toThrow(
      'serializeSafetensors: dtype is "half"; expected "float64", "float32", "float16" or "bfloat16", or null.',
    );
  });
});
