import { expect } from "vitest";
import { GRU, GRUCell, LSTM, LSTMCell, type Module, RNN, RNNCell, type Tensor, tensor } from "../../src/index.js";
import { stateKey } from "../../src/nn/walk.js";
import { checkGolden, type GoldenCase, type GoldenTensor, goldenCases, type Run } from "./golden.js";

export const LAYERS = { RNN, LSTM, GRU };
export const CELLS = { RNNCell, LSTMCell, GRUCell };

interface RecurrentCase extends GoldenCase {
  params: Record<string, GoldenTensor>;
}

/** PyTorch's cases of a class of torch.nn. */
export function recurrentCases(type: string): RecurrentCase[] {
  return (goldenCases("layers_rnn") as RecurrentCase[]).filter(({ module_type }) => module_type === type);
}

/** The layer that PyTorch's config describes. PyTorch's batch_first is false unless it is given. */
function layerOf(type: string, config: Record<string, unknown>): Module {
  const { inputSize, hiddenSize, ...options } = Object.fromEntries(Object.entries(config).map(([name, value]) => [ours(name), value]));
  if (type in CELLS) return new CELLS[type as keyof typeof CELLS](inputSize as number, hiddenSize as number, options);
  const all = { batchFirst: false, ...options };
  return new LAYERS[type as keyof typeof LAYERS](inputSize as number, hiddenSize as number, all);
}

function ours(name: string): string {
  return name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Holds results, and gradients of inputs, states and parameters, against PyTorch's. */
export function checkRecurrent(golden: RecurrentCase): void {
  const { module_type = "", config = {} } = golden;
  const run: Run = (given) => {
    const layer = layerOf(module_type, config);
    // Parameters take part as inputs, so that their gradients are checked too.
    for (const [field, value] of Object.entries(layer))
      if (value !== null && stateKey(field) in golden.params) Object.assign(layer, { [field]: given[stateKey(field)] });
    const state = ["h0", "c0", "h", "c"].flatMap((name) => (name in golden.inputs ? [given[name]] : []));
    const result = layer.forward(given.input, state.length === 0 ? null : state);
    return layer.resultsIn(result).filter((_, i) => module_type in CELLS || i !== 1);
  };
  checkGolden({ ...golden, inputs: { ...golden.inputs, ...golden.params } }, run);
}

/** Numbers in order, so that a test needs no generator: sin of the position. */
export function numbers(shape: number[], offset = 0, requiresGrad = false, dtype: "float32" | "float64" = "float32"): Tensor {
  const size = shape.reduce((a, b) => a * b, 1);
  return tensor(
    Array.from({ length: size }, (_, i) => Math.sin(1.3 * (i + offset)) * 0.8),
    { shape, requiresGrad, dtype },
  );
}

/** Gives every parameter other numbers, the same each time. */
export function numbered<M extends Module>(module: M): M {
  const state = [...module.stateDict()].map(([name, { shape }], i) => [name, numbers([...shape], 10 * i)] as const);
  module.loadStateDict(new Map(state));
  return module;
}

export function expectClose(found: Tensor, expected: Tensor, digits = 5): void {
  expect(found.shape).toEqual(expected.shape);
  const { data } = expected;
  found.data.forEach((value, i) => void expect(value, `element ${i}`).toBeCloseTo(data[i], digits));
}

/** What PyTorch computes of x [3, 5, 3] and a state, all as `numbers` gives them, in float64. */
export interface Reference {
  /** Σ output · numbers + Σ h · numbers, and of an LSTM Σ c · numbers. */
  readonly loss: number;
  /** The first six elements of the final h. */
  readonly h: readonly number[];
  /** The first and the last six elements of the gradient of x. */
  readonly x: readonly number[];
  /** The first four of the gradients of the initial state. */
  readonly h0: readonly number[];
  readonly c0?: readonly number[];
  /** Σ gradient · numbers of every parameter. */
  readonly p: readonly number[];
}

/** Holds a layer of 3 inputs and 4 units against PyTorch. */
export function checkReference(layer: RNN | LSTM | GRU, lengths: readonly number[] | undefined, expected: Reference): void {
  numbered(layer);
  const rows = [...layer.namedParameters().keys()].filter((name) => name.startsWith("weight_hh")).length;
  const [h0, c0] = [numbers([rows, 3, layer.stateDict().get("weight_hh_l0")?.shape[1] as number], 7, true), numbers([rows, 3, 4], 9, true)];
  const x = numbers([3, 5, 3], 5, true);
  const isLong = layer instanceof LSTM;
  const { output, state } = layer.forward(x, (isLong ? [h0, c0] : h0) as never, { lengths });
  const [h, c] = [state].flat() as Tensor[];
  const weighed = (value: Tensor, offset: number): Tensor => value.mul(numbers([...value.shape], offset)).sum();
  let loss = weighed(output, 1).add(weighed(h, 2));
  if (isLong) loss = loss.add(weighed(c, 3));
  loss.backward();
  const close = (found: ArrayLike<number>, wanted: readonly number[], what: string): void =>
    wanted.forEach((value, i) => void expect(found[i], `${what} ${i}`).toBeCloseTo(value, 4));
  close([loss.item()], [expected.loss], "loss");
  close(h.data, expected.h, "h");
  const dx = x.grad?.data as Float32Array;
  close([...dx.slice(0, 6), ...dx.slice(-6)], expected.x, "gradient of x");
  close(h0.grad?.data as Float32Array, expected.h0, "gradient of h0");
  if (isLong) close(c0.grad?.data as Float32Array, expected.c0 as number[], "gradient of c0");
  close(
    layer.parameters().map(({ grad }) => weighed(grad as Tensor, 4).item()),
    expected.p,
    "gradient of parameter",
  );
}
