import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Status } from "../../src/kernels/generated/constants.js";
import * as kernels from "../../src/kernels/generated.js";
import { takeFault } from "../../src/kernels/status.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, normals, random, withBuild } from "../support/kernels.js";

type Build = (typeof builds)[number];

interface Problem {
  logits: ArrayLike<number>;
  target: ArrayLike<number>;
  classes: number;
  labels?: "int32" | "uint8";
  weight?: ArrayLike<number>;
  smoothing?: number;
  ignoreIndex?: number;
  reduction?: "mean" | "sum" | "none";
  /** Upstream gradient: one number, or one for each row. */
  g?: number[];
  dtype?: DType;
  cut?: number;
}

/** Loss and gradient as an operation would compute them from the kernels. */
function solve(build: Build, problem: Problem) {
  const { classes, smoothing = 0, ignoreIndex = -100, reduction = "none", g = [1], dtype = "float32", cut = 0, labels } = problem;
  const rows = problem.logits.length / classes;
  const [logits, target] = [Block.of(problem.logits, dtype), Block.of(problem.target, labels ?? dtype)];
  const classWeight = Block.of(problem.weight ?? [], dtype);
  const [loss, weight, saved] = [rows, rows, 3 * rows].map((n) => new Block(n, dtype));
  const [mean, totalWeight, grad] = [1, 1, logits.length].map((n) => new Block(n, dtype));
  const upstream = Block.of(g, dtype);
  const shared = {
    ...{ logits: logits.at, target: target.at, classWeight: problem.weight ? classWeight.at : 0, saved: saved.at },
    ...{ classes, smoothing, ignoreIndex, labelBytes: labels === "int32" ? 4 : labels === "uint8" ? 1 : 0 },
  };
  withBuild(build, () => {
    const forward = { ...shared, loss: loss.at, weight: weight.at };
    kernels.crossEntropyRows(forward, cut, rows, dtype);
    kernels.crossEntropyRows(forward, 0, cut, dtype);
    kernels.meanLoss({ loss: loss.at, weight: weight.at, out: mean.at, totalWeight: totalWeight.at, rows }, 0, 1, dtype);
    const divisor = reduction === "mean" ? totalWeight.at : 0;
    const backward = { ...shared, g: upstream.at, totalWeight: divisor, out: grad.at, gradPerRow: Number(g.length > 1) };
    kernels.crossEntropyRowsGrad(backward, cut, rows, dtype);
    kernels.crossEntropyRowsGrad(backward, 0, cut, dtype);
  });
  const blocks = { loss, weight, saved, mean, totalWeight, grad };
  const result = Object.fromEntries(Object.entries(blocks).map(([name, block]) => [name, [...block.read()]])) as Record<
    keyof typeof blocks,
    number[]
  >;
  for (const block of [logits, target, classWeight, upstream, ...Object.values(blocks)]) block.free();
  return result;
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, absolute = 2e-6, relative = 2e-6) {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    expect(Math.abs(actual[i] - expected[i])).toBeLessThanOrEqual(absolute + relative * Math.abs(expected[i]));
  }
}

interface Golden {
  name: string;
  config: { reduction: "mean" | "sum" | "none"; label_smoothing?: number; ignore_index?: number };
  tensors: { weight?: { data: number[] } };
  inputs: { input: { shape: number[]; data: number[] }; target: { dtype?: string; data: number[] } };
  outputs: { output: { data: number[] } };
  grad_outputs: { output: { data: number[] } };
  grads: { input: { data: number[] } };
  err: { output: number; "grad.input": number };
}
const golden = (JSON.parse(readFileSync(new URL("../golden/losses.json", import.meta.url), "utf8")).cases as Golden[]).filter((c) =>
  c.name.startsWith("CrossEntropy"),
);

/** [n, c, …] → [n, …, c] and back: the rows that the kernels want. */
function classesLast(data: number[], [n, c, ...rest]: number[], back = false): number[] {
  const inner = rest.reduce((a, b) => a * b, 1);
  const out = new Array<number>(data.length);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < c; j++)
      for (let k = 0; k < inner; k++) {
        const [first, last] = [(i * c + j) * inner + k, (i * inner + k) * c + j];
        out[back ? first : last] = data[back ? last : first];
      }
  return out;
}

