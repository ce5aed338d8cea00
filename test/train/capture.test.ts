import { describe, expect, test } from "vitest";
import {
  BatchNorm,
  Dense,
  DivergedError,
  Dropout,
  type FitOptions,
  Lambda,
  LambdaCallback,
  Linear,
  Metric,
  Model,
  Module,
  manualSeed,
  mse,
  randint,
  randn,
  Sequential,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { replaysDuring } from "../support/replays.js";

interface Case {
  model?: () => Model;
  compile?: object;
  data?: () => { x: Tensor; y: Tensor; weight?: Tensor };
  options?: (model: Model) => FitOptions;
}

function classifier(): Model {
  return new Sequential([new Dense(16, { activation: "relu" }), new BatchNorm(), new Dropout(0.2), new Dense(3)]);
}

function samples(): { x: Tensor; y: Tensor } {
  return { x: randn([50, 6]), y: randint(0, 3, [50]) };
}

async function train({ model = classifier, compile = {}, data = samples, options = () => ({}) }: Case, capture: boolean) {
  manualSeed(4);
  const made = model();
  made.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"], ...compile });
  const given = data();
  let history: unknown;
  const replays = await replaysDuring(async () => {
    history = (await made.fit(given, { epochs: 4, batchSize: 8, verbose: 0, capture, ...options(made) })).history;
  });
  return { replays, found: { history, state: [...made.stateDict()].map(([name, t]) => [name, Array.from(t.data)]) } };
}

/** The same history and the same bits with and without capture. */
async function expectSame(given: Case, captured = true): Promise<void> {
  const [with_, without] = [await train(given, true), await train(given, false)];
  expect(with_.found).toEqual(without.found);
  expect(without.replays).toBe(0);
  if (captured) expect(with_.replays).toBeGreaterThan(8);
  else expect(with_.replays).toBe(0);
}

test("fit captures its steps, with the same figures and the same bits", async () => {
  await expectSame({});
});

test("with a validation split, sample weights, clipping and a rate that a callback sets", async () => {
  await expectSame({ options: () => ({ validationSplit: 0.2 }) });
  await expectSame({ data: () => ({ ...samples(), weight: randn([50]).abs() }) });
  await expectSame({ compile: { optimizer: { name: "adam", globalClipNorm: 0.1 } } });
  await expectSame({
    options: (model) => ({
      callbacks: [
        new LambdaCallback({
          onBatchEnd: (batch) => {
            model.optimizer.learningRate = 1e-3 / (batch + 1);
          },
        }),
      ],
    }),
  });
});

test("with uint8 inputs, float labels, one-hot targets and two columns of probabilities", async () => {
  await expectSame({ data: () => ({ x: randint(0, 255, [50, 6]).cast("uint8"), y: randint(0, 3, [50]).cast("float32") }) });
  await expectSame({ data: () => ({ x: randn([50, 6]), y: randint(0, 3, [50]).oneHot(3) }) });
  await expectSame({ model: () => new Sequential([new Dense(3, { activation: "softmax" })]) });
});

test("a single sigmoid is still told from logits by the metrics", async () => {
  const data = () => ({ x: randn([50, 6]), y: randint(0, 2, [50]) });
  const compile = { loss: "binaryCrossEntropy" };
  await expectSame({ model: () => new Sequential([new Dense(1, { activation: "sigmoid" })]), compile, data });
  await expectSame({ model: () => new Sequential([new Dense(1)]), compile, data });
});

test("a metric that calls a loss on probabilities has their logits", async () => {
  class Loss extends Metric {
    name = "again";
    sum = 0;
    reset() {
      this.sum = 0;
    }
    update(prediction: Tensor, target: Tensor) {
      this.sum += mse(prediction.detach(), target.oneHot(3)).item();
    }
    result() {
      return this.sum;
    }
  }
  await expectSame({ model: () => new Sequential([new Dense(3, { activation: "softmax" })]), compile: { metrics: [new Loss()] } });
});

test("layers, losses and models of the user's own are not captured, unless they say so", async () => {
  class Own extends Model {
    a = new Linear(6, 3);
    override forward(x: Tensor): Tensor {
      return this.a.forward(x).relu();
    }
  }
  class Marked extends Own {
    static override readonly capturable = true;
  }
  class Inner extends Module {
    forward(x: Tensor): Tensor {
      return x.mul(2);
    }
  }
  await expectSame({ model: () => new Own() }, false);
  await expectSame({ model: () => new Marked() });
  await expectSame({ model: () => new Sequential([new Dense(3), new Lambda((x) => x.mul(2))]) }, false);
  await expectSame({ model: () => new Sequential([new Dense(3, { activation: (x) => x.mul(2) })]) }, false);
  await expectSame({ model: () => new Sequential([new Dense(3), new Inner()]) }, false);
  const loss = (prediction: Tensor, target: Tensor): Tensor => mse(prediction, target.oneHot(3));
  await expectSame({ compile: { loss } }, false);
  await expectSame({ compile: { loss: Object.assign((p: Tensor, t: Tensor) => loss(p, t), { capturable: true }) } });
});

test("a step that cannot be captured after all is trained as it is", async () => {
  class Own extends Model {
    static override readonly capturable = true;
    a = new Linear(6, 3);
    override forward(x: Tensor): Tensor {
      const y = this.a.forward(x);
      return y.max().item() > 1e9 ? y.neg() : y;
    }
  }
  await expectSame({ model: () => new Own() }, false);
});

test.each(["onBatchEnd", "onEpochEnd", "onEpochBegin"] as const)("a layer that a callback changes in %s counts", async (hook) => {
  await expectSame({
    options: (model) => {
      let calls = 0;
      const change = (): void => {
        calls++;
        const { layers } = model as Sequential;
        if (calls === 2) (layers[2] as unknown as { p: number }).p = 0.6;
        if (calls === 3) (layers as Module[])[2] = new Dropout(0.4);
      };
      return { epochs: 5, callbacks: [new LambdaCallback({ [hook]: change })] };
    },
  });
});

test("a loss that is not finite ends training before the step changes anything", async () => {
  const run = async (capture: boolean) => {
    manualSeed(4);
    const model = classifier();
    model.compile({ optimizer: "sgd", loss: "crossEntropy" });
    const x = randn([64, 6]);
    const y = randint(0, 3, [64]);
    let state: unknown;
    let n = 0;
    const callback = new LambdaCallback({
      onBatchEnd: () => {
        if (++n === 6) {
          model.parameters()[0].fill(1e38);
          state = [...model.stateDict()].filter(([name]) => /weight|bias/.test(name)).map(([, t]) => Array.from(t.data));
        }
      },
    });
    const error = await model.fit({ x, y }, { batchSize: 8, verbose: 0, callbacks: [callback], capture }).then(
      () => null,
      (e) => e,
    );
    expect(error).toBeInstanceOf(DivergedError);
    expect([...model.stateDict()].filter(([name]) => /weight|bias/.test(name)).map(([, t]) => Array.from(t.data))).toEqual(state);
    return error.message;
  };
  expect(await run(true)).toBe(await run(false));
});

test("a label outside the classes is the error that it is without capture", async () => {
  const labels = randint(0, 3, [50]).data;
  labels[49] = 3;
  const run = (capture: boolean) =>
    train({ data: () => ({ x: randn([50, 6]), y: tensor(labels, { dtype: "int32" }) }), options: () => ({ shuffle: false }) }, capture);
  await expect(run(true)).rejects.toThrow("crossEntropy: label 3 at position 1 is outside 0 … 2.");
  await expect(run(false)).rejects.toThrow("crossEntropy: label 3 at position 1 is outside 0 … 2.");
});

describe("captureStatus", () => {
  const fitted = async (model: Model, options: FitOptions = {}, compile: object = {}) => {
    manualSeed(4);
    expect(model.captureStatus).toBe(null);
    model.compile({ optimizer: "adam", loss: "crossEntropy", ...compile });
    await model.fit(samples(), { epochs: 4, batchSize: 8, verbose: 0, ...options });
    return model.captureStatus;
  };
  const eagerFor = (reason: string) => ({ state: "eager", reason, replays: 0, bytes: 0 });

  test("counts the replays of a fit, whose memory goes back at its end", async () => {
    expect(await fitted(classifier())).toEqual({ state: "replaying", reason: null, replays: 18, bytes: 0 });
  });

  test("is known while the fit runs", async () => {
    const model = classifier();
    const states: unknown[] = [];
    const onEpochEnd = () => void states.push(model.captureStatus?.state);
    await fitted(model, { callbacks: [new LambdaCallback({ onEpochEnd })] });
    expect(states).toEqual(["recording", "recording", "recording", "replaying"]);
    await model.fit(samples(), { verbose: 0 });
    expect(model.captureStatus).toMatchObject({ replays: 0 });
  });

  test("tells why the steps are not captured", async () => {
    class Own extends Model {
      a = new Linear(6, 3);
      override forward(x: Tensor): Tensor {
        return this.a.forward(x);
      }
    }
    const own = "Own is a class of your own; write static capturable = true in it if its forward does the same each time";
    expect(await fitted(new Own())).toEqual(eagerFor(own));
    const withLambda = new Sequential([new Dense(3), new Lambda((x) => x.mul(2))]);
    expect(await fitted(withLambda)).toEqual(eagerFor("Lambda calls a function of your own"));
    const loss = (prediction: Tensor, target: Tensor): Tensor => mse(prediction, target.oneHot(3));
    const ownLoss = "the loss is a function of your own; write Object.assign(loss, { capturable: true }) if it does the same each time";
    expect(await fitted(classifier(), {}, { loss })).toEqual(eagerFor(ownLoss));
    expect(await fitted(classifier(), { capture: false })).toEqual(eagerFor("fit was given capture: false"));
  });

  test("tells why captured steps are not replayed", async () => {
    class Own extends Model {
      static override readonly capturable = true;
      a = new Linear(6, 3);
      override forward(x: Tensor): Tensor {
        return this.a.forward(x).mul(Math.random());
      }
    }
    expect((await fitted(new Own()))?.reason).toMatch(/^it does not do the same each time: call \d, "mul", was given another/);
    const model = classifier() as Sequential;
    const onBatchEnd = () => {
      (model.layers as Module[])[2] = new Dropout(0.4);
    };
    expect(await fitted(model, { callbacks: [new LambdaCallback({ onBatchEnd })] })).toMatchObject({
      replays: 0,
      reason: "the model is changed between steps; after each change the step is recorded anew",
    });
  });
});
