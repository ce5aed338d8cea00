import { afterEach, describe, expect, test, vi } from "vitest";
import { forgetNotes } from "../../src/errors/note.js";
import {
  Adam,
  crossEntropy,
  Dense,
  deserializeModel,
  elasticNet,
  input,
  l1,
  l2,
  Model,
  manualSeed,
  maxNorm,
  noGrad,
  type Penalty,
  penaltyOf,
  Sequential,
  SGD,
} from "../../src/index.js";
import { replaysDuring } from "../support/replays.js";
import { bits, blobs } from "../support/toy.js";

afterEach(() => {
  vi.restoreAllMocks();
  forgetNotes();
});

function classifier(options: object = {}): Model {
  return new Sequential([new Dense(8, { activation: "relu", ...options }), new Dense(3)]);
}

describe("fit", () => {
  test("loss has the penalty, which is listed apart; evaluate has both, too", async () => {
    manualSeed(5);
    const data = blobs();
    const model = classifier({ weightPenalty: l2(0.05), biasPenalty: l1(0.1) });
    model.compile({ optimizer: new SGD({ learningRate: 0 }), loss: "crossEntropy", metrics: ["accuracy"], penalty: l2(0.01) });
    const { history } = await model.fit(data, { epochs: 2, batchSize: 40, validationSplit: 0.25, verbose: 0 });
    expect(Object.keys(history)).toEqual(["loss", "penalty", "accuracy", "valLoss", "valPenalty", "valAccuracy"]);
    const penalty = penaltyOf(model, l2(0.01)).item();
    expect(history.penalty[0]).toBeCloseTo(penalty, 5);
    const found = await model.evaluate(data);
    const own = noGrad(() => crossEntropy(model.eval().forward(data.x), data.y).item());
    expect(found.loss - found.penalty).toBeCloseTo(own, 5);
    expect(found.penalty).toBeCloseTo(penalty, 5);
    expect(history.valPenalty[1]).toBeCloseTo(penalty, 5);
  });

  test("several outputs share one penalty", async () => {
    manualSeed(7);
    const x = input([4]);
    const trunk = new Dense(6, { weightPenalty: l2(0.1) }).forward(x);
    const model = new Model({ inputs: x, outputs: { a: new Dense(3).forward(trunk), b: new Dense(3).forward(trunk) } });
    model.compile({ optimizer: new SGD({ learningRate: 0 }), loss: "crossEntropy", lossWeights: { a: 1, b: 0.5 } });
    const { x: points, y } = blobs();
    const { history } = await model.fit({ x: points, y: [y, y] }, { epochs: 1, batchSize: 40, verbose: 0 });
    expect(Object.keys(history)).toEqual(["loss", "penalty", "aLoss", "bLoss"]);
    const [loss, penalty, a, b] = Object.values(history).map(([value]) => value);
    expect(penalty).toBeCloseTo(penaltyOf(model).item(), 5);
    expect(loss).toBeCloseTo(a + 0.5 * b + penalty, 6);
  });

  test("without a penalty nothing is listed", async () => {
    const model = classifier();
    model.compile({ optimizer: "sgd", loss: "crossEntropy" });
    const { history } = await model.fit(blobs(), { epochs: 1, verbose: 0 });
    expect(Object.keys(history)).toEqual(["loss"]);
  });

  test("is the loop by hand, to the bit, captured and not", async () => {
    const data = blobs();
    const make = (): Model => {
      manualSeed(6);
      return classifier({ weightPenalty: elasticNet({ l1: 1e-3, l2: 1e-2 }), weightConstraint: maxNorm(1), inputShape: [4] });
    };
    const fitted = async (capture: boolean): Promise<unknown> => {
      const model = make();
      model.compile({ optimizer: new SGD({ learningRate: 0.1 }), loss: "crossEntropy", penalty: l2(1e-2) });
      await model.fit(data, { epochs: 20, batchSize: 96, shuffle: false, verbose: 0, capture });
      return bits(model);
    };
    const byHand = (): unknown => {
      const model = make();
      model.forward(data.x);
      const optimizer = new SGD(model.parameters(), { learningRate: 0.1 });
      for (let i = 0; i < 20; i++) {
        optimizer.zeroGrad();
        crossEntropy(model.forward(data.x), data.y)
          .add(penaltyOf(model, l2(1e-2)))
          .backward();
        optimizer.step();
      }
      return bits(model);
    };
    let captured: unknown;
    expect(await replaysDuring(async () => (captured = await fitted(true)))).toBeGreaterThan(8);
    expect(captured).toEqual(await fitted(false));
    expect(captured).toEqual(byHand());
  });

  test("a penalty of one's own is captured only if it says so", async () => {
    const replays = async (penalty: Penalty): Promise<number> =>
      replaysDuring(async () => {
        const model = classifier();
        model.compile({ optimizer: "sgd", loss: "crossEntropy", penalty });
        await model.fit(blobs(), { epochs: 4, batchSize: 16, verbose: 0 });
        expect(model.history?.history.penalty[0]).toBeGreaterThan(0);
      });
    expect(await replays((w) => w.norm())).toBe(0);
    expect(await replays(Object.assign<Penalty, object>((w) => w.norm(), { capturable: true }))).toBeGreaterThan(8);
  });

  test("goes on with the penalties of a model that was saved", async () => {
    const model = classifier({ weightPenalty: l2(1), inputShape: [4] });
    const again = deserializeModel(model.serialize());
    again.compile({ optimizer: "sgd", loss: "crossEntropy" });
    const { history } = await again.fit(blobs(), { epochs: 1, verbose: 0 });
    expect(history.penalty[0]).toBeGreaterThan(0);
  });

  test("a penalty beside an adaptive optimizer is noted, with what to take instead", async () => {
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const train = async (optimizer: Adam | SGD, penalty: Penalty): Promise<string[]> => {
      const model = classifier();
      model.compile({ optimizer, loss: "crossEntropy", penalty });
      await model.fit(blobs(), { epochs: 2, verbose: 0 });
      return warn.mock.calls.splice(0).map(([text]) => text as string);
    };
    expect(await train(new SGD(), l2(1e-4))).toEqual([]);
    const notes = await train(new Adam(), l2(1e-4));
    expect(notes).toHaveLength(1);
    expect(notes[0]).toMatch(/^simdgrad: l2: Adam divides the gradient of a penalty .* Use AdamW with weightDecay/);
    expect((await train(new Adam(), l1(1e-4)))[0]).toMatch(/proximalL1/);
  });
});
