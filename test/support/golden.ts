import { expect } from "vitest";
import { type DType, grad, type Tensor, tensor } from "../../src/index.js";
import { builds, withBuild } from "./kernels.js";
import { read } from "./repository.js";

/** A tensor in a golden file: flat and row-major, with strings for numbers that are not finite. */
export interface GoldenTensor {
  shape: number[];
  data: (number | string)[];
  /** The element type. Default float32. */
  dtype?: DType;
}

/** Numbers that PyTorch computed for one case. */
export interface GoldenCase {
  name: string;
  /** The class of torch.nn. */
  module_type?: string;
  config?: Record<string, unknown>;
  inputs: Record<string, GoldenTensor>;
  /** Further tensors, such as the class weights of a loss. */
  tensors?: Record<string, GoldenTensor>;
  outputs: Record<string, GoldenTensor>;
  /** The upstream gradient of each output. */
  grad_outputs: Record<string, GoldenTensor>;
  grads: Record<string, GoldenTensor>;
  /** The largest difference between PyTorch's float32 and float64 results, by name. */
  err: Record<string, number>;
}

/** Computes a case: returns its one result, or its results in the order of the case's outputs. */
export type Run = (inputs: Record<string, Tensor>, golden: GoldenCase) => Tensor | Tensor[];

/** The cases of `test/golden/<section>.json`. */
export function goldenCases(section: string): GoldenCase[] {
  return (JSON.parse(read(`test/golden/${section}.json`)) as { cases: GoldenCase[] }).cases;
}

export function goldenTensor({ shape, data, dtype = "float32" }: GoldenTensor, requiresGrad = false): Tensor {
  return tensor(data.map(Number), { shape, dtype, requiresGrad });
}

/** Expects on every build that results and gradients differ from PyTorch's by at most max(1e-5, 10 · err) + 1e-5 · |expected|. */
export function checkGolden(golden: GoldenCase, run: Run): void {
  for (const build of builds) {
    withBuild(build, () => {
      const inputs = Object.fromEntries(
        Object.entries(golden.inputs).map(([name, input]) => [name, goldenTensor(input, golden.grads[name] !== undefined)]),
      );
      const outputs = [run(inputs, golden)].flat();
      Object.entries(golden.outputs).forEach(([name, output], i) => {
        expectGolden(`${build}: ${name}`, outputs[i], output, golden.err[name]);
      });
      const wanted = Object.keys(golden.grads);
      const gradOutputs = Object.keys(golden.outputs).map((name) => goldenTensor(golden.grad_outputs[name]));
      const gradients = grad(
        outputs,
        wanted.map((name) => inputs[name]),
        { gradOutputs },
      );
      wanted.forEach((name, i) => {
        const err = golden.err[`grad.${name}`] ?? golden.err.grad;
        expectGolden(`${build}: gradient of ${name}`, gradients[i], golden.grads[name], err);
      });
    });
  }
}

function expectGolden(what: string, found: Tensor, expected: GoldenTensor, err: number): void {
  expect(err, `${what}: err`).toBeTypeOf("number");
  expect(found.shape, what).toEqual(expected.shape);
  const got = found.data;
  expected.data.map(Number).forEach((want, i) => {
    const tolerance = Math.max(1e-5, 10 * err) + 1e-5 * Math.abs(want);
    const equal = Object.is(got[i], want) || got[i] === want || Math.abs(got[i] - want) <= tolerance;
    if (!equal) expect.fail(`${what}: element ${i} is ${got[i]}; PyTorch has ${want}`);
  });
}
