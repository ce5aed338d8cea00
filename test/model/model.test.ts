import { describe, expect, test } from "vitest";
import {
  Accuracy,
  Adam,
  batches,
  binaryCrossEntropy,
  concat,
  crossEntropy,
  Dense,
  Dropout,
  deserializeModel,
  input,
  Lambda,
  Linear,
  Metric,
  Model,
  Module,
  MSE,
  MultiheadAttention,
  noGrad,
  ones,
  Parameter,
  randn,
  Sequential,
  SGD,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { bits, blobs, rejection } from "../support/toy.js";

const net = (): Sequential => new Sequential([new Dense(8, { activation: "relu", inputShape: [4] }), new Dense(3)]);
const compiled = (): Sequential => net().compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });

describe("compile", () => {
  test("names, names with options, objects, functions", async () => {
    class Mine extends Metric {
      readonly name = "mine";
      reset(): void {}
      update(): void {}
      result(): number {
        return 42;
      }
    }
    const data = blobs(24);
    const metrics = ["accuracy", { name: "topK", k: 2 }, "confusionMatrix", new Mine()] as const;
    const loss = (prediction: Tensor, target: Tensor) => crossEntropy(prediction, target, { labelSmoothing: 0.1 });
    const byName = net().compile({
      optimizer: { name: "sgd", learningRate: 0.5 },
      loss: { name: "crossEntropy", labelSmoothing: 0.1 },
      metrics,
    });
    const byObject = net().compile({ optimizer: new SGD({ learningRate: 0.5 }), loss, metrics });
    byObject.loadStateDict(byName.stateDict());
    expect(byName.compile({ optimizer: { name: "sgd", learningRate: 0.5 }, loss })).toBe(byName);
    for (const model of [byName, byObject]) await model.fit(data, { epochs: 2, shuffle: false, verbose: 0 });
    expect(bits(byName)).toEqual(bits(byObject));
    const figures = await byObject.evaluate(data);
    expect(Object.keys(figures)).toEqual(["loss", "accuracy", "top2", "confusionMatrix", "mine"]);
    expect(figures.confusionMatrix).toBe(figures.accuracy);
    expect(figures.mine).toBe(42);
  });

  test("mse and mae are metrics by their names too", async () => {
    const model = new Sequential([new Dense(1, { inputShape: [2] })]).compile({ optimizer: "sgd", loss: "mse", metrics: ["mse", "mae"] });
    const { loss, mse, mae } = await model.evaluate({ x: randn([10, 2]), y: randn([10]) });
    expect(mse).toBeCloseTo(loss, 5);
    expect(mae).toBeGreaterThan(0);
  });

  test("binaryCrossEntropy takes a column for logits, and so does accuracy", async () => {
    const model = new Sequential([new Dense(1, { inputShape: [1], weightInitializer: "ones" })]);
    const data = { x: [[-2], [0.3], [0.4], [-0.1]], y: [0, 1, 1, 1] };
    for (const loss of ["binaryCrossEntropy", { name: "binaryCrossEntropy" }] as const) {
      model.compile({ optimizer: "adam", loss, metrics: ["accuracy", "confusionMatrix"] });
      expect(await model.evaluate(data)).toMatchObject({ accuracy: 0.75, confusionMatrix: 0.75 });
    }
    // A Metric object is told of the loss too, each time that it is compiled.
    const accuracy = new Accuracy();
    model.compile({ optimizer: "adam", loss: binaryCrossEntropy, metrics: [accuracy] });
    expect((await model.evaluate(data)).accuracy).toBe(0.75);
    model.compile({ optimizer: "adam", loss: "mse", metrics: [accuracy] });
    expect((await model.evaluate(data)).accuracy).toBe(0.25);
    // A loss of one's own says what it takes.
    const own = Object.assign((p: Tensor, t: Tensor) => binaryCrossEntropy(p, t), { squashing: "sigmoid" as const });
    model.compile({ optimizer: "adam", loss: own, metrics: [accuracy] });
    expect((await model.evaluate(data)).accuracy).toBe(0.75);
    model.compile({ optimizer: "adam", loss: "mse", metrics: [{ name: "accuracy", threshold: 0.35 }] });
    expect((await model.evaluate(data)).accuracy).toBe(0.5);
  });

  test("errors", () => {
    const of = (options: object) => failure(() => net().compile({ optimizer: "adam", loss: "mse", ...options } as never));
    expect(of({ optimizer: "adamm" })).toMatch(/^ARGUMENT compile: unknown optimizer "adamm"\. Did you mean "adam"\? Known: .*adam/);
    expect(of({ optimizer: undefined })).toBe(
      "ARGUMENT compile: the optimizer is undefined; expected a name, { name, … } or an optimizer.",
    );
    expect(of({ optimizer: { name: "sgd", momentun: 0.9 } })).toMatch(
      /^ARGUMENT SGD: unknown option "momentun".*Did you mean "momentum"\?$/,
    );
    expect(of({ loss: "crossEntropi" })).toMatch(
      /^ARGUMENT compile: unknown loss "crossEntropi"\. Did you mean "crossEntropy"\? Known: .*mse/,
    );
    expect(of({ loss: undefined })).toBe("ARGUMENT compile: the loss is undefined; expected a name, { name, … } or a function.");
    expect(of({ loss: MSE })).toMatch(/^ARGUMENT compile: unknown loss \(a class\) "MSE"\. Did you mean "mse"\? Known: /);
    expect(of({ loss: Accuracy })).toMatch(/^ARGUMENT compile: unknown loss \(a class\) "Accuracy"\. Known: /);
    expect(of({ loss: [] })).toBe("ARGUMENT compile: the list of losses is empty.");
    expect(of({ loss: [], metrics: ["accuracy"] })).toBe("ARGUMENT compile: the list of losses is empty.");
    expect(of({ loss: "bce" })).toMatch(/^ARGUMENT compile: unknown loss "bce"\. Did you mean "binaryCrossEntropy"\?/);
    expect(of({ loss: "sparse_categorical_crossentropy" })).toMatch(/Did you mean "crossEntropy"\?/);
    // Not only when it is first called.
    expect(of({ loss: { name: "huber", beta: 2 } })).toBe(
      'ARGUMENT huber: unknown option "beta". Known: reduction, delta. Did you mean "delta"?',
    );
    expect(of({ metrics: ["acc"] })).toMatch(/^ARGUMENT compile: unknown metric "acc"\. Did you mean "accuracy"\?/);
    expect(of({ metrics: ["acuracy"] })).toMatch(
      /^ARGUMENT compile: unknown metric "acuracy"\. Did you mean "accuracy"\? Known: .*confusionMatrix, .*mse, .*topK/,
    );
    expect(of({ metrics: "accuracy" })).toBe('ARGUMENT compile: metrics is "accuracy"; expected an array. Write metrics: ["accuracy"].');
    expect(of({ metrics: [undefined] })).toBe("ARGUMENT compile: the metric is undefined; expected a name, { name, … } or a Metric.");
    expect(of({ metrics: [{ name: "topK", n: 3 }] })).toBe('ARGUMENT topK: unknown option "n". Known: k, ignoreIndex, multiLabel.');
    expect(of({ metrics: ["mse", "mse"] })).toBe('ARGUMENT compile: two figures are called "mse". Give one of the metrics another name.');
    expect(of({ metric: ["mse"] })).toBe(
      'ARGUMENT compile: unknown option "metric". Known: optimizer, loss, lossWeights, metrics, penalty. Did you mean "metrics"?',
    );
    expect(failure(() => net().compile("adam" as never))).toBe(
      'ARGUMENT compile: the options are "adam"; expected an object. Write { optimizer: … }.',
    );
  });
});

