/** A look at a model by itself. */
import { expect, test } from "vitest";
import { BatchNorm1d, Dense, Dropout, diagnose, GraphError, Model, manualSeed, Sequential, type Tensor } from "../../src/index.js";
import { bits, blobs, rejection } from "../support/toy.js";

const network = (): Sequential =>
  new Sequential([new Dense(16, { activation: "relu" }), new BatchNorm1d(16), new Dropout(0.2), new Dense(3)]);

test("tells how layers and parameters stand, the findings first", async () => {
  manualSeed(1);
  const model = network();
  model.compile({ optimizer: "adam", loss: "crossEntropy" });
  const data = blobs();
  model.forward(data.x);
  model.namedParameters().get("0.bias")?.fill(-50);
  const { record, findings, text } = await diagnose(model, data, { curvature: true, bins: 8 });
  expect(record?.step).toBe(0);
  expect(record?.layers.map(({ path }) => path)).toEqual(["0", "1", "2", "3", ""]);
  expect(record?.layers[0]).toMatchObject({ dead: 1, mean: 0, shape: [96, 16] });
  expect(record?.layers[0].histogram.counts).toHaveLength(8);
  expect(record?.curvature).toBeGreaterThanOrEqual(0);
  expect(findings[0].name).toBe("deadReLU");
  expect(text).toMatch(/^diagnose: \d+ finding/);
  expect(text).toContain(findings[0].seen);
  expect(text).toMatch(/\n0 \(Dense\) +\[96, 16\] +relu +0 +0 +100 % +100 %/);
  expect(text).toMatch(/\n3\.weight +\[3, 16\] /);
});

test("changes nothing: weights, running statistics, gradients, modes, random numbers, the training that follows", async () => {
  const outcome = async (looks: boolean): Promise<unknown> => {
    manualSeed(2);
    const data = blobs();
    const model = network().compile({ optimizer: "adam", loss: "crossEntropy" });
    model.forward(data.x);
    model.eval();
    if (looks) await diagnose(model, data);
    const before = {
      bits: bits(model),
      gradients: model.parameters().map(({ grad }) => grad),
      modes: [...model.namedModules().values()].map((m) => m.training),
    };
    const { steps } = await model.fit(data, { epochs: 2, batchSize: 16, verbose: 0 });
    if (looks) await diagnose(model, data, { samples: 10 });
    const more = await model.fit(data, { epochs: 1, batchSize: 16, verbose: 0 });
    return { before, steps, more: more.steps, after: bits(model), status: model.captureStatus?.state };
  };
  expect(await outcome(true)).toEqual(await outcome(false));
});

test("takes a lazy model of one's own, and batches; refuses what is not compiled or has no samples", async () => {
  class Own extends Model {
    readonly first = new Dense(5, { activation: "tanh" });
    readonly last = new Dense(3);
    override forward(x: Tensor): Tensor {
      return this.last.forward(this.first.forward(x));
    }
  }
  const own = new Own();
  const data = blobs(24);
  expect(await rejection(diagnose(own, data))).toMatch(/^GRAPH diagnose: the model is not compiled/);
  await expect(diagnose(own, data)).rejects.toThrow(GraphError);
  own.compile({ optimizer: { name: "sgd", learningRate: 0.1 }, loss: "crossEntropy" });
  expect(await rejection(diagnose(own, []))).toMatch(/^ARGUMENT diagnose: the data have no samples/);
  const { record } = await diagnose(own, [data], { layers: (path) => path === "first", noiseScale: false });
  expect(record?.layers.map(({ path, activation }) => [path, activation])).toEqual([["first", "tanh"]]);
  expect(record).toMatchObject({ noiseScale: null, curvature: null, learningRate: 0.1 });
});
