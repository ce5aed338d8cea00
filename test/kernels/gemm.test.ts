import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as kernels from "../../src/kernels/generated.js";
import type { KernelBuild } from "../../src/kernels/load.js";
import { gemmStrips } from "../../src/kernels/strips.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, withBuild } from "../support/kernels.js";
import { argsOf, EXTENTS, FORMS, layout, type Operands, operands, PLAIN, type Product, products } from "../support/products.js";
import { read } from "../support/repository.js";

/** C, gaps and all, after a product in the ranges that end at `cuts`. */
function product(build: KernelBuild, p: Product, data: Operands, cuts: number[] = [], dtype: DType = "float32") {
  const blocks: Block[] = [];
  const args = argsOf(p, data, (values) => {
    const block = Block.of(values, dtype);
    blocks.push(block);
    return block.at;
  });
  const ends = [...cuts, gemmStrips(p.m, p.n, p.batch)];
  withBuild(build, () => {
    for (const [i, end] of ends.entries()) kernels.gemm(args, i === 0 ? 0 : ends[i - 1], end, dtype);
  });
  const result = blocks[2].read();
  for (const block of blocks) block.free();
  return result;
}

/** The definition, in float64, with what rounding may make of it. */
function reference(p: Product, data: Operands) {
  const l = layout(p);
  const value = Float64Array.from(data.c);
  const scale = new Float64Array(data.c.length);
  for (let z = 0; z < p.batch; z++) {
    for (let i = 0; i < p.m; i++) {
      for (let j = 0; j < p.n; j++) {
        let [sum, sizes] = [0, 1];
        for (let q = 0; q < p.k; q++) {
          const a = z * l.strideA + (p.transA ? q * l.lda + i : i * l.lda + q);
          const b = z * l.strideB + (p.transB ? j * l.ldb + q : q * l.ldb + j);
          sum += data.a[a] * data.b[b];
          sizes += Math.abs(data.a[a] * data.b[b]);
        }
        const c = z * l.strideC + i * l.ldc + j;
        const settled = sum + (p.beta === 0 ? 0 : p.beta * data.c[c]) + (p.biased ? data.bias[j] : 0);
        value[c] = p.relu ? Math.max(settled, 0) : settled;
        scale[c] = sizes + Math.abs(settled);
      }
    }
  }
  return { value, scale };
}

/** Everything written is right, everything else untouched. */
function expectRight(got: ArrayLike<number>, { value, scale }: ReturnType<typeof reference>, tolerance: number, what: string) {
  for (let i = 0; i < value.length; i++) {
    const right = scale[i] === 0 ? Object.is(got[i], value[i]) : Math.abs(got[i] - value[i]) <= tolerance * scale[i];
    if (!right) throw new Error(`${what}: element ${i} is ${got[i]} for ${value[i]}`);
  }
}

function check(build: KernelBuild, p: Product, cuts: number[] = []) {
  const data = operands(p, layout(p));
  const whole = product(build, p, data);
  expectRight(whole, reference(p, data), 1e-6, JSON.stringify(p));
  if (cuts.length > 0) expect(product(build, p, data, cuts)).toEqual(whole);
}

describe.each(builds)("gemm, %s", (build) => {
  it.each(FORMS)("has every edge, transA %s, transB %s", (transA, transB) => {
    for (const m of EXTENTS) for (const n of EXTENTS) check(build, { ...PLAIN, m, n, k: (m * n) % 11, transA, transB });
  });

  it("does what the record says, in any split", () => {
    const parts = fc.array(fc.nat(), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(products, parts, (p, at) => {
        const strips = gemmStrips(p.m, p.n, p.batch);
        check(
          build,
          p,
          at.map((cut) => cut % (strips + 1)).sort((x, y) => x - y),
        );
      }),
      { numRuns: 150, seed: 1 },
    );
  });

  it.each(FORMS)("goes on from block to block, transA %s, transB %s", (transA, transB) => {
    const settings = { ...PLAIN, transA, transB, biased: true, relu: true, beta: 0.75 };
    check(build, { ...settings, m: 15, n: 290, k: 523 }, [5, 33]);
    check(build, { ...settings, m: 37, n: 290, k: 523 }, [5, 33]);
    check(build, { ...settings, m: 2, n: 269, k: 523 }, [1, 20]);
    check(build, { ...settings, m: 70, n: 10, k: 523, gap: 1 }, [1, 7]);
    check(build, { ...settings, m: 70, n: 2, k: 523 }, [3]);
    check(build, { ...settings, m: 1100, n: 7, k: 5 }, [100, 270]);
    check(build, { ...settings, m: 12, n: 1024, k: 30 }, [64]);
  });

  it("gives a row of a few the bits that it has alone", () => {
    for (const k of [3, 8, 15, 100]) {
      const p = { ...PLAIN, m: 5, n: 13, k, transB: true, biased: true };
      const data = operands(p, layout(p));
      const together = product(build, p, data);
      for (let i = 0; i < p.m; i++) {
        const alone = product(build, { ...p, m: 1 }, { ...data, a: data.a.slice(i * k, (i + 1) * k), c: data.c.slice(0, p.n) });
        expect(alone).toEqual(together.slice(i * p.n, (i + 1) * p.n));
      }
    }
  });

  it("scales C alone where k is 0, and does not look at it where beta is 0", () => {
    check(build, { ...PLAIN, m: 7, n: 9, k: 0, beta: 0.75, biased: true });
    check(build, { ...PLAIN, m: 7, n: 9, k: 0 });
  });

  it("lets NaN and infinities through, and no further than their row and column", () => {
    for (const [transA, transB] of FORMS) {
      for (const [m, n, k] of [
        [1, 70, 20],
        [13, 21, 9],
        [40, 10, 70],
        [70, 100, 30],
      ]) {
        const p = { ...PLAIN, m, n, k, transA, transB, relu: true };
        const data = operands(p, layout(p));
        data.a[0] = Number.NaN; // row 0, and k 0 in either form
        data.b[transB ? k : 1] = Number.POSITIVE_INFINITY; // column 1
        const row = (c: number) => Number.isNaN(c);
        const column = (c: number) => c === 0 || c === Number.POSITIVE_INFINITY;
        product(build, p, data).forEach((c, i) => {
          const allowed = i < n ? row : i % n === 1 ? column : Number.isFinite;
          if (!allowed(c)) throw new Error(`element ${i} of ${m} × ${n} is ${c}`);
        });
      }
    }
  });
});

it("computes in float64 on the twin", () => {
  const p = { ...PLAIN, m: 9, n: 11, k: 40, batch: 2, transB: true, biased: true };
  const data = operands(p, layout(p));
  expectRight(product("js", p, data, [], "float64"), reference(p, data), 1e-15, "float64");
});

const TILES = [
  ...["rowsTall", "rowsShort", "rows12", "panelTall", "panelShort", "panel12"].map((name) => `micro/${name}`),
  ...["wideTall", "wideShort", "wideHalf"].map((name) => `microWide/${name}`),
];

/** A micro-kernel that is inlined spills: see assembly/micro.ts. */
it.each(["simd", "relaxed"])("%s keeps its micro-kernels out of line", (build) => {
  const text = read(`build/kernels/core.${build}.wat`);
  for (const name of [...TILES, "dots/dots", "dots/dotsWide", "dots/dotsRow"]) expect(text).toContain(`(func $assembly/${name} `);
});