describe("not compiled", () => {
  test("verbose of what shows nothing is told so", async () => {
    const text = "Known: batchSize, yieldEvery, signal. Leave it out: it shows nothing.";
    const { x, y } = blobs(3);
    const model = net();
    expect(await rejection(model.evaluate({ x, y }, { verbose: 0 } as never))).toBe(`ARGUMENT evaluate: unknown option "verbose". ${text}`);
    expect(await rejection(model.predict(x, { verbose: 0 } as never))).toBe(`ARGUMENT predict: unknown option "verbose". ${text}`);
  });

  test("prelu, which learns, is no activation but a layer", () => {
    for (const activation of ["prelu", "PReLU"])
      expect(failure(() => new Dense(2, { activation: activation as "relu" }))).toMatch(
        /^ARGUMENT Dense: unknown activation "\w+"\..* prelu learns its slope: put the layer new PReLU\(\) behind\.$/,
      );
  });

  test.each(["fit", "evaluate"] as const)("%s", async (op) => {
    expect(await rejection(net()[op](blobs(3)))).toBe(
      `GRAPH ${op}: the model is not compiled. Call compile({ optimizer: "adam", loss: "crossEntropy" }) first.`,
    );
  });
  test("optimizer", () => {
    expect(failure(() => net().optimizer)).toBe(
      'GRAPH optimizer: the model is not compiled. Call compile({ optimizer: "adam", loss: "crossEntropy" }) first.',
    );
  });
  test("predict needs no compile", async () => expect((await net().predict(blobs(5).x)).shape).toEqual([5, 3]));
});

