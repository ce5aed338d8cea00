import { describe, expect, test } from "vitest";
import { Activation, Dense, Dropout, eye, manualSeed, RMSprop, randint, randn, Sequential, SGD, type Tensor } from "../../src/index.js";

/** Points around a centre for each of ten classes, with one-hot labels. */
function toClasses(n: number, features: number, centres: Tensor, noise: number): { x: Tensor; y: Tensor } {
  const labels = randint(0, 10, [n]);
  return { x: centres.indexSelect(0, labels).add(randn([n, features], { std: noise })), y: eye(10).indexSelect(0, labels) };
}

describe("programs that are written for Keras run as they are written, but for language", () => {
  test("a multilayer perceptron for images of digits", async () => {
    manualSeed(1);
    const centres = randn([10, 784]);
    const { x: xTrain, y: yTrain } = toClasses(512, 784, centres, 3);
    const { x: xTest, y: yTest } = toClasses(200, 784, centres, 3);

    const batchSize = 128;
    const epochs = 20;
    const model = new Sequential();
    model.add(new Dense(512, { activation: "relu", inputShape: [784] }));
    model.add(new Dense(10, { activation: "softmax" }));
    model.summary(() => {});
    model.compile({ loss: "crossEntropy", optimizer: new RMSprop(), metrics: ["accuracy"] });
    const history = await model.fit({ x: xTrain, y: yTrain }, { batchSize, epochs, verbose: 0, validationData: { x: xTest, y: yTest } });
    const score = await model.evaluate({ x: xTest, y: yTest });

    expect(model.parameters().reduce((sum, { size }) => sum + size, 0)).toBe(407_050);
    expect(model.optimizer.stepCount).toBe(20 * 4);
    expect(Object.keys(history.history)).toEqual(["loss", "accuracy", "valLoss", "valAccuracy"]);
    expect(history.history.accuracy[19]).toBeGreaterThan(0.98);
    expect(score.accuracy).toBeGreaterThan(0.9);
    expect(score.accuracy).toBeCloseTo(history.history.valAccuracy[19], 6);
    expect(score.loss).toBeCloseTo(history.history.valLoss[19], 4);
  });

  test("tanh layers with dropout, SGD with decay and Nesterov's momentum", async () => {
    manualSeed(2);
    const centres = randn([10, 20]);
    const { x: xTrain, y: yTrain } = toClasses(1000, 20, centres, 0.3);
    const { x: xTest, y: yTest } = toClasses(100, 20, centres, 0.3);

    const model = new Sequential();
    model.add(new Dense(64, { inputShape: [20], weightInitializer: "uniform" }));
    model.add(new Activation("tanh"));
    model.add(new Dropout(0.5));
    model.add(new Dense(64, { weightInitializer: "uniform" }));
    model.add(new Activation("tanh"));
    model.add(new Dropout(0.5));
    model.add(new Dense(10, { weightInitializer: "uniform" }));
    model.add(new Activation("softmax"));
    const sgd = new SGD({ learningRate: 0.01, decay: 1e-6, momentum: 0.9, nesterov: true });
    model.compile({ loss: "crossEntropy", optimizer: sgd, metrics: ["accuracy"] });
    const { history } = await model.fit({ x: xTrain, y: yTrain }, { epochs: 20, batchSize: 16, verbose: 0 });
    const score = await model.evaluate({ x: xTest, y: yTest }, { batchSize: 16 });

    expect(model.optimizer).toBe(sgd);
    expect(sgd.currentLearningRate).toBeCloseTo(0.01 / (1 + 1e-6 * 20 * 63), 12);
    // "uniform" is Keras' RandomUniform, ±0.05: the first loss is that of ten equal classes.
    expect(history.loss[0]).toBeGreaterThan(1.5);
    expect(history.loss[19]).toBeLessThan(0.4);
    expect(score.accuracy).toBeGreaterThan(0.95);
  });
});
