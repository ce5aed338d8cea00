import { describe, expect, test } from "vitest";
import {
  Activation,
  crossEntropy,
  Dense,
  Dropout,
  Flatten,
  Linear,
  Module,
  manualSeed,
  randn,
  relu,
  Sequential,
  type Tensor,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { bits } from "../support/toy.js";

describe("Sequential", () => {
  test("a list and add are the same, and do what the layers do one after the other", () => {
    manualSeed(1);
    const listed = new Sequential([new Dense(8, { activation: "relu", inputShape: [4] }), new Dense(3)]);
    manualSeed(1);
    const added = new Sequential().add(new Dense(8, { activation: "relu", inputShape: [4] })).add(new Dense(3));
    expect(bits(added)).toEqual(bits(listed));
    const x = randn([5, 4]);
    expect(added.forward(x).toArray()).toEqual(added.layers[1].forward(added.layers[0].forward(x)).toArray());
  });

  test("names are PyTorch's", () => {
    const model = new Sequential([new Linear(2, 3), new Activation("relu"), new Sequential([new Linear(3, 1)])]);
    expect([...model.namedParameters().keys()]).toEqual(["0.weight", "0.bias", "2.0.weight", "2.0.bias"]);
  });

  test("with inputShape lazy layers are built as they come", () => {
    const model = new Sequential([
      new Dense(6, { inputShape: [2, 4] }),
      new Dropout(0.5),
      new Activation("tanh"),
      new Flatten(),
      new Dense(3),
    ]);
    expect(model.parameters().map(({ shape }) => shape)).toEqual([[6, 4], [6], [3, 12], [3]]);
    expect(model.outputShape([1, 2, 4])).toEqual([1, 3]);
  });

  test("behind a layer that does not tell its shape they wait for the first forward", () => {
    class Halve extends Module {
      forward(x: Tensor): Tensor {
        return x.slice([[], [0, x.shape[1] / 2]] as never);
      }
    }
    const model = new Sequential([new Dense(6, { inputShape: [4] }), new Halve(), new Dense(3)]);
    expect(failure(() => model.parameters())).toMatch(/^GRAPH parameters: Dense at "2" is not built/);
    model.forward(randn([2, 4]));
    expect(model.parameters().map(({ shape }) => shape)).toEqual([[6, 4], [6], [3, 3], [3]]);
  });

  test("a layer that stands twice is trained once", () => {
    const shared = new Linear(4, 4);
    const model = new Sequential([shared, new Activation("relu"), shared]);
    expect(model.parameters().length).toBe(2);
    crossEntropy(model.forward(randn([3, 4])), randn([3, 4]).softmax()).backward();
    expect(shared.weight.grad?.shape).toEqual([4, 4]);
  });

  test("errors", () => {
    expect(failure(() => new Sequential([Dense as never]))).toBe(
      "ARGUMENT Sequential: layer 0 is a function; expected a layer. Write new Dense(…).",
    );
    expect(failure(() => new Sequential([new Dense(3), "relu" as never]))).toBe(
      'ARGUMENT Sequential: layer 1 is "relu"; expected a layer. For an activation, write new Activation("relu").',
    );
    expect(failure(() => new Sequential([relu as never]))).toBe(
      'ARGUMENT Sequential: layer 0 is a function; expected a layer. Write new Activation("relu") for an activation, new Lambda(f) for a function of yours.',
    );
    expect(failure(() => new Sequential(new Dense(3) as never))).toBe(
      "ARGUMENT Sequential: layers is a Dense; expected an array. Write new Sequential([new Dense(10)]).",
    );
    const model = new Sequential([new Dense(3, { inputShape: [4] })]);
    expect(failure(() => model.add(new Linear(5, 2)))).toBe(
      "SHAPE Linear: x [1, 3] does not fit weight [2, 5], stored [out, in]; expected 5 as x's last extent.",
    );
    expect(model.layers.length).toBe(1);
  });
});