describe("fit", () => {
  test("options", async () => {
    const of = (options: object) => rejection(compiled().fit(blobs(10), { verbose: 0, ...options } as never));
    expect(await of({ epoch: 3 })).toMatch(
      /^ARGUMENT fit: unknown option "epoch"\. Known: epochs, batchSize, .*signal\. Did you mean "epochs"\?$/,
    );
    expect(await of({ epochs: 1.5 })).toBe("ARGUMENT fit: epochs is 1.5; expected a whole number ≥ 0.");
    expect(await of({ epochs: "3" })).toBe('ARGUMENT fit: epochs is "3"; expected a whole number ≥ 0.');
    expect(await of({ batchSize: 0 })).toBe("ARGUMENT fit: batchSize is 0; expected a whole number ≥ 1, or a function of the epoch.");
    expect(await of({ validationSplit: 1 })).toBe("ARGUMENT fit: validationSplit is 1; expected a number from 0 to below 1.");
    expect(await of({ validationSplit: 0.01 })).toBe(
      "ARGUMENT fit: validationSplit 0.01 of 10 samples leaves 10 to train on and 0 to validate; neither may be empty.",
    );
    expect(await of({ validationSplit: 0.1, validationData: blobs(3) })).toBe(
      "ARGUMENT fit: both validationSplit and validationData are given. Choose one.",
    );
    expect(await rejection(compiled().fit(batches(blobs(4), 2), { validationSplit: 0.1 }))).toBe(
      "ARGUMENT fit: validationSplit needs samples in memory { x, y }. Give validationData beside an iterable.",
    );
  });

  test("an iterator is exhausted after an epoch", async () => {
    const text = "An iterator can be walked once: give an iterable that starts afresh.";
    const model = compiled();
    expect(await rejection(model.fit(batches(blobs(10), 5), { epochs: 2, verbose: 0 }))).toBe(
      `ARGUMENT fit: epoch 2 had no batches. ${text}`,
    );
    expect(model.history?.epoch).toEqual([0]);
    expect(await rejection(model.fit(blobs(10), { epochs: 2, validationData: batches(blobs(10), 5), verbose: 0 }))).toBe(
      `ARGUMENT fit: the validation data have no batches. ${text}`,
    );
    expect(await rejection(model.evaluate([]))).toBe(`ARGUMENT evaluate: the data have no batches. ${text}`);
    expect(await rejection(model.evaluate({ x: tensor([], { shape: [0, 4] }), y: tensor([], { shape: [0] }) }))).toBe(
      "ARGUMENT evaluate: the data have no batches.",
    );
    expect(await rejection(model.predict(tensor([], { shape: [0, 4] })))).toBe("ARGUMENT predict: x has no samples.");
  });

  test("data that do not fit", async () => {
    expect(await rejection(compiled().fit({ x: randn([3, 4]) }, { verbose: 0 }))).toBe(
      "ARGUMENT fit: the model has 1 output, the data have 0 targets. Give y, one tensor for each output.",
    );
    expect(await rejection(compiled().evaluate({ x: randn([3, 4]) }))).toBe(
      "ARGUMENT evaluate: the model has 1 output, the data have 0 targets. Give y, one tensor for each output.",
    );
    expect(await rejection(compiled().fit(undefined as never))).toBe(
      "ARGUMENT fit: the data are undefined; expected { x, y, weight? } or an iterable of such batches.",
    );
    expect(await rejection(compiled().fit([{ y: [1, 2] }] as never, { verbose: 0 }))).toBe(
      "ARGUMENT fit: the data have no x. Give { x, y, weight? }, or an iterable of such batches.",
    );
  });

  test("while fitting: a second fit is refused, predict is answered with the weights of now", async () => {
    const model = compiled();
    const training = model.fit(blobs(30), { epochs: 50, verbose: 0 });
    expect(await rejection(model.fit(blobs(30), { verbose: 0 }))).toBe(
      "GRAPH fit: this model is training already. Wait for the first fit to end; predict is allowed meanwhile.",
    );
    expect((await model.predict(blobs(5).x)).shape).toEqual([5, 3]);
    expect((await training).epoch.length).toBe(50);
    await model.fit(blobs(30), { verbose: 0 });
  });

  test("evaluate may be called in onEpochEnd, not between batches, where metrics are in use", async () => {
    const model = compiled();
    const inside: number[] = [];
    const onEpochEnd = async () => void inside.push((await model.evaluate(blobs(9))).loss);
    await model.fit(blobs(30), { epochs: 2, callbacks: [{ onEpochEnd }], verbose: 0 });
    expect(inside.length).toBe(2);
    const onBatchEnd = async () => void (await model.evaluate(blobs(9)));
    expect(await rejection(model.fit(blobs(30), { callbacks: [{ onBatchEnd }], verbose: 0 }))).toBe(
      'GRAPH evaluate: metric "accuracy" is gathering the figures of another run of this model. Wait for its end; in callbacks evaluate in onEpochEnd. predict is always allowed.',
    );
    await model.fit(blobs(30), { verbose: 0 });
    const bare = net().compile({ optimizer: "adam", loss: "crossEntropy" });
    const [a, b] = await Promise.all([bare.evaluate(blobs(9)), bare.evaluate(blobs(9))]);
    expect(a.loss).toBeGreaterThan(0);
    expect(b.loss).toBeGreaterThan(0);
  });

  test("an optimizer of other parameters is refused, one of some of them is not", async () => {
    const text = "ARGUMENT fit: the optimizer is bound to other parameters than the model's. Compile the model anew.";
    const foreign = new Adam(net().parameters());
    expect(await rejection(net().compile({ optimizer: foreign, loss: "crossEntropy" }).fit(blobs(6), { verbose: 0 }))).toBe(text);
    const model = net();
    const before = bits(model);
    model.compile({ optimizer: new Adam(model.layers[1].parameters()), loss: "crossEntropy" });
    await model.fit(blobs(6), { verbose: 0 });
    expect(bits(model)["0.weight"]).toEqual(before["0.weight"]);
    expect(bits(model)["1.weight"]).not.toEqual(before["1.weight"]);
    // A layer that came later would not be trained.
    const grown = compiled();
    await grown.fit(blobs(6), { verbose: 0 });
    grown.add(new Dense(3));
    expect(await rejection(grown.fit(blobs(6), { verbose: 0 }))).toBe(text);
  });

  test("lazy layers are built by the first batch, also of an iterable", async () => {
    const model = new Sequential([new Dense(8), new Dropout(0.1), new Dense(3)]).compile({ optimizer: "adam", loss: "crossEntropy" });
    await model.fit([blobs(6), blobs(6)], { verbose: 0 });
    expect(model.optimizer.groups[0].params.length).toBe(4);
    expect(model.optimizer.stepCount).toBe(2);
  });

  test("targets: labels, floats that are whole, one-hot rows; a column beside a list", async () => {
    const { x, y } = blobs(30);
    const oneHot = tensor(Array.from(y.data, (label) => [0, 1, 2].map((i) => (i === label ? 1 : 0))));
    const losses = [];
    for (const target of [y, y.cast("float32"), oneHot, y.reshape([30, 1]), y.cast("uint8"), Array.from(y.data)]) {
      const model = new Sequential([new Dense(3, { inputShape: [4], weightInitializer: "ones" })]);
      model.compile({ optimizer: "sgd", loss: "crossEntropy", metrics: ["accuracy"] });
      losses.push((await model.fit({ x, y: target }, { shuffle: false, verbose: 0 })).history);
    }
    for (const history of losses) expect(history.accuracy).toEqual(losses[0].accuracy);
    for (const history of losses) expect(history.loss[0]).toBeCloseTo(losses[0].loss[0], 5);
  });

  test("a column beside a list is lined up", async () => {
    const model = new Sequential([new Dense(1, { inputShape: [2], weightInitializer: "zeros" })]).compile({
      optimizer: "sgd",
      loss: "mse",
      metrics: ["mae"],
    });
    const { loss, mae } = await model.evaluate({ x: randn([3, 2]), y: [1, 2, 3] });
    expect([loss, mae]).toEqual([tensor(14).div(3).item(), 2]);
  });
});

