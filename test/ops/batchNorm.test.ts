import { describe, expect, test } from "vitest";
import { noGrad, Parameter, type Shape, type Tensor, tensor } from "../../src/index.js";
import type { Fused } from "../../src/ops/activation.js";
import { batchNorm, batchNormEval } from "../../src/ops/batchNorm.js";
import { CASES } from "../support/activations.js";
import { checkOp } from "../support/checkOp.js";
import { normals } from "../support/kernels.js";

const fused = (wanted: string): Fused => CASES.find(({ name }) => name === wanted)?.fused as Fused;

const PLAIN = { epsilon: 1e-3, momentum: 0.1, activation: null };
/** One that the kernel applies, and one that runs over the result. */
const [RELU, TANH] = ["relu", "tanh"].map((name) => ({ ...PLAIN, activation: fused(name) }));

const statistics = (channels: number, dtype: "float32" | "float64" = "float32") => ({
  mean: tensor(normals(channels, 8), { dtype }),
  variance: tensor(normals(channels, 9).map(Math.abs), { dtype }),
  batches: tensor(0, { dtype: "int32" }),
});

describe.each([[[5, 1]], [[4, 3]], [[17, 5]], [[9, 17]], [[3, 2, 5]], [[2, 3, 2, 2]], [[1, 3, 4]]] as Shape[][])(
  "batch norm of [%s]",
  (shape) => {
    const channels = shape[1];
    const check = (op: (x: Tensor, w: Tensor, b: Tensor) => Tensor): void =>
      checkOp({ op, shapes: [shape, [channels], [channels]], result: shape, tolerance: 3e-5 });

    test("training", () => check((x, w, b) => batchNorm(x, w, b, null, PLAIN)));
    test("evaluation", () => check((x, w, b) => batchNormEval(x, w, b, statistics(channels), PLAIN)));
    test.each([
      ["relu", RELU],
      ["tanh", TANH],
    ])("with %s", (_, attributes) => {
      check((x, w, b) => batchNorm(x, w, b, null, attributes));
      check((x, w, b) => batchNormEval(x, w, b, statistics(channels), attributes));
    });
    test("without weight and bias", () => {
      checkOp({ op: (x) => batchNorm(x, null, null, null, PLAIN), shapes: [shape], tolerance: 3e-5 });
      checkOp({ op: (x) => batchNormEval(x, null, null, statistics(channels), RELU), shapes: [shape], tolerance: 3e-5 });
    });
  },
);

test("running statistics move, of whatever element type", () => {
  for (const dtype of ["float32", "float64"] as const) {
    const running = { mean: tensor([1, 2]), variance: tensor([1, 3]), batches: tensor(6, { dtype: "int32" }) };
    batchNorm(tensor([[1, 2], [3, 6]], { dtype }), null, null, running, { ...PLAIN, momentum: 0.5 }); // biome-ignore format: a matrix
    expect(running.mean.toArray()).toEqual([1.5, 3]);
    expect(running.variance.toArray()).toEqual([1.5, 5.5]);
    expect(running.batches.item()).toBe(7);
    batchNormEval(tensor([[1, 2]], { dtype }), null, null, running, PLAIN);
    expect([running.mean.toArray(), running.batches.item()]).toEqual([[1.5, 3], 7]);
  }
});

test("backward after another batch: training keeps what it saved, evaluation reports the change", () => {
  const running = statistics(2);
  const w = new Parameter(tensor([1, 1]));
  const x = tensor([[1, 2], [3, 6]]); // biome-ignore format: a matrix
  const first = batchNorm(x, w, null, running, PLAIN);
  noGrad(() => batchNorm(x, w, null, running, PLAIN));
  first.sum().backward();
  const second = batchNormEval(x, w, null, running, PLAIN);
  noGrad(() => batchNorm(x, w, null, running, PLAIN));
  expect(() => second.sum().backward()).toThrow("batchNorm");
});

test("one value per channel", () => {
  expect(() => batchNorm(tensor([[1, 2]]), null, null, null, PLAIN)).toThrow(
    "batchNorm: x [1, 2] has 1 values per channel; training needs more than 1 value per channel. Leave a last batch of one sample out with dropLast: true",
  );
  expect(batchNormEval(tensor([[1, 2]]), null, null, statistics(2), PLAIN).shape).toEqual([1, 2]);
});
