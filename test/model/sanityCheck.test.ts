import { describe, expect, test } from "vitest";
import { findingsText } from "../../src/diagnose/told.js";
import {
  BatchNorm1d,
  Dense,
  Dropout,
  defineOp,
  LayerNorm,
  Model,
  Module,
  manualSeed,
  type SanityReport,
  Sequential,
  sanityCheck,
  type Tensor,
} from "../../src/index.js";
import { blobs, rejection } from "../support/toy.js";
import { BROKEN } from "../support/trainings/broken.js";
import { SOUND } from "../support/trainings/sound.js";
import type { Make } from "../support/trainings/training.js";

async function checked(make: Make): Promise<SanityReport> {
  const { model, data } = await make();
  return await sanityCheck(model, data);
}

function failedIn({ checks }: SanityReport): string[] {
  return checks.filter(({ outcome }) => outcome === "failed").map(({ name }) => name);
}

const NAMES = ["lossAtStart", "gradients", "ownRow", "gradientsReach", "overfitsBatch", "inputsMatter", "lossFalls"];

describe("a sound model passes all checks", () => {
  test.for([
    "an MLP with batch norm and dropout, Nadam",
    "a network of convolutions with 1cycle",
    "a binary classifier that ends in a sigmoid",
    "a classifier that ends in a softmax",
    "linear regression with SGD",
    "a GRU",
    "an LSTM over words that tells the next",
    "two outputs of one trunk",
    "the last layer of a frozen network",
  ])("%s", async (name) => {
    const report = await checked(SOUND[name]);
    expect(failedIn(report)).toEqual([]);
    expect(report.findings).toEqual([]);
    expect(report.ok).toBe(true);
    expect(report.checks.map((check) => check.name)).toEqual(NAMES);
    expect(report.text.split("\n")).toHaveLength(NAMES.length + 1);
    expect(report.checks.find((check) => check.name === "gradients")?.seen).toContain("in float64");
  });
});

describe("what is broken fails a check, and is named", () => {
  test.for<[string, string[], string | null]>([
    ["ReLUs that are dead from the start", ["gradientsReach", "overfitsBatch", "inputsMatter"], "deadReLU"],
    ["ten layers of sigmoids", ["overfitsBatch", "inputsMatter"], "vanishingGradients"],
    ["a regression at a hundred times its rate", ["lossFalls"], null],
    ["inputs that are not scaled", ["lossAtStart"], "inputScale"],
    ["a layer that is detached", ["gradientsReach"], "noGradient"],
    ["weights that are all zero", ["gradientsReach", "overfitsBatch", "inputsMatter"], "equalUnits"],
    ["a softmax applied twice", ["overfitsBatch"], "softmaxTwice"],
    ["a batch norm left in training", ["ownRow"], "batchDependence"],
    ["samples that are mixed", ["ownRow"], "batchDependence"],
    ["a recurrence that explodes", ["lossAtStart"], "explodingRecurrence"],
    ["labels that are all the same", [], "constantLabels"],
  ])("%s", async ([name, failures, finding]) => {
    const report = await checked(BROKEN[name].make);
    expect(failedIn(report)).toEqual(expect.arrayContaining(failures));
    if (finding !== null) expect(report.findings.map((found) => found.name)).toContain(finding);
    if (report.findings.length > 0) expect(report.text).toContain(`\n${findingsText(report.findings)}`);
    expect(report.ok).toBe(false);
  });

  test("a gradient of an operation of one's own", async () => {
    manualSeed(1);
    const wrong = defineOp({
      name: "wrongSquare",
      inputs: ["x"],
      save: ["x"],
      shape: ({ x }: { x: Tensor }) => x.shape,
      forward: ({ x }: { x: Tensor }) => x.mul(x),
      // The factor 2 is missing.
      grad: { x: (g: Tensor, { x }: { x: Tensor }) => g.mul(x) },
    } as never) as (x: Tensor) => Tensor;
    class Square extends Model {
      first = new Dense(16);
      last = new Dense(3);
      override forward(x: Tensor): Tensor {
        return this.last.forward(wrong(this.first.forward(x)));
      }
    }
    const report = await sanityCheck(new Square().compile({ optimizer: "adam", loss: "crossEntropy" }), blobs());
    expect(failedIn(report)).toContain("gradients");
    expect(report.text).toMatch(/✗ gradients: The gradient is wrong: in float\d\d backprop gives .* for (first|last)\./);
  });

  test("inputs that never arrive", async () => {
    manualSeed(2);
    class Blind extends Model {
      first = new Dense(16, { activation: "relu" });
      last = new Dense(3);
      override forward(x: Tensor): Tensor {
        return this.last.forward(this.first.forward(x.mul(0).add(1)));
      }
    }
    const report = await sanityCheck(new Blind().compile({ optimizer: "adam", loss: "crossEntropy" }), blobs());
    expect(failedIn(report)).toEqual(["overfitsBatch", "inputsMatter"]);
  });
});

/** All that a training depends on: weights, running statistics, modes, gradients, the optimizer, and what the next training comes to. */
async function outcome(model: Model): Promise<unknown> {
  const state = [...model.stateDict()].map(([name, { data }]) => [name, [...data]]);
  const gradients = model.parameters().map((parameter) => parameter.grad?.toArray() ?? null);
  const modes = [...model.namedModules().values()].map(({ training }) => training);
  // An optimizer that was not bound is bound by the check, as it is by fit.
  if (!model.optimizer.bound) model.optimizer.bind(model.parameters());
  const optimizer = JSON.stringify(model.optimizer.stateDict(), (_, value) => (ArrayBuffer.isView(value) ? [...(value as never)] : value));
  const { history } = model;
  const { steps } = await model.fit(blobs(), { epochs: 2, verbose: 0 });
  return { state, gradients, modes, optimizer, history, losses: [...steps.loss] };
}

describe("model, optimizer and random numbers are as before, to the bit", () => {
  const make = async (trained: boolean, check: boolean): Promise<unknown> => {
    manualSeed(3);
    const model = new Sequential([
      new Dense(24, { activation: "relu", inputShape: [4] }),
      new BatchNorm1d(24),
      new Dropout(0.2),
      new LayerNorm(24),
      new Dense(3),
    ]);
    model.compile({ optimizer: { name: "adam", learningRate: 0.01 }, loss: "crossEntropy", metrics: ["accuracy"] });
    const data = blobs();
    if (trained) await model.fit(data, { epochs: 2, verbose: 0 });
    (model.forward(data.x) as Tensor).sum().backward();
    model.namedModules().get("3")?.eval();
    if (check) await sanityCheck(model, data);
    return await outcome(model);
  };

  test.for([false, true])("trained before: %s", async (trained) => {
    expect(await make(trained, true)).toEqual(await make(trained, false));
  });
});

test("what cannot be checked is told", async () => {
  const model = new Sequential([new Dense(3)]);
  expect(await rejection(sanityCheck(model, blobs()))).toMatch(/^GRAPH sanityCheck: the model is not compiled/);
  model.compile({ optimizer: "adam", loss: "crossEntropy" });
  expect(await rejection(sanityCheck(model, blobs(), { step: 3 } as never))).toMatch(/sanityCheck: unknown option "step".*"steps"/);
  expect(await rejection(sanityCheck({} as Model, blobs()))).toMatch(/sanityCheck: the model is an object; expected a Model/);
  class Plain extends Module {
    override forward(x: Tensor): Tensor {
      return x;
    }
  }
  expect(await rejection(sanityCheck(new Plain() as Model, blobs()))).toMatch(/expected a Model/);
});