describe("predict", () => {
  test("in batches, the rows in order, as data in evaluation", async () => {
    const model = new Sequential([new Dense(16, { inputShape: [4] }), new Dropout(0.9)]);
    const x = randn([23, 4]);
    const whole = await model.predict(x);
    expect(whole.shape).toEqual([23, 16]);
    const parts = (await model.predict(x, { batchSize: 5 })).data;
    // Products of other sizes take other ways, which may differ in the last bit.
    whole.data.forEach((value, i) => void expect(parts[i]).toBeCloseTo(value, 5));
    expect(model.training).toBe(true);
    await model.predict(Array.from({ length: 3 }, () => [1, 2, 3, 4]));
  });
  test("errors", async () => {
    expect(await rejection(net().predict(blobs(3).x, { batchsize: 3 } as never))).toBe(
      'ARGUMENT predict: unknown option "batchsize". Known: batchSize, yieldEvery, signal. Did you mean "batchSize"?',
    );
    expect(await rejection(net().predict(blobs(3).x, { batchSize: -1 }))).toBe(
      "ARGUMENT predict: batchSize is -1; expected a whole number ≥ 1.",
    );
    expect(await rejection(net().evaluate({ x: [1], y: [1] }, { size: 3 } as never))).toMatch(/^ARGUMENT evaluate: unknown option "size"/);
    class Odd extends Model {
      override forward(x: Tensor): object {
        return { x };
      }
    }
    expect(await rejection(new Odd().predict(blobs(3).x))).toBe(
      "ARGUMENT predict: the model's forward gave an object; expected a tensor, or a list of tensors.",
    );
  });
});

