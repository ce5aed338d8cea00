import { type Captured, capture } from "../capture/capture.js";
import { noGrad } from "../graph/mode.js";
import { Parameter } from "../graph/parameter.js";
import * as kernels from "../kernels/generated.js";
import { multiplyAdds } from "../kernels/limits.js";
import { isWide } from "../kernels/load.js";
import { allocate } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import { Sequential } from "../model/sequential.js";
import { Dense } from "../nn/layers/dense.js";
import { crossEntropy, mse } from "../nn/losses.js";
import { Adam } from "../optim/adam.js";
import type { Optimizer } from "../optim/optimizer.js";
import { SGD } from "../optim/sgd.js";
import { tensor } from "../tensor/creation.js";
import { randint, randn } from "../tensor/random.js";
import { manualSeed } from "../tensor/seed.js";
import type { Tensor } from "../tensor/tensor.js";

/** A row of the benchmark: one function whose time is measured. */
export interface BenchRow {
  readonly group: "limits" | "operations" | "training";
  readonly name: string;
  /** Floating-point operations of a call. The row is compared with multiply-adds in registers, of 256 bits where kernels are. */
  readonly flops?: number;
  /** Bytes that a call reads and writes. The row is compared with copying. */
  readonly bytes?: number;
  /** Whether the row runs on one thread only. */
  readonly alone?: boolean;
  /** Whether the row runs with kernels of 128 bits, whatever the others do. */
  readonly narrow?: boolean;
  readonly call: () => void;
}

const MILLION = 1024 * 1024;
const BATCH = 128;
/** Operations of the products in a step: two in the hidden layer, whose input needs no gradient, three in the output layer. */
const MLP_FLOPS = 2 * BATCH * (2 * 784 * 512 + 3 * 512 * 10);

/**
 * All rows, limits first, those that apply before others. `capturedBytes` gives the bytes that the captured step of the multilayer perceptron holds, after that row was
 * measured.
 */
export function benchRows(): { rows: BenchRow[]; capturedBytes: () => number } {
  manualSeed(1);
  const million = new Parameter(randn([1024, 1024]));
  const captured = capture(mlpStep());
  const [x, y] = [randn([BATCH, 784]), randint(0, 10, [BATCH])];
  const mlp = mlpStep();
  const rows: BenchRow[] = [
    ...inRegisters(),
    copy(),
    matmul(256),
    matmul(512),
    map("relu, 1 M elements", () => million.relu()),
    map("tanh, 1 M elements", () => million.tanh()),
    map("softmax, 1024 rows of 1024", () => million.softmax()),
    adam(),
    training("mlp 784-512-10, batch 128, eager", () => mlp(x, y).item(), MLP_FLOPS),
    training("mlp 784-512-10, batch 128, captured", () => captured(x, y).item(), MLP_FLOPS),
    { ...xor(), alone: true },
  ];
  return { rows, capturedBytes: () => captured.status().bytes };
}

/** Rounds of multiply-adds in a call. */
const ROUNDS = 10_000;

/** Multiply-adds as kernels are compiled; if that is to 256-bit instructions, those of 128 bits too. */
function inRegisters(): BenchRow[] {
  const { flops, callShared } = multiplyAdds(ROUNDS);
  const row = { group: "limits", name: "multiply-add in registers", flops, call: callShared } as const;
  return isWide()
    ? [
        { ...row, name: `${row.name}, 256 bits` },
        { ...row, name: `${row.name}, 128 bits`, narrow: true },
      ]
    : [row];
}

function copy(): BenchRow {
  const [x, out] = [allocate(4 * MILLION), allocate(4 * MILLION)];
  views.f32.fill(1, x / 4, x / 4 + MILLION);
  return { group: "limits", name: "copy, 1 M elements", bytes: 8 * MILLION, call: () => kernels.copy({ x, out }, 0, MILLION) };
}

function matmul(n: number): BenchRow {
  const [a, b] = [new Parameter(randn([n, n])), new Parameter(randn([n, n]))];
  return { group: "operations", name: `matmul, ${n} × ${n} × ${n}`, flops: 2 * n * n * n, call: () => noGrad(() => void a.matmul(b)) };
}

function map(name: string, call: () => Tensor): BenchRow {
  return { group: "operations", name, bytes: 8 * MILLION, call: () => noGrad(() => void call()) };
}

/** A step of Adam. It reads the parameter, its gradient and both moments, and writes all of them but the gradient. */
function adam(): BenchRow {
  const parameter = new Parameter(randn([MILLION]));
  parameter.sum().backward();
  const optimizer = new Adam([parameter]);
  return { group: "operations", name: "Adam, 1 M parameters", bytes: 28 * MILLION, call: () => optimizer.step() };
}

function training(name: string, call: () => void, flops?: number): BenchRow {
  return { group: "training", name, flops, call };
}

/** A training step: forward, backward, update. */
function stepOf(optimizer: Optimizer, lossOf: (x: Tensor, y: Tensor) => Tensor): (x: Tensor, y: Tensor) => Tensor {
  return (x, y) => {
    const loss = lossOf(x, y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
}

function mlpStep(): (x: Tensor, y: Tensor) => Tensor {
  const model = new Sequential([new Dense(512, { activation: "relu", inputShape: [784] }), new Dense(10, { inputShape: [512] })]);
  return stepOf(new Adam(model.parameters()), (x, y) => crossEntropy(model.forward(x), y));
}

function xor(): BenchRow {
  const layers = [new Dense(8, { activation: "tanh", inputShape: [2] }), new Dense(1, { activation: "sigmoid", inputShape: [8] })];
  const model = new Sequential(layers);
  const step: Captured<[Tensor, Tensor], Tensor> = capture(
    stepOf(new SGD(model.parameters(), { learningRate: 0.5 }), (x, y) => mse(model.forward(x), y)),
  );
  const x = tensor([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const y = tensor([[0], [1], [1], [0]]);
  return training("xor 2-8-1, batch 4, captured", () => step(x, y).item());
}
