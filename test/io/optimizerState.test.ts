import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  Adam,
  cosineDecay,
  Linear,
  loadOptimizerState,
  manualSeed,
  mse,
  type Optimizer,
  parseOptimizerState,
  RMSprop,
  randn,
  SGD,
  saveOptimizerState,
  serializeOptimizerState,
  serializeSafetensors,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { rejection } from "../support/toy.js";

const wrong = (value: unknown) => value as never;

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "simdgrad-optimizer-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function start(make: (layer: Linear) => Optimizer) {
  manualSeed(1);
  const layer = new Linear(3, 2);
  return { layer, optimizer: make(layer) };
}

function train({ layer, optimizer }: ReturnType<typeof start>, from: number, to: number): Float32Array {
  for (let i = from; i < to; i++) {
    manualSeed(i);
    mse(layer.forward(randn([4, 3])), randn([4, 2])).backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
  return layer.weight.data as Float32Array;
}

test.each<[string, (layer: Linear) => Optimizer]>([
  ["Adam", (layer) => new Adam(layer.namedParameters(), { amsgrad: true, weightDecay: 0.01 })],
  ["SGD with momentum", (layer) => new SGD(layer.parameters(), { learningRate: 0.1, momentum: 0.9 })],
  ["RMSprop on a schedule", (layer) => new RMSprop(layer.parameters(), { learningRate: cosineDecay(0.1, { steps: 20 }) })],
  ["SGD without a state", (layer) => new SGD(layer.parameters())],
])("the state of %s goes through a file, and through bytes, and training goes on with the same bits", async (_, make) => {
  const straight = train(start(make), 0, 8);
  const first = start(make);
  train(first, 0, 4);
  const path = join(folder, "state.safetensors");
  await saveOptimizerState(path, first.optimizer.stateDict());
  const read = await loadOptimizerState(path);
  const parsed = parseOptimizerState(serializeOptimizerState(first.optimizer.stateDict()));
  for (const state of [read, parsed]) {
    const second = start(make);
    second.layer.loadStateDict(first.layer.stateDict());
    second.optimizer.loadStateDict(state);
    expect(second.optimizer.stepCount).toBe(4);
    expect(train(second, 4, 8)).toEqual(straight);
  }
});

describe("refused", () => {
  test("what is no state", async () => {
    for (const [given, text] of [
      [null, "the state is null; expected what stateDict() of an optimizer gave."],
      [{}, "the state is an empty object; expected what stateDict() of an optimizer gave."],
      [{ stepCount: 1 }, "optimizer is undefined; expected a string."],
      [{ optimizer: "SGD", stepCount: -1 }, "stepCount is -1; expected a whole number ≥ 0."],
      [{ optimizer: "SGD", stepCount: 1, parameters: [3] }, "parameters is an array of length 1; expected an array of objects."],
      [{ optimizer: "SGD", epoch: 3 }, '"epoch" of the state is 3; expected optimizer, stepCount, groups, parameters, numbers.'],
    ] as const) {
      expect(failure(() => serializeOptimizerState(wrong(given)))).toBe(`ARGUMENT serializeOptimizerState: ${text}`);
      expect(await rejection(saveOptimizerState(join(folder, "a"), wrong(given)))).toBe(`ARGUMENT saveOptimizerState: ${text}`);
    }
  });

  test.each<[string | null, string]>([
    [null, "the file holds no state of an optimizer. Give one that saveOptimizerState wrote."],
    ["{", "the state in the file is damaged: it is no JSON."],
    ["3", "the state in the file is damaged: it is 3; expected an object with parameters."],
    ['{"parameters":[3]}', "the state in the file is damaged: parameters[0] is 3; expected an object with states."],
    ['{"parameters":[{"states":["m"]}]}', 'the state in the file is damaged: the tensor "parameters.0.m" is missing.'],
  ])("a file with %s", (metadata, text) => {
    const bytes = serializeSafetensors({}, { metadata: metadata === null ? {} : { "simdgrad.optimizer": metadata } });
    expect(failure(() => parseOptimizerState(bytes))).toBe(`ARGUMENT parseOptimizerState: ${text}`);
  });

  test("states that went through JSON or structuredClone, which keep no tensors", () => {
    const trained = start((layer) => new Adam(layer.parameters()));
    train(trained, 0, 1);
    const state = trained.optimizer.stateDict();
    const again = start((layer) => new Adam(layer.parameters()));
    const text =
      'ARGUMENT loadStateDict: "m" of parameter 0 (weight) is an object; expected a tensor. Neither JSON nor structuredClone keeps tensors: use saveOptimizerState or serializeOptimizerState.';
    expect(failure(() => again.optimizer.loadStateDict(JSON.parse(JSON.stringify(state))))).toBe(text);
    const cloned = {
      ...state,
      parameters: state.parameters.map((one) => ({ ...one, states: { m: structuredClone({ ...one.states.m }) } })),
    };
    expect(failure(() => again.optimizer.loadStateDict(wrong(cloned)))).toBe(text);
  });
});
