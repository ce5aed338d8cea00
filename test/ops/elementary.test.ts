import { describe, expect, test } from "vitest";
import { type DType, grad, type Tensor, tensor } from "../../src/index.js";
import * as elementary from "../../src/ops/elementary.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { erf } from "../support/erf.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";

type Name = keyof typeof elementary;

const SIZES = [1, 3, 4, 5, 17, 64];
const [INF, NAN] = [Number.POSITIVE_INFINITY, Number.NaN];

/** Where each function is smooth and of moderate size; the reference in float64. */
const functions: Record<Name, { range: readonly [number, number]; f: (x: number) => number; tolerance?: number }> = {
  neg: { range: [-2, 2], f: (x) => -x },
  abs: { range: [0.1, 2], f: Math.abs },
  sign: { range: [-2, 2], f: Math.sign },
  square: { range: [-2, 2], f: (x) => x * x },
  sqrt: { range: [0.2, 4], f: Math.sqrt },
  rsqrt: { range: [0.3, 4], f: (x) => 1 / Math.sqrt(x) },
  reciprocal: { range: [0.4, 4], f: (x) => 1 / x },
  exp: { range: [-3, 3], f: Math.exp },
  expm1: { range: [-3, 3], f: Math.expm1 },
  log: { range: [0.3, 9], f: Math.log },
  log1p: { range: [-0.5, 9], f: Math.log1p },
  log2: { range: [0.3, 9], f: Math.log2 },
  log10: { range: [0.3, 9], f: Math.log10 },
  sin: { range: [-7, 7], f: Math.sin },
  cos: { range: [-7, 7], f: Math.cos },
  tan: { range: [-1.2, 1.2], f: Math.tan },
  sinh: { range: [-3, 3], f: Math.sinh },
  cosh: { range: [-3, 3], f: Math.cosh },
  erf: { range: [-3, 3], f: (x) => erf(x) },
  floor: { range: [-4, 4], f: Math.floor },
  ceil: { range: [-4, 4], f: Math.ceil },
  round: { range: [-4, 4], f: (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x)) },
  trunc: { range: [-4, 4], f: Math.trunc },
};

const operation = (name: Name): ((x: Tensor) => Tensor) => elementary[name];
const of = (values: number[], dtype: DType = "float32", requiresGrad = false): Tensor => tensor(values, { dtype, requiresGrad });

describe.each(Object.keys(functions) as Name[])("%s", (name) => {
  const { range, f, tolerance } = functions[name];
  const op = operation(name);

  test.each(SIZES)("%i elements", (n) => checkOp({ op, shapes: [[n]], result: [n], range, tolerance, seed: n }));
  test("scalar, matrix, nothing", () => {
    checkOp({ op, shapes: [[]], result: [], range, tolerance });
    checkOp({ op, shapes: [[3, 5]], result: [3, 5], range, tolerance });
    checkOp({ op, shapes: [[2, 0, 3]], result: [2, 0, 3], range, tolerance });
  });
  test("is the function of its name, to float64", () => {
    const x = Array.from({ length: 33 }, (_, i) => range[0] + ((range[1] - range[0]) * i) / 32);
    expectClose(name, op(of(x, "float64")), Float64Array.from(x, f), 1e-13);
  });
  test("is a method too", () => {
    const x = of([range[0], range[1]]);
    expect((x[name] as () => Tensor)().data).toEqual(op(x).data);
  });
  test("NaN stays", () => {
    for (const build of builds)
      withBuild(build, () => expect(op(of([NAN, 1, NAN])).data.map(Number.isNaN as never)).toEqual(Float32Array.of(1, 0, 1)));
  });
  test("no other thing than a tensor", () => {
    expect(failure(() => op(3 as never))).toBe(`ARGUMENT ${name}: x is 3; expected a tensor. Wrap it with tensor(…).`);
    expect(failure(() => op([1, 2] as never))).toBe(
      `ARGUMENT ${name}: x is an array of length 2; expected a tensor. Wrap it with tensor(…).`,
    );
    expect(failure(() => op(undefined as never))).toBe(`ARGUMENT ${name}: x is undefined; expected a tensor. Wrap it with tensor(…).`);
  });
});

