import { afterEach, expect, test, vi } from "vitest";
import { forgetNotes } from "../../src/errors/note.js";
import {
  BatchNorm1d,
  Conv2d,
  capture,
  Dense,
  deserializeModel,
  Embedding,
  elasticNet,
  grad,
  Linear,
  LSTM,
  l1,
  l2,
  manualSeed,
  mse,
  Parameter,
  type Penalty,
  penaltyOf,
  randn,
  SeparableConv2d,
  Sequential,
  SGD,
  type Tensor,
  tensor,
  weightNorm,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { bits, blobs } from "../support/toy.js";

afterEach(() => {
  vi.restoreAllMocks();
  forgetNotes();
});

const W = [3, -0.25, 0, -2];

test.each([
  ["l1", l1(0.5), 0.5 * 5.25, [0.5, -0.5, 0, -0.5]],
  ["l2", l2(0.5), 0.5 * 13.0625, [3, -0.25, 0, -2]],
  ["elasticNet", elasticNet({ l1: 0.5, l2: 0.25 }), 0.5 * 5.25 + 0.25 * 13.0625, [2, -0.625, 0, -1.5]],
  ["elasticNet of nothing", elasticNet(), 0, [0, -0, 0, -0]],
] as [string, Penalty, number, number[]][])("%s: value and gradient", (_, penalty, value, gradient) => {
  const w = new Parameter(tensor(W));
  const sum = penalty(w);
  expect(sum.item()).toBeCloseTo(value, 6);
  expect(Array.from(grad(sum, [w])[0].data)).toEqual(gradient);
});

test("wrong factors are refused by name", () => {
  expect(failure(() => l1(-1))).toBe("ARGUMENT l1: factor is -1; expected a number ≥ 0.");
  expect(failure(() => (l2 as unknown as () => unknown)())).toMatch(
    /^ARGUMENT l2: factor is undefined; expected a number ≥ 0\. Write l2\(1e-4\)/,
  );
  expect(failure(() => elasticNet({ l3: 1 } as never))).toMatch(/^ARGUMENT elasticNet: unknown option "l3"/);
});

test("penaltyOf: the layer's own, weight and bias apart; what has none of its own gets that of the model, vectors nothing", () => {
  manualSeed(1);
  const first = new Linear(3, 2, { weightPenalty: l2(0.5), biasPenalty: l1(2) });
  const model = new Sequential([first, new BatchNorm1d(2), new Linear(2, 2)]);
  const second = model.children().get("2") as Linear;
  const squares = (w: Tensor) => w.square().sum().item();
  const own = 0.5 * squares(first.weight) + 2 * (first.bias as Tensor).abs().sum().item();
  expect(penaltyOf(model).item()).toBeCloseTo(own, 5);
  expect(penaltyOf(model, l2(3)).item()).toBeCloseTo(own + 3 * squares(second.weight), 5);
  second.weight.penalty = null;
  expect(penaltyOf(model, l2(3)).item()).toBeCloseTo(own, 5);
  second.weight.penalty = l2(1);
  first.freeze();
  expect(penaltyOf(model).item()).toBeCloseTo(squares(second.weight), 5);
  expect(penaltyOf(new Linear(2, 2)).item()).toBe(0);
});

test("every kind of layer with a weight tells its parameters", () => {
  const rules = { weightPenalty: l2(1), biasPenalty: l1(1) };
  const layers = [
    new Dense(2, { ...rules, inputShape: [3] }),
    new Conv2d(2, 3, 2, rules),
    new SeparableConv2d(2, 3, 2, rules),
    new Embedding(3, 2, { weightPenalty: l2(1) }),
    new LSTM(2, 3, rules),
    weightNorm(new Linear(2, 3, rules)),
  ];
  const told = layers.map((layer) => [...layer.namedParameters()].map(([name, { penalty }]) => [name, (penalty as Penalty)?.spec?.name]));
  for (const [name, penalty] of told.flat()) {
    const wanted = name === "weight_v" ? undefined : /bias/.test(name as string) ? "l1" : "l2";
    expect(penalty, name).toBe(wanted);
  }
});

test("under SGD, l2 is weight decay of twice the factor, with momentum too", () => {
  const { x, y } = blobs(12);
  const train = (factor: number, weightDecay: number): number[] => {
    manualSeed(2);
    const model = new Linear(4, 1, { bias: false });
    const optimizer = new SGD(model.parameters(), { learningRate: 0.05, momentum: 0.9, weightDecay });
    const target = y.cast("float32").reshape([12, 1]);
    for (let i = 0; i < 20; i++) {
      optimizer.zeroGrad();
      mse(model.forward(x), target)
        .add(penaltyOf(model, l2(factor)))
        .backward();
      optimizer.step();
    }
    return Array.from(model.weight.data);
  };
  const [penalized, decayed] = [train(0.1, 0), train(0, 0.2)];
  for (const [i, value] of penalized.entries()) expect(value).toBeCloseTo(decayed[i], 6);
});

test("captured steps have the bits of eager ones, and see a penalty that is changed between them", () => {
  const run = (captured: boolean): unknown => {
    manualSeed(3);
    const model = new Linear(4, 3, { weightPenalty: elasticNet({ l1: 0.01, l2: 0.1 }) });
    const optimizer = new SGD(model.parameters(), { learningRate: 0.1 });
    const step = (x: Tensor): Tensor => {
      const loss = model.forward(x).square().mean().add(penaltyOf(model));
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    };
    const steps = captured ? capture(step) : step;
    const losses = Array.from({ length: 12 }, (_, i) => {
      if (i === 5) model.weight.penalty = l2(1);
      if (i === 9 && model.bias !== null) model.bias.penalty = l1(1);
      return steps(randn([5, 4])).item();
    });
    return [losses, bits(model)];
  };
  expect(run(true)).toEqual(run(false));
});

test("a saved model keeps its penalties, those of the user's own it cannot hold", () => {
  const model = new Sequential([new Dense(2, { weightPenalty: l2(0.5), biasPenalty: elasticNet({ l1: 2 }), inputShape: [3] })]);
  const again = deserializeModel(model.serialize());
  expect(penaltyOf(again).item()).toBe(penaltyOf(model).item());
  expect(penaltyOf(again).item()).toBeGreaterThan(0);
  const own = new Sequential([new Dense(2, { weightPenalty: (w) => w.square().sum(), inputShape: [3] })]);
  expect(failure(() => own.serialize())).toMatch(
    /^ARGUMENT Dense: weightPenalty of layer "0" is a function, which a saved model cannot hold/,
  );
});

test("what others call it, and unknown names, are answered", () => {
  expect(failure(() => new Dense(2, { kernel_regularizer: l2(1) } as never))).toMatch(/Did you mean "weightPenalty"\?/);
  expect(failure(() => new Dense(2, { weightPenalty: 0.1 as never }))).toMatch(
    /weightPenalty is 0\.1; expected a penalty such as l2\(1e-4\)/,
  );
  const model = new Linear(2, 2, { weightPenalty: { name: "l3" } as never });
  expect(failure(() => penaltyOf(model))).toMatch(/^ARGUMENT fit: unknown rule "l3"\. Pass .* Did you mean/);
  expect(failure(() => penaltyOf(new Linear(2, 2), (w) => w))).toMatch(
    /^SHAPE penaltyOf: what a penalty gave has shape \[2, 2\]; expected a scalar/,
  );
  expect(failure(() => penaltyOf({} as never))).toMatch(/^ARGUMENT penaltyOf: the model is an object; expected a Module/);
});