describe.each(builds)("cross-entropy, %s", (build) => {
  it.each(golden)("PyTorch: $name", ({ config, tensors, inputs, outputs, grad_outputs, grads, err }) => {
    const { shape } = inputs.input;
    const isLabel = inputs.target.dtype !== undefined;
    const result = solve(build, {
      logits: classesLast(inputs.input.data, shape),
      target: isLabel ? inputs.target.data : classesLast(inputs.target.data, shape),
      labels: isLabel ? "int32" : undefined,
      classes: shape[1],
      weight: tensors.weight?.data,
      smoothing: config.label_smoothing,
      ignoreIndex: config.ignore_index,
      reduction: config.reduction,
      g: grad_outputs.output.data,
    });
    const value = { mean: result.mean, sum: [result.loss.reduce((a, b) => a + b, 0)], none: result.loss }[config.reduction];
    expectClose(value, outputs.output.data, Math.max(1e-5, 10 * err.output), 1e-5);
    expectClose(classesLast(result.grad, shape, true), grads.input.data, Math.max(1e-5, 10 * err["grad.input"]), 1e-5);
  });

  it("agrees with float64 for every tail, kind of target and option, whatever the split", () => {
    for (const classes of [1, 2, 3, 4, 5, 7, 8, 9, 10, 16, 17, 33, 100, 1000]) {
      const rows = 4;
      const next = random(classes);
      const logits = normals(rows * classes, classes).map((v) => 3 * v);
      const int32 = Int32Array.from({ length: rows }, () => Math.floor(next() * classes));
      const soft = Float32Array.from({ length: rows * classes }, () => next() / classes);
      for (const weight of [undefined, Float32Array.from({ length: classes }, () => next() + 0.5)]) {
        for (const smoothing of [0, 0.25]) {
          for (const [target, labels] of [
            [int32, "int32"],
            [int32.map((c) => c % 256), "uint8"],
            [soft, undefined],
          ] as const) {
            const problem: Problem = { logits, target, labels, classes, weight, smoothing, g: [1, 2, -1, 0.5] };
            const result = solve(build, problem);
            const exact = solve("js", { ...problem, dtype: "float64" });
            expectClose(result.loss, exact.loss, 5e-6, 2e-6);
            expectClose(result.weight, exact.weight, 0, 0);
            expectClose(result.grad, exact.grad);
            expect(solve(build, { ...problem, cut: 1 })).toEqual(result);
            expect(solve(build, { ...problem, cut: 3 })).toEqual(result);
          }
        }
      }
    }
  });

  it("reports a label out of range, and treats its row as ignored", () => {
    for (const outside of [-1, 3, 2147483647, -2147483648]) {
      const result = solve(build, {
        logits: normals(9, 1),
        target: [1, outside, -100],
        labels: "int32",
        classes: 3,
        smoothing: 0.1,
        reduction: "mean",
      });
      expect(takeFault()).toEqual({ code: Status.IndexOutOfRange, detail: 1 });
      expect(takeFault()).toBe(null);
      expect(result.loss.slice(1)).toEqual([0, 0]);
      expect(result.weight).toEqual([1, 0, 0]);
      expect(result.grad.slice(3)).toEqual(new Array(6).fill(0));
    }
  });

  it("weighs labels: by class, or 1; 0 where they are ignored; one out of range is reported where classes have weights", () => {
    const weigh = (labels: number[], dtype: "int32" | "uint8", ignoreIndex: number, weights: number[], cut = 0): number[] => {
      const [target, classWeight, out] = [Block.of(labels, dtype), Block.of(weights, "float32"), new Block(labels.length, "float32")];
      const record = {
        ...{ target: target.at, classWeight: weights.length > 0 ? classWeight.at : 0, out: out.at },
        ...{ classes: weights.length, labelBytes: dtype === "int32" ? 4 : 1, ignoreIndex },
      };
      withBuild(build, () => {
        kernels.labelWeights(record, cut, labels.length, "float32");
        kernels.labelWeights(record, 0, cut, "float32");
      });
      const found = [...out.read()];
      for (const block of [target, classWeight, out]) block.free();
      return found;
    };
    for (const cut of [0, 1, 3]) {
      expect(weigh([2, -100, 0, 1, -100], "int32", -100, [0.5, 2, 3], cut)).toEqual([3, 0, 0.5, 2, 0]);
      expect(weigh([2, 255, 0, 1], "uint8", 255, [0.5, 2, 3], cut)).toEqual([3, 0, 0.5, 2]);
      expect(weigh([-1, -100, 2147483647, 0], "int32", -100, [], cut)).toEqual([1, 0, 1, 1]);
    }
    expect(takeFault()).toBe(null);
    expect(weigh([0, 3, -1], "int32", -100, [1, 1, 1])).toEqual([1, 0, 0]);
    expect(takeFault()).toEqual({ code: Status.IndexOutOfRange, detail: 1 });
  });

  it("has gradient 0 where a mean over nothing is not asked for", () => {
    const problem: Problem = { logits: normals(6, 1), target: [0, 0], labels: "int32", classes: 3, weight: [0, 1, 1], reduction: "mean" };
    expect(solve(build, { ...problem, g: [0] }).grad.every((value) => value === 0)).toBe(true);
    expect(solve(build, { ...problem, g: [1] }).grad).toEqual(new Array(6).fill(NaN));
  });

  it("is NaN on average when every row is ignored, with gradient 0", () => {
    const result = solve(build, {
      logits: normals(6, 1),
      target: [255, 255],
      labels: "uint8",
      ignoreIndex: 255,
      classes: 3,
      reduction: "mean",
    });
    expect(result.mean).toEqual([NaN]);
    expect(result.grad).toEqual(new Array(6).fill(0));
    expect(takeFault()).toBe(null);
  });

  it("asks nothing of classes masked by −∞, and stays finite for huge logits", () => {
    const result = solve(build, { logits: [-Infinity, 2, 2, 1e30, -1e30, 0], target: [1, 0], labels: "int32", classes: 3 });
    expectClose(result.loss, [Math.log(2), 0]);
    expectClose(result.grad, [0, -0.5, 0.5, 0, 0, 0]);
    expect(solve(build, { logits: [-Infinity, 2, 2], target: [0], labels: "int32", classes: 3 }).loss).toEqual([Infinity]);
    expect(solve(build, { logits: [NaN, 2, 2], target: [1], labels: "int32", classes: 3 }).loss).toEqual([NaN]);
  });
});