describe("a class of one's own", () => {
  class Two extends Model {
    left = new Linear(4, 3);
    right = new Linear(4, 1);
    override forward(x: Tensor, bias: Tensor): Tensor[] {
      return [this.left.forward(x), this.right.forward(x).add(bias)];
    }
  }

  test("several inputs and outputs, a loss for each", async () => {
    const { x, y } = blobs(48);
    const bias = randn([48, 1]);
    const model = new Two();
    model.compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: ["crossEntropy", "mse"], metrics: ["accuracy"] });
    const data = { x: [x, bias], y: [y, bias] };
    const { history } = await model.fit(data, { epochs: 20, batchSize: 16, validationSplit: 0.25, verbose: 0 });
    expect(history.loss[19]).toBeLessThan(history.loss[0] / 2);
    expect(history.valAccuracy[19]).toBeGreaterThan(0.8);
    const [logits, number] = await model.predict<Tensor[]>([x, bias], { batchSize: 20 });
    expect([logits.shape, number.shape]).toEqual([
      [48, 3],
      [48, 1],
    ]);
  });

  test("without a forward says what to write", () => {
    class Empty extends Model {}
    expect(failure(() => new Empty().forward(randn([1, 1])))).toBe(
      "GRAPH Empty: this model has no forward. Write forward(x) { … } in your class, or describe the model by inputs and outputs.",
    );
  });
});

