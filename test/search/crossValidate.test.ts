import { describe, expect, it } from "vitest";
import { kFold } from "../../src/data.js";
import { Dense, manualSeed, randn, Sequential, tensor } from "../../src/index.js";
import { crossValidate, learningCurve, validationCurve } from "../../src/search.js";

const x = tensor(Array.from({ length: 10 }, (_, i) => [i]));
const y = tensor(Array.from({ length: 10 }, (_, i) => 2 * i));

describe("crossValidate", () => {
  it("trains once a fold, and tells mean and standard deviation", async () => {
    const seen: number[][] = [];
    const found = await crossValidate(kFold({ x, y }, { folds: 5 }), ({ train, validation }) => {
      seen.push([...validation.x.data]);
      expect(train.x.shape).toEqual([8, 1]);
      return validation.y.mean().item();
    });
    expect(seen).toEqual([
      [0, 1],
      [2, 3],
      [4, 5],
      [6, 7],
      [8, 9],
    ]);
    expect(found.scores).toEqual([1, 5, 9, 13, 17]);
    expect(found.mean).toBe(9);
    expect(found.std).toBeCloseTo(Math.sqrt(32), 12);
  });

  it("takes several figures by name", async () => {
    const { figures, mean } = await crossValidate(kFold(4, { folds: 2 }), ({ train, validation }) => ({
      first: validation[0],
      n: train.length,
    }));
    expect(mean).toBe(1);
    expect(figures.n).toEqual({ scores: [2, 2], mean: 2, std: 0 });
  });

  it("gives each training a seed of its own, and the random numbers outside back", async () => {
    const draw = () => randn([1]).item();
    manualSeed(1);
    const outside = [draw(), draw()];
    manualSeed(1);
    const first = draw();
    const found = await crossValidate(kFold(6, { folds: 3 }), draw, { seed: 4 });
    expect([first, draw()]).toEqual(outside);
    expect(new Set(found.scores).size).toBe(3);
    expect((await crossValidate(kFold(6, { folds: 3 }), draw, { seed: 4 })).scores).toEqual(found.scores);
  });

  it("trains models", async () => {
    manualSeed(2);
    const inputs = randn([60, 3]);
    const labels = inputs
      .slice([null, [0, 1]])
      .squeeze(1)
      .gt(0)
      .cast("int32");
    const { mean } = await crossValidate(kFold({ x: inputs, y: labels }, { folds: 3 }), async ({ train, validation }) => {
      const model = new Sequential([new Dense(2)]);
      model.compile({ optimizer: { name: "adam", learningRate: 0.1 }, loss: "crossEntropy", metrics: ["accuracy"] });
      await model.fit(train, { epochs: 20, verbose: 0 });
      return (await model.evaluate(validation)).accuracy;
    });
    expect(mean).toBeGreaterThan(0.85);
  });

  it("refuses what are no folds, no function, no score", async () => {
    await expect(crossValidate(5 as never, () => 1)).rejects.toThrow(
      "crossValidate: the folds are 5; expected an iterable of { train, validation }. Pass kFold({ x, y }).",
    );
    await expect(crossValidate([], () => 1)).rejects.toThrow("crossValidate: there are no folds.");
    await expect(crossValidate(kFold(4, { folds: 2 }), () => ({}))).rejects.toThrow(
      "of fold 0 the training returned no figures; expected at least one figure",
    );
    const figures = [{ loss: 1, accuracy: 0.5 }, { loss: 1 }];
    await expect(crossValidate(kFold(4, { folds: 2 }), () => figures.shift() as Record<string, number>)).rejects.toThrow(
      "of fold 1 the training returned loss; expected loss, accuracy, as of the first fold",
    );
    await expect(crossValidate(kFold(4, { folds: 2 }), 3 as never)).rejects.toThrow(
      "crossValidate: what trains and measures is 3; expected a function of { train, validation }.",
    );
    await expect(crossValidate(kFold(4, { folds: 2 }), () => "good" as never)).rejects.toThrow(
      'crossValidate: the training returned "good"; expected a number, or numbers by name.',
    );
  });
});

describe("learningCurve", () => {
  it("takes more and more of what a fold has to train on, and all of its validation part", async () => {
    const sizes: number[][] = [];
    const curve = await learningCurve(
      { x, y },
      ({ train, validation }) => {
        sizes.push([train.x.shape[0], validation.x.shape[0]]);
        const all = [...train.x.data, ...validation.x.data];
        expect(new Set(all).size).toBe(all.length);
        return { train: train.x.shape[0], validation: 1 / train.x.shape[0] };
      },
      { sizes: [0.25, 1], folds: 2 },
    );
    expect(sizes).toEqual([
      [1, 5],
      [1, 5],
      [5, 5],
      [5, 5],
    ]);
    expect(curve).toEqual([
      { samples: 1, train: { mean: 1, std: 0 }, validation: { mean: 1, std: 0 } },
      { samples: 5, train: { mean: 5, std: 0 }, validation: { mean: 0.2, std: 0 } },
    ]);
  });

  it("refuses sizes outside 0 … 1 and other scores", async () => {
    const scores = () => ({ train: 1, validation: 1 });
    await expect(learningCurve({ x, y }, scores, { sizes: [0, 1] })).rejects.toThrow(
      "learningCurve: sizes is an array of length 2; expected a list of shares above 0 and at most 1.",
    );
    await expect(learningCurve({ x, y }, () => ({ train: 1 }) as never)).rejects.toThrow(
      "learningCurve: the training returned other scores; expected { train, validation }.",
    );
  });
});

describe("validationCurve", () => {
  it("trains with each value on each fold", async () => {
    const folds = kFold({ x, y }, { folds: 2 });
    const curve = await validationCurve([1, 10], folds, (scale, { train, validation }) => ({
      train: scale * train.x.mean().item(),
      validation: scale * validation.x.mean().item(),
    }));
    expect(curve).toEqual([
      { value: 1, train: { mean: 4.5, std: 2.5 }, validation: { mean: 4.5, std: 2.5 } },
      { value: 10, train: { mean: 45, std: 25 }, validation: { mean: 45, std: 25 } },
    ]);
    await expect(validationCurve([], folds, () => ({ train: 1, validation: 1 }))).rejects.toThrow(
      "validationCurve: the values are an array of length 0; expected a list of at least one.",
    );
  });
});
