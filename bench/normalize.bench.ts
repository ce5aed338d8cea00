import * as kernels from "../src/kernels/generated.js";
import { floats } from "./data.js";
import type { Row } from "./harness.js";

/** The kernels of a training step: forward, and all gradients. Each reads and writes everything once. */
function batchNorm(outer: number, channels: number, inner: number, act: number): Row {
  const n = outer * channels * inner;
  return {
    group: "normalize",
    name: `batchNorm${act ? " relu" : ""} ${[outer, channels, inner].slice(0, inner > 1 ? 3 : 2).join("×")}, both ways`,
    bytes: 4 * n * (act ? 6 : 5),
    setup: () => {
      const shape = { outer, channels, inner, act };
      const common = { ...shape, x: floats(n), weight: floats(channels), saved: floats(2 * channels) };
      const running = { runningMean: floats(channels), runningVar: floats(channels), count: 0, momentum: 0.1 };
      const forward = { ...common, ...running, bias: floats(channels), out: floats(n), epsilon: 1e-5 };
      const gradients = { weightGrad: floats(channels), biasGrad: floats(channels), weightBeta: 0, biasBeta: 0 };
      const backward = { ...common, ...gradients, g: floats(n), y: forward.out, out: floats(n), training: 1 };
      return () => {
        kernels.batchNorm(forward, 0, channels);
        kernels.batchNormGrad(backward, 0, channels);
      };
    },
  };
}

/** In evaluation, with ReLU. */
function batchNormEval(outer: number, channels: number): Row {
  const n = outer * channels;
  return {
    group: "normalize",
    name: `batchNormEval relu ${outer}×${channels}`,
    bytes: 8 * n,
    setup: () => {
      const running = { runningMean: floats(channels), runningVar: floats(channels), count: 0, momentum: 0.1 };
      const affine = { weight: floats(channels), bias: floats(channels), saved: floats(2 * channels) };
      const args = { ...running, ...affine, outer, channels, inner: 1, act: 1, x: floats(n), out: floats(n), epsilon: 1e-5 };
      return () => kernels.batchNormEval(args, 0, channels);
    },
  };
}

function layerNorm(rows: number, columns: number): Row[] {
  const n = rows * columns;
  const setup = () => {
    const common = { x: floats(n), saved: floats(2 * rows), columns, centered: 1 };
    const forward = { ...common, weight: floats(columns), bias: floats(columns), out: floats(n), epsilon: 1e-5 };
    const backward = { ...common, g: floats(n), weight: forward.weight, out: floats(n) };
    const gradients = { weightGrad: floats(columns), biasGrad: floats(columns), weightBeta: 0, biasBeta: 0 };
    kernels.layerNorm(forward, 0, rows);
    return { forward, backward, sums: { ...common, ...gradients, g: backward.g, rows } };
  };
  const name = `layerNorm ${rows}×${columns}`;
  return [
    {
      group: "normalize",
      name,
      bytes: 8 * n,
      setup: () => {
        const { forward } = setup();
        return () => kernels.layerNorm(forward, 0, rows);
      },
    },
    {
      group: "normalize",
      name: `${name} grad`,
      bytes: 12 * n,
      setup: () => {
        const { backward, sums } = setup();
        return () => {
          kernels.layerNormGrad(backward, 0, rows);
          kernels.layerNormSums(sums, 0, columns);
        };
      },
    },
  ];
}

export const rows: Row[] = [
  batchNorm(32, 256, 1, 0),
  batchNorm(32, 256, 1, 1),
  batchNorm(128, 512, 1, 0),
  batchNorm(32, 16, 196, 1),
  batchNorm(32, 64, 256, 1),
  batchNorm(32, 128, 64, 1),
  batchNorm(32, 512, 16, 1),
  batchNorm(32, 64, 49, 1),
  batchNormEval(32, 256),
  ...layerNorm(1024, 128),
];
