import { describe, expect, it } from "vitest";
import { DivergedError, type DType, Parameter, tensor, zeros } from "../../src/index.js";
import { blockView } from "../../src/memory/views.js";
import { clipGradNorm, clipGradValue } from "../../src/optim/index.js";
import { builds, normals, withBuild } from "../support/kernels.js";
import { read } from "../support/repository.js";

interface Numbers {
  shape: number[];
  data: number[];
}

interface Golden {
  name: string;
  fn: string;
  max_norm: number;
  norm_type: number | "Infinity";
  grads: Record<string, Numbers>;
  total_norm: number;
  clipped: Record<string, Numbers>;
}

const { cases } = JSON.parse(read("test/golden/clipping.json")) as { cases: Golden[] };

function withGrad({ shape, data }: Numbers, dtype: DType = "float32"): Parameter {
  const parameter = new Parameter(zeros(shape, { dtype }));
  parameter.grad = tensor(data, { shape, dtype });
  return parameter;
}

const gradient = (parameter: Parameter) => [...(parameter.grad?.data ?? [])];
const of = (...data: number[]) => withGrad({ shape: [data.length], data });

describe.each(builds)("clipGradNorm, %s", (build) => {
  it.each(cases.map((one) => [one.name, one] as const))("%s is PyTorch's", (_, { max_norm, norm_type, grads, total_norm, clipped, fn }) => {
    expect(fn).toBe("clip_grad_norm_");
    for (const dtypes of [["float32"], ["float64"], ["float64", "float32"]] as DType[][]) {
      const params = Object.values(grads).map((grad, i) => withGrad(grad, dtypes[i % dtypes.length]));
      const norm = withBuild(build, () => clipGradNorm(params, max_norm, { normType: Number(norm_type) }));
      expect(Math.abs(norm - total_norm)).toBeLessThan(1e-5 * total_norm);
      Object.values(clipped).forEach(({ data }, i) => {
        gradient(params[i]).forEach((value, j) => {
          expect(Math.abs(value - data[j])).toBeLessThanOrEqual(1e-5 * Math.abs(data[j]));
        });
      });
    }
  });

  it("has orders below 1 as PyTorch", () => {
    const params = [of(1, -4), of(9)];
    expect(withBuild(build, () => clipGradNorm(params, 3.6, { normType: 0.5 }))).toBeCloseTo(36, 4);
    expect(params.flatMap(gradient)).toEqual([0.1, -0.4, 0.9].map((value) => expect.closeTo(value, 6)));
  });

  it("counts only parameters with a gradient, each once", () => {
    const [a, b, bare] = [of(3), of(4), new Parameter(zeros([2]))];
    withBuild(build, () => {
      expect(clipGradNorm([a, bare, b, a], 1)).toBe(5);
      expect(clipGradNorm(bare, 1)).toBe(0);
      expect(clipGradNorm([], 1)).toBe(0);
      expect(bare.grad).toBe(null);
    });
    expect(gradient(a)[0]).toBeCloseTo(0.6, 6);
  });

  it("measures without a limit, and a limit that holds changes no bit", () => {
    const x = withGrad({ shape: [1000], data: [...normals(1000, 3)] });
    const before = gradient(x);
    withBuild(build, () => {
      const norm = clipGradNorm(x, Infinity);
      expect(clipGradNorm(x, norm + 1)).toBe(norm);
    });
    expect(gradient(x)).toEqual(before);
  });

  it("a NaN spreads to the gradients but not to the padding between them", () => {
    const params = [of(1, Number.NaN), of(2, 3, 4)];
    withBuild(build, () => {
      expect(clipGradNorm(params, 1)).toBeNaN();
      expect(gradient(params[1])).toEqual([Number.NaN, Number.NaN, Number.NaN]);
      for (const parameter of params) {
        const { at } = parameter.gradientStorage();
        expect([...blockView("float32", at, parameter.slot.bytes / 4)].slice(parameter.size).every((value) => value === 0)).toBe(true);
      }
    });
  });

  it("an infinite gradient becomes NaN, its neighbours 0, as in PyTorch", () => {
    const x = of(1, Infinity);
    expect(withBuild(build, () => clipGradNorm(x, 1))).toBe(Infinity);
    expect(gradient(x)).toEqual([0, Number.NaN]);
  });

  it("errorIfNonFinite throws and changes nothing", () => {
    const x = of(1, Number.NaN);
    withBuild(build, () => {
      expect(() => clipGradNorm(x, 1, { errorIfNonFinite: true })).toThrow(
        "clipGradNorm: the gradient of a parameter [2] is NaN; expected finite numbers. Lower learningRate, or look for a root, a logarithm or a quotient that may be taken at 0.",
      );
      expect(() => clipGradNorm([of(1), x], Infinity, { errorIfNonFinite: true, normType: 3 })).toThrow(DivergedError);
    });
    expect(gradient(x)).toEqual([1, Number.NaN]);
  });

  it("errorIfNonFinite tells a norm that overflows from a gradient that is not finite", () => {
    const [x, wide] = [of(1e30), withGrad({ shape: [1], data: [1e200] }, "float64")];
    withBuild(build, () => {
      expect(clipGradNorm(x, Infinity, { errorIfNonFinite: true })).toBe(Math.fround(1e30));
      expect(() => clipGradNorm(wide, 1, { errorIfNonFinite: true })).toThrow(
        "clipGradNorm: the norm of the gradients is Infinity, although each is finite. Choose normType: Infinity, or scale the loss down.",
      );
    });
    expect(gradient(x)).toEqual([Math.fround(1e30)]);
  });

  it("does not overflow", () => {
    const x = of(3e38, 3e38);
    expect(withBuild(build, () => clipGradNorm(x, 5)) / 3e38).toBeCloseTo(Math.SQRT2, 6);
    gradient(x).forEach((value) => {
      expect(value).toBeCloseTo(5 / Math.SQRT2, 5);
    });
  });

  it("has the same bits wherever the gradients lie", () => {
    const sizes = [3, 8192, 20_000, 1];
    const norms = [0, 1].map((gap) => {
      const params = sizes.map((n, i) => {
        if (gap) new Parameter(zeros([i + 1]));
        return withGrad({ shape: [n], data: [...normals(n, n)] });
      });
      return withBuild(build, () => clipGradNorm(params, 1));
    });
    expect(norms[0]).toBe(norms[1]);
  });

  it("clipGradValue limits every element; NaN stays", () => {
    const params = [of(-2, -0.5, 0, Number.NaN, 7), of(Infinity)];
    withBuild(build, () => clipGradValue(params, 1));
    expect(params.map(gradient)).toEqual([[-1, -0.5, 0, Number.NaN, 1], [1]]);
  });
});

describe("clipping", () => {
  it("says what is wrong with an argument", () => {
    expect(() => clipGradNorm(of(1), -1)).toThrow("clipGradNorm: maxNorm is -1; expected a number ≥ 0.");
    expect(() => clipGradNorm(of(1), 1, { normType: 0 })).toThrow("clipGradNorm: normType is 0; expected a number > 0.");
    expect(() => clipGradNorm(of(1), 1, { normtype: 1 } as never)).toThrow(
      'clipGradNorm: unknown option "normtype". Known: normType, errorIfNonFinite. Did you mean "normType"?',
    );
    expect(() => clipGradNorm({} as never, 1)).toThrow("clipGradNorm: params is an object; expected parameters. Pass model.parameters().");
    expect(() => clipGradValue([zeros([1])] as never, 1)).toThrow(
      "clipGradValue: found a tensor; expected parameters. Pass model.parameters().",
    );
    expect(() => clipGradValue(of(1), Number.NaN)).toThrow("clipGradValue: clipValue is NaN; expected a number ≥ 0.");
  });
});