describe("special values", () => {
  test.each<[Name, number[], number[]]>([
    ["neg", [0, -0, INF], [-0, 0, -INF]],
    ["abs", [-0, -INF, -3], [0, INF, 3]],
    ["sign", [-5, -0, 0, 5, INF, -INF], [-1, -0, 0, 1, 1, -1]],
    ["square", [-0, -INF, -3], [0, INF, 9]],
    ["sqrt", [0, -0, INF, -1, -INF], [0, -0, INF, NAN, NAN]],
    ["rsqrt", [0, INF, -1, 4], [INF, 0, NAN, 0.5]],
    ["reciprocal", [0, -0, INF, -INF], [INF, -INF, 0, -0]],
    ["exp", [0, -INF, INF, 100, -200], [1, 0, INF, INF, 0]],
    ["expm1", [0, -0, -INF, INF], [0, -0, -1, INF]],
    ["log", [1, 0, -0, -1, INF], [0, -INF, -INF, NAN, INF]],
    ["log1p", [0, -0, -1, -2, INF], [0, -0, -INF, NAN, INF]],
    ["log2", [1, 0, -1, INF], [0, -INF, NAN, INF]],
    ["log10", [1, 0, -1, INF], [0, -INF, NAN, INF]],
    ["sin", [0, -0, INF, -INF], [0, -0, NAN, NAN]],
    ["cos", [0, -0, INF], [1, 1, NAN]],
    ["tan", [0, -0, INF], [0, -0, NAN]],
    ["sinh", [0, -0, INF, -INF, 90], [0, -0, INF, -INF, INF]],
    ["cosh", [0, -0, INF, -INF], [1, 1, INF, INF]],
    ["erf", [0, -0, INF, -INF, 9], [0, -0, 1, -1, 1]],
    ["floor", [-0.5, 0.5, -0, INF, -INF, 1e10], [-1, 0, -0, INF, -INF, 1e10]],
    ["ceil", [-0.5, 0.5, -0, INF, -INF], [-0, 1, -0, INF, -INF]],
    ["trunc", [-1.5, 1.5, -0.5, INF, -INF], [-1, 1, -0, INF, -INF]],
    ["round", [0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 0.49999997, INF, 8388609], [0, 2, 2, -0, -2, -2, 0, INF, 8388609]],
  ])("%s(%j)", (name, x, y) => {
    for (const build of builds) withBuild(build, () => expect(Array.from(operation(name)(of(x)).data), build).toEqual(y.map(Math.fround)));
  });

  test("expm1, log1p, sinh, erf lose no digits near 0", () => {
    const x = [1e-6, -1e-6, 1e-20, 3e-4];
    for (const name of ["expm1", "log1p", "sinh", "erf"] as const) {
      for (const build of builds) {
        withBuild(build, () => {
          operation(name)(of(x)).data.forEach((y, i) => {
            expect(Math.abs(y / functions[name].f(Math.fround(x[i])) - 1), `${build}: ${name}(${x[i]})`).toBeLessThan(1e-6);
          });
        });
      }
    }
  });
});

describe("gradients where PyTorch defines them", () => {
  test.each<[Name, number[], number[]]>([
    ["abs", [-2, -0, 0, 3], [-1, 0, 0, 1]],
    ["sqrt", [0, 4], [INF, 0.25]],
    ["sign", [-1, 0, 1], [0, 0, 0]],
    ["floor", [0.5, 1], [0, 0]],
    ["ceil", [0.5, 1], [0, 0]],
    ["round", [0.5, 1], [0, 0]],
    ["trunc", [0.5, 1], [0, 0]],
    ["log", [0, 2], [INF, 0.5]],
    ["reciprocal", [2, -1], [-0.25, -1]],
    ["sinh", [0, -0], [1, 1]],
    ["cosh", [0, -0], [0, 0]],
    ["tan", [0], [1]],
  ])("%s at %j", (name, x, dx) => {
    const input = of(x, "float32", true);
    const [gradient] = grad(operation(name)(input).sum(), input);
    expect(Array.from(gradient.data, (value) => value + 0)).toEqual(dx);
  });
});

describe("element types", () => {
  const WHOLE: Name[] = ["neg", "abs", "sign", "square", "floor", "ceil", "round", "trunc"];

  test.each(WHOLE)("%s keeps integers", (name) => {
    expect(operation(name)(of([3, -4], "int32")).dtype).toBe("int32");
    expect(operation(name)(of(name === "neg" ? [0] : [3, 4], "uint8")).dtype).toBe("uint8");
    const { f } = functions[name];
    expect(Array.from(operation(name)(of([3, -4, 0], "int32")).data)).toEqual([f(3), f(-4), 0]);
  });

  test.each((Object.keys(functions) as Name[]).filter((name) => !WHOLE.includes(name)))("%s makes float32 of integers", (name) => {
    for (const dtype of ["int32", "uint8", "bool"] as const) {
      const y = operation(name)(of([1, 1, 0], dtype));
      expect(y.dtype).toBe("float32");
      expect(y.data).toEqual(operation(name)(of([1, 1, 0])).data);
    }
  });

  test("float64 stays", () => {
    for (const name of Object.keys(functions) as Name[]) expect(operation(name)(of([1], "float64")).dtype).toBe("float64");
  });

  test("bool", () => {
    for (const name of WHOLE.filter((name) => name !== "neg")) {
      const y = operation(name)(tensor([true, false]));
      expect(y.dtype).toBe("bool");
      expect(Array.from(y.data)).toEqual([1, 0]);
    }
    expect(failure(() => tensor([true]).neg())).toBe(
      'DTYPE neg: a bool tensor has no negative. Write x.eq(0) for "not", or cast("int32").',
    );
  });
});