describe("functional", () => {
  test("shared layers, several inputs and outputs, skips", async () => {
    const [a, b] = [input([4]), input([4])];
    const shared = new Dense(8, { activation: "tanh" });
    class Sum extends Module {
      override outputShape(shape: readonly number[]): readonly number[] {
        return shape;
      }
      forward(x: Tensor, y: Tensor): Tensor {
        return x.add(y);
      }
    }
    const sum = new Sum().forward(shared.forward(a), shared.forward(b));
    const model = new Model({ inputs: [a, b], outputs: [new Dense(3).forward(sum), new Dense(1).forward(sum)] });
    // Built already: the shapes are known.
    expect(model.parameters().map(({ shape }) => shape)).toEqual([[8, 4], [8], [3, 8], [3], [1, 8], [1]]);
    const { x, y } = blobs(48);
    model.compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: ["crossEntropy", "mse"], metrics: ["accuracy"] });
    const { history } = await model.fit({ x: [x, x], y: [y, y.cast("float32")] }, { epochs: 15, verbose: 0 });
    expect(history.loss[14]).toBeLessThan(history.loss[0] / 2);
    expect((await model.predict<Tensor[]>([x, x])).map(({ shape }) => shape)).toEqual([
      [48, 3],
      [48, 1],
    ]);
    expect(failure(() => model.forward(x))).toBe("ARGUMENT Model: 1 inputs given; this model has 2.");
  });

  test("inside a Sequential its output's shape is known", () => {
    const x = input([4]);
    const inner = new Model({ inputs: x, outputs: new Dense(6).forward(x) });
    const model = new Sequential([new Dense(4, { inputShape: [2] }), inner, new Dense(3)]);
    expect(model.parameters().map(({ shape }) => shape)).toEqual([[4, 2], [4], [6, 4], [6], [3, 6], [3]]);
  });

  test("branches that operations join are trained, captured and saved", async () => {
    const x = input([4]);
    const scale = new Parameter(ones([6]));
    const gate = new Dense(6, { activation: "sigmoid" }).forward(x);
    const [left, right] = new Dense(12).forward(x.div(2)).split(6, 1);
    const joined = concat([left.relu().mul(gate).mul(scale), right.tanh().sub(gate)], 1);
    const model = new Model({ inputs: x, outputs: new Dense(3).forward(joined.sub(joined.mean(1, { keepDims: true }))) });
    const data = blobs(60);
    model.compile({ optimizer: { name: "adam", learningRate: 0.05 }, loss: "crossEntropy" });
    const { history } = await model.fit(data, { epochs: 12, batchSize: 20, verbose: 0 });
    expect(history.loss[11]).toBeLessThan(history.loss[0] / 2);
    expect(model.captureStatus?.state).toBe("replaying");
    expect(scale.toArray()).not.toEqual(ones([6]).toArray());
    expect(model.summary(() => {})).toMatch(/^2 \(split\) +\[6\]/m);
    const again = deserializeModel(model.serialize());
    expect((await again.predict(data.x)).toArray()).toEqual((await model.predict(data.x)).toArray());
    expect(again.parameters().length).toBe(model.parameters().length);
  });

  test("a model of several outputs is a layer of another", async () => {
    const x = input([4]);
    const hidden = new Dense(3).forward(x);
    const trunk = new Model({ inputs: x, outputs: [hidden.relu(), hidden.mean(1, { keepDims: true })] });
    const z = input([4]);
    const [a, b] = trunk.forward(z) as Tensor[];
    const [c, d] = trunk.forward(z.mul(2)) as Tensor[];
    expect([a, b, c, d].map(({ shape }) => shape)).toEqual([
      [-1, 3],
      [-1, 1],
      [-1, 3],
      [-1, 1],
    ]);
    const model = new Model({ inputs: z, outputs: a.mul(b).add(c.sub(d)) });
    const data = randn([5, 4]);
    const [p, q, r, s] = noGrad(() => [...trunk.forward(data), ...trunk.forward(data.mul(2))] as Tensor[]);
    const expected = p.mul(q).add(r.sub(s)).toArray();
    for (const each of [model, deserializeModel(model.serialize())]) expect((await each.predict(data)).toArray()).toEqual(expected);
    expect(model.summary(() => {})).toMatch(/^0 \(Model\) +\[3\] \[1\]/m);
  });

  test("a part of a model is a model of its own", async () => {
    const x = input([4]);
    const hidden = new Dense(3).forward(x);
    const part = new Model({ inputs: hidden, outputs: hidden.square() });
    expect((await part.predict([[1, 2, 3]])).toArray()).toEqual([[1, 4, 9]]);
  });

  test("inputs and outputs that are no samples, or stand twice", () => {
    const x = input([4]);
    expect(failure(() => new Model({ inputs: x.transpose(), outputs: x }))).toBe(
      "SHAPE Model: an input has shape [4, -1]; expected −1, the samples, as its first extent only.",
    );
    expect(failure(() => new Model({ inputs: [x, x], outputs: x.relu() }))).toBe(
      "ARGUMENT Model: an input of shape [-1, 4] stands twice among the inputs; expected it once.",
    );
    expect(failure(() => new Model({ inputs: x, outputs: x.mean() }))).toBe(
      "SHAPE Model: an output has shape []; expected the samples along the first axis, [-1, …].",
    );
    expect(failure(() => new Model({ inputs: x, outputs: x.transpose() }))).toMatch(/^SHAPE Model: an output has shape \[4, -1\]/);
  });

  test("a Lambda whose function gives no tensor", () => {
    expect(failure(() => new Lambda((a) => [a, a] as never).forward(input([4])))).toBe(
      "ARGUMENT Lambda: the result of fn is an array of length 2; expected a tensor. Wrap it with tensor(…).",
    );
    expect(failure(() => new Lambda((a) => a, { outputShape: () => 3 as never }).forward(input([4])))).toBe(
      "SHAPE Lambda: the shape is 3; expected an array of whole numbers. Write [3].",
    );
  });

  test("a symbolic tensor for data", async () => {
    const x = input([4]);
    const model = new Model({ inputs: x, outputs: new Dense(2).forward(x) });
    await expect(model.predict(x)).rejects.toThrow("cannot make a tensor of a symbolic tensor");
  });

  test("errors", () => {
    const [x, other] = [input([4]), input([2])];
    const y = new Dense(3).forward(x);
    expect(failure(() => new Model({ inputs: other, outputs: y }))).toBe(
      "ARGUMENT Model: an output depends on an input of shape [4] that is not among the model's inputs.",
    );
    expect(failure(() => new Model({ inputs: x, output: y } as never))).toBe(
      'ARGUMENT Model: unknown option "output". Known: inputs, outputs. Did you mean "outputs"?',
    );
    expect(failure(() => new Model({ inputs: x, outputs: randn([1]) }))).toBe(
      "ARGUMENT Model: outputs is a tensor; expected what input(), a layer's forward or an operation on these gave, or a list of such.",
    );
    const steps = input([5, 4]);
    expect(failure(() => new Model({ inputs: steps, outputs: new MultiheadAttention(4, 2).forward(steps) as never }))).toBe(
      "ARGUMENT Model: outputs is null; expected what input(), a layer's forward or an operation on these gave, or a list of such. Pass its output.",
    );
    expect(failure(() => new Model({ inputs: [], outputs: y }))).toBe(
      "ARGUMENT Model: inputs is empty; expected what input(), a layer's forward or an operation on these gave, or a list of such.",
    );
  });
});
