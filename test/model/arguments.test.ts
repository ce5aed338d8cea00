import { describe, expect, test } from "vitest";
import {
  batches,
  Callback,
  concat,
  Dense,
  EarlyStopping,
  Linear,
  Model,
  ones,
  ProgressBar,
  profile,
  randn,
  Sequential,
  saveWeights,
  serializeSafetensors,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { bits, blobs, rejection } from "../support/toy.js";

const net = (): Sequential => new Sequential([new Dense(3, { inputShape: [4] })]).compile({ optimizer: "sgd", loss: "crossEntropy" });
const { x, y } = blobs(6);

/** Arguments that no type allows. */
// biome-ignore lint/suspicious/noExplicitAny: what is tested is what the types refuse
const wrong = (value: unknown): any => value;

/** The refusal of a call, which must leave the model as it was. */
async function refusal(call: (model: Sequential) => Promise<unknown>): Promise<string> {
  const model = net();
  const before = bits(model);
  const text = await rejection(call(model));
  expect(bits(model)).toEqual(before);
  // And it is usable right after.
  await model.fit({ x, y }, { verbose: 0 });
  return text;
}

describe("options of fit: every wrong kind", () => {
  test.each<[string, unknown, string]>([
    ["capture", "no", 'capture is "no"; expected true or false.'],
    ["shuffle", "no", 'shuffle is "no"; expected true or false.'],
    ["resume", "run.safetensors", 'resume is "run.safetensors"; expected true or false. The path is told by checkpoint: { path }.'],
    ["verbose", 2, "verbose is 2; expected 0 or 1."],
    ["verbose", "no", 'verbose is "no"; expected 0 or 1.'],
    ["verbose", true, "verbose is true; expected 0 or 1."],
    ["validationSplit", "0.5", 'validationSplit is "0.5"; expected a number from 0 to below 1.'],
    ["validationSplit", Object.create(null), "validationSplit is an object; expected a number from 0 to below 1."],
    ["validationData", 3, "validationData is 3; expected { x, y, weight? } or an iterable of such batches."],
    ["validationData", null, "validationData is null; expected { x, y, weight? } or an iterable of such batches."],
    ["callbacks", null, "callbacks is null; expected an array. Write callbacks: [new EarlyStopping()]."],
    ["signal", 3, "signal is 3; expected an AbortSignal."],
    ["signal", { aborted: true }, "signal is an object; expected an AbortSignal."],
    ["epochs", null, "epochs is null; expected a whole number ≥ 0."],
    ["batchSize", 2.5, "batchSize is 2.5; expected a whole number ≥ 1, or a function of the epoch."],
  ])("%s: %o", async (name, value, text) => {
    expect(await refusal((model) => model.fit({ x, y }, { verbose: 0, [name]: value } as object))).toBe(`ARGUMENT fit: ${text}`);
  });

  test.each<[string, unknown, string]>([
    ["a Map", new Map([[0, 2]]), "a Map"],
    ["a tensor", tensor([1, 2, 3]), "a tensor"],
    ["a Date", new Date(0), "a Date"],
    ["5", 5, "5"],
    ["true", true, "true"],
    ["a Set", new Set([1]), "a Set"],
    ["null", null, "null"],
    ["a name for a label", { cat: 2 }, "an object"],
    ["a negative weight", { 0: -1 }, "an object"],
    ["text for a weight", { 0: "2" }, "an object"],
    ["NaN", { 0: Number.NaN }, "an object"],
    ["NaN in an array", [1, Number.NaN], "an array of length 2"],
  ])("classWeight: %s", async (_, classWeight, text) => {
    const found = await refusal((model) => model.fit({ x, y }, { verbose: 0, classWeight: wrong(classWeight) }));
    expect(found).toContain(
      `ARGUMENT fit: classWeight is ${text}; expected { label: weight } or an array with a weight for each class, numbers ≥ 0.`,
    );
  });

  test("a wrong entry of classWeight is named", async () => {
    expect(await refusal((model) => model.fit({ x, y }, { classWeight: wrong({ 0: 1, cat: 2 }) }))).toMatch(/ Look at cat: 2\.$/);
    expect(await refusal((model) => model.fit({ x, y }, { classWeight: [1, -3] }))).toMatch(/ Look at 1: -3\.$/);
  });

  test.each<[string, unknown, string]>([
    ["a Date", new Date(0), "fit: callbacks[0] is a Date; expected a Callback."],
    ["a class", EarlyStopping, "fit: callbacks[0] is a function; expected a Callback. Write new EarlyStopping(…)."],
    ["a hook that is none", { onEpochEnd: 3 }, "fit: callbacks[0]: onEpochEnd is 3; expected a function."],
    ["a misspelt hook", { onEpochend: () => {} }, 'fit: callbacks[0]: unknown option "onEpochend".'],
    ["null", null, "fit: callbacks[0] is null; expected a Callback."],
  ])("callbacks: %s", async (_, callback, text) => {
    expect(await refusal((model) => model.fit({ x, y }, { callbacks: [wrong(callback)], verbose: 0 }))).toContain(`ARGUMENT ${text}`);
  });

  test("callbacks: objects with hooks beside other fields, and Callbacks without any", async () => {
    let epochs = 0;
    class Quiet extends Callback {}
    const counter = { name: "counter", onEpochEnd: () => void epochs++ };
    await net().fit({ x, y }, { epochs: 2, callbacks: [counter, new Quiet()], verbose: 0 });
    expect(epochs).toBe(2);
  });

  test("an argument too many, options of another kind", async () => {
    expect(await refusal((model) => wrong(model).fit({ x, y }, {}, 1))).toBe("ARGUMENT fit: 3 arguments were given; it takes at most 2.");
    for (const method of ["fit", "evaluate"] as const) {
      expect(await refusal((model) => wrong(model)[method](x, y, {}))).toBe(
        `ARGUMENT ${method}: the data are a tensor; expected { x, y, weight? } or an iterable of such batches. Write ${method}({ x, y }).`,
      );
    }
    expect(await refusal((model) => wrong(model).fit({ x, y }, 5))).toBe(
      "ARGUMENT fit: the options are 5; expected an object. Write { epochs: … }.",
    );
    expect(await refusal((model) => wrong(model).evaluate({ x, y }, { batchSize: "8" }))).toBe(
      'ARGUMENT evaluate: batchSize is "8"; expected a whole number ≥ 1.',
    );
    expect(await refusal((model) => wrong(model).predict(x, null))).toBe(
      "ARGUMENT predict: the options are null; expected an object. Write { batchSize: … }.",
    );
    expect(await refusal((model) => model.predict(x, { signal: wrong(new AbortController()) }))).toBe(
      "ARGUMENT predict: signal is an AbortController; expected an AbortSignal. Write controller.signal.",
    );
    expect(failure(() => net().summary(() => {}, { batchSize: 0 }))).toBe("ARGUMENT summary: batchSize is 0; expected a whole number ≥ 1.");
    expect(failure(() => profile(() => 1, wrong({ layer: true })))).toBe(
      'ARGUMENT profile: unknown option "layer". Known: layers. Did you mean "layers"?',
    );
    expect(failure(() => new ProgressBar(wrong(3)))).toBe("ARGUMENT ProgressBar: out is 3; expected a stream, such as process.stdout.");
  });
});

describe("data", () => {
  const expected = "expected { x, y, weight? } or an iterable of such batches.";

  test("inputs and targets by themselves", async () => {
    expect(await refusal((model) => wrong(model).fit(x, y))).toBe(`ARGUMENT fit: the data are a tensor; ${expected} Write fit({ x, y }).`);
    expect(await refusal((model) => wrong(model).fit([[1, 2, 3, 4]], [0]))).toBe(
      `ARGUMENT fit: the data are an array of length 1; ${expected} Write fit({ x, y }).`,
    );
    expect(await refusal((model) => wrong(model).fit(new Float32Array(4), [0]))).toBe(
      `ARGUMENT fit: the data are a Float32Array; ${expected} Write fit({ x, y }).`,
    );
    expect(await refusal((model) => wrong(model).evaluate(x, y))).toBe(
      `ARGUMENT evaluate: the data are a tensor; ${expected} Write evaluate({ x, y }).`,
    );
    expect(failure(() => batches(wrong(x), 2))).toBe(`ARGUMENT batches: the data are a tensor; ${expected} Write batches({ x, y }).`);
    expect(await refusal((model) => wrong(model).fit(3))).toBe(`ARGUMENT fit: the data are 3; ${expected}`);
  });

  test.each([
    ["sampleWeight", "weight"],
    ["sample_weight", "weight"],
    ["w", "weight"],
    ["weights", "weight"],
    ["labels", "y"],
    ["targets", "y"],
    ["inputs", "x"],
  ])("a part %s is none of ours", async (name, ours) => {
    const text = `the data have a part "${name}". Did you mean "${ours}"?`;
    expect(await refusal((model) => model.fit(wrong({ x, y, [name]: ones([6]) }), { verbose: 0 }))).toBe(`ARGUMENT fit: ${text}`);
    expect(await refusal((model) => model.evaluate(wrong([{ x, y, [name]: ones([6]) }])))).toBe(`ARGUMENT evaluate: ${text}`);
  });

  test("other parts are let be", async () => void (await net().fit({ x, y, names: ["a"] } as never, { verbose: 0 })));

  test("features where samples belong", async () => {
    const text =
      "SHAPE fit: a batch of x has shape [4]; expected samples along the first axis, [n, 4]. A single sample is x.unsqueeze(0), or [[…]].";
    expect(await refusal((model) => model.fit({ x: [1, 2, 3, 4], y: [0, 1, 2, 0] }, { verbose: 0 }))).toBe(text);
    expect(await refusal((model) => model.fit([{ x: [1, 2, 3, 4], y: [0, 1, 2, 0] }], { verbose: 0 }))).toBe(text);
    expect(await refusal((model) => model.predict([1, 2, 3, 4]))).toBe(text.replace("fit", "predict"));
    // More axes in front of the features are no fault.
    expect((await net().predict(randn([2, 5, 4]))).shape).toEqual([2, 5, 3]);
  });

  test("more tensors than the model has inputs", async () => {
    const list = [x, x, x];
    const text = (op: string) =>
      `ARGUMENT ${op}: x is a list of 3 tensors, which are 3 inputs; the model takes 1. Several samples are one tensor: stack(…) or concat(…) makes it.`;
    expect(await refusal((model) => model.predict(list))).toBe(text("predict"));
    expect(await refusal((model) => model.fit({ x: list, y }, { verbose: 0 }))).toBe(text("fit"));
    expect(await rejection(new Sequential([new Dense(3)]).predict(list))).toBe(text("predict"));
    class Own extends Model {
      layer = new Linear(4, 3);
      override forward(input: Tensor): Tensor {
        return this.layer.forward(input);
      }
    }
    expect(await rejection(new Own().predict(list))).toBe(text("predict"));
    class WithDefault extends Own {
      override forward(input: Tensor, other: Tensor | null = null): Tensor {
        return this.layer.forward(other === null ? input : input.add(other));
      }
    }
    class Rest extends Own {
      override forward(...inputs: Tensor[]): Tensor {
        return this.layer.forward(concat(inputs, 0));
      }
    }
    expect((await new WithDefault().predict([x, x])).shape).toEqual([6, 3]);
    expect((await new Rest().predict([x, x])).shape).toEqual([12, 3]);
    expect(await rejection(new Own().predict(wrong([x, 3])))).toBe(
      "ARGUMENT predict: x[1] is 3; expected a tensor. Wrap it with tensor(…).",
    );
  });
});

describe("files", () => {
  test.each<[unknown, string]>([
    [null, "null"],
    [3, "3"],
    [[ones([1])], "an array of length 1"],
    [ones([1]), "a tensor"],
  ])("tensors: %o", async (given, text) => {
    const refused = `the tensors are ${text}; expected a Map or an object of tensors by name.`;
    expect(failure(() => serializeSafetensors(wrong(given)))).toBe(`ARGUMENT serializeSafetensors: ${refused}`);
    expect(await rejection(saveWeights("never.safetensors", wrong(given)))).toBe(`ARGUMENT saveWeights: ${refused}`);
  });
  test("metadata", () => {
    expect(failure(() => serializeSafetensors({}, wrong({ metadata: null })))).toBe(
      "ARGUMENT serializeSafetensors: metadata is null; expected an object of texts by name.",
    );
    expect(failure(() => serializeSafetensors({}, wrong({ metadata: "pt" })))).toMatch(/metadata is "pt"/);
  });
  test("paths", async () => {
    for (const path of [3, null, Object.create(null), Symbol("p")])
      expect(await rejection(saveWeights(wrong(path), {}))).toMatch(
        /^FILE saveWeights: the path is .*; expected a string or a file: URL\.$/,
      );
  });
});
