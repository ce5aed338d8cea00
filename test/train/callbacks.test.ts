import { describe, expect, test, vi } from "vitest";
import { forgetNotes } from "../../src/errors/note.js";
import {
  batches,
  Callback,
  crossEntropy,
  Dense,
  EarlyStopping,
  History,
  LambdaCallback,
  type Logs,
  Metric,
  manualSeed,
  type Parameter,
  Sequential,
  SGD,
  type Tensor,
  type TrainingContext,
  tensor,
} from "../../src/index.js";
import { failure } from "../support/errors.js";
import { bits, blobs, rejection } from "../support/toy.js";

const compiled = (learningRate = 0.1): Sequential =>
  new Sequential([new Dense(3, { inputShape: [4] })]).compile({
    optimizer: new SGD({ learningRate }),
    loss: "crossEntropy",
    metrics: ["accuracy"],
  });

describe("hooks", () => {
  test("are called in order, with what they are promised, and waited for", async () => {
    const calls: unknown[] = [];
    const slowly = async (call: unknown) => {
      await new Promise((resolve) => setTimeout(resolve, 1));
      calls.push(call);
    };
    let seen: TrainingContext | null = null;
    class Spy extends Callback {
      override onTrainBegin(context: TrainingContext) {
        seen = context;
        return slowly("train begin");
      }
      override onEpochBegin = (epoch: number) => slowly(`epoch ${epoch} begin`);
      override onBatchEnd = (batch: number, logs: Logs) => slowly(`batch ${batch}: ${Object.keys(logs)}`);
      override onEpochEnd = (epoch: number, logs: Logs) => slowly(`epoch ${epoch}: ${Object.keys(logs)}`);
      override onTrainEnd = () => slowly("train end");
    }
    const model = compiled();
    await model.fit(blobs(10), { epochs: 2, batchSize: 5, validationData: blobs(5), callbacks: [new Spy()], verbose: 0 });
    expect(calls).toEqual([
      "train begin",
      "epoch 0 begin",
      "batch 0: loss,accuracy",
      "batch 1: loss,accuracy",
      "epoch 0: loss,accuracy,valLoss,valAccuracy",
      "epoch 1 begin",
      "batch 0: loss,accuracy",
      "batch 1: loss,accuracy",
      "epoch 1: loss,accuracy,valLoss,valAccuracy",
      "train end",
    ]);
    const { epochs, steps, figures } = seen as unknown as TrainingContext;
    expect([epochs, steps, figures]).toEqual([2, 2, ["loss", "accuracy", "valLoss", "valAccuracy"]]);
    expect((seen as unknown as TrainingContext).model).toBe(model);
  });

  test("onTrainEnd is called also when a hook throws", async () => {
    let ended = 0;
    const onEpochEnd = () => {
      throw new Error("mine");
    };
    const model = compiled();
    await expect(model.fit(blobs(6), { callbacks: [{ onEpochEnd }, { onTrainEnd: () => void ended++ }], verbose: 0 })).rejects.toThrow(
      "mine",
    );
    expect(ended).toBe(1);
    // And the model can be trained again.
    await model.fit(blobs(6), { verbose: 0 });
  });

  test("stop between batches ends the epoch there, in onEpochEnd training", async () => {
    let context!: TrainingContext;
    let batches = 0;
    const onTrainBegin = (given: TrainingContext) => {
      context = given;
    };
    const onBatchEnd = (batch: number) => {
      batches++;
      if (batch === 1) context.stop();
    };
    const first = await compiled().fit(blobs(50), { epochs: 5, batchSize: 10, callbacks: [{ onTrainBegin, onBatchEnd }], verbose: 0 });
    expect([batches, first.epoch]).toEqual([2, [0]]);
    const onEpochEnd = (epoch: number) => {
      if (epoch === 2) context.stop();
    };
    expect((await compiled().fit(blobs(8), { epochs: 9, callbacks: [{ onTrainBegin, onEpochEnd }], verbose: 0 })).epoch).toEqual([0, 1, 2]);
  });

  test("what a callback adds to the figures, those behind it are told", async () => {
    const told: Logs[] = [];
    const first = new LambdaCallback({
      onEpochEnd: (_, logs) => {
        logs.mine = 5;
      },
    });
    await compiled().fit(blobs(6), { callbacks: [first, { onEpochEnd: (_, logs) => void told.push(logs) }], verbose: 0 });
    expect(told[0].mine).toBe(5);
  });

  test("what a callback adds is history, NaN for epochs without it, and must be a number", async () => {
    const adds = (value: (epoch: number) => unknown): Partial<Callback> => ({
      onEpochEnd: (epoch, logs) => {
        const figure = value(epoch);
        if (figure !== undefined) logs.f1 = figure as number;
      },
    });
    const { history } = await compiled().fit(blobs(6), {
      epochs: 4,
      callbacks: [adds((epoch) => (epoch % 2 ? epoch : undefined))],
      verbose: 0,
    });
    expect(Object.keys(history)).toEqual(["loss", "accuracy", "f1"]);
    expect(history.f1).toEqual([Number.NaN, 1, Number.NaN, 3]);
    expect(await rejection(compiled().fit(blobs(6), { callbacks: [adds(() => tensor([1]))], verbose: 0 }))).toBe(
      'ARGUMENT fit: the figure "f1" that onEpochEnd added is a tensor; expected a number. Add figures with a number each, such as the item() of a tensor.',
    );
  });

  describe("onStep", () => {
    /** The norms of all gradients at every step. */
    class GradientNorms extends Callback {
      norms: number[] = [];
      parameters: Parameter[] = [];
      override onTrainBegin({ model }: TrainingContext): void {
        this.parameters = model.parameters();
      }
      override onStep(batch: number): void {
        expect(batch).toBe(this.norms.length);
        this.norms.push(Math.sqrt(this.parameters.reduce((sum, { grad }) => sum + (grad?.square().sum().item() ?? Number.NaN), 0)));
      }
    }

    test.each([false, true])("sees the gradients of the step, captured: %s; they are those of a loop by hand", async (capture) => {
      manualSeed(3);
      const { x, y } = blobs(60);
      const byHand = compiled();
      const optimizer = new SGD(byHand.parameters(), { learningRate: 0.1 });
      const wanted: number[] = [];
      for (const batch of batches({ x, y }, 6)) {
        crossEntropy(byHand.forward(batch.x) as Tensor, batch.y).backward();
        wanted.push(Math.sqrt(byHand.parameters().reduce((sum, { grad }) => sum + (grad?.square().sum().item() ?? Number.NaN), 0)));
        optimizer.step();
        optimizer.zeroGrad();
      }
      const model = compiled();
      const norms = new GradientNorms();
      const bare = { onBatchEnd: () => expect(model.parameters().map(({ grad }) => grad)).toEqual([null, null]) };
      await model.fit({ x, y }, { batchSize: 6, shuffle: false, callbacks: [norms, bare], capture, verbose: 0 });
      expect(norms.norms).toEqual(wanted);
      expect(bits(model)).toEqual(bits(byHand));
      expect(model.captureStatus?.replays).toBe(capture ? 7 : 0);
      expect(model.parameters().map(({ grad }) => grad)).toEqual([null, null]);
    });

    test("an error in it ends training, and leaves no gradients behind", async () => {
      const model = compiled();
      const onStep = () => {
        throw new Error("mine");
      };
      await expect(model.fit(blobs(6), { callbacks: [{ onStep }], verbose: 0 })).rejects.toThrow("mine");
      expect(model.parameters().map(({ grad }) => grad)).toEqual([null, null]);
    });

    test("is not called for a batch in which nothing counts", async () => {
      const steps: number[] = [];
      const { x, y } = blobs(6);
      const weight = tensor([1, 1, 0, 0, 1, 1]);
      await compiled().fit(
        { x, y, weight },
        { batchSize: 2, shuffle: false, callbacks: [{ onStep: (i) => void steps.push(i) }], verbose: 0 },
      );
      expect(steps).toEqual([0, 2]);
    });
  });

  describe("onTrainEnd", () => {
    const fails = (text: string): Partial<Callback> => ({
      onTrainEnd: () => {
        throw new Error(text);
      },
    });

    test("of all is called though one throws; EarlyStopping restores", async () => {
      const model = compiled();
      const states: Record<string, number[]>[] = [];
      let ended = 0;
      const onEpochEnd = (epoch: number, logs: Logs) => {
        logs.cost = epoch;
        states.push(bits(model));
      };
      const spy = { onEpochEnd, onTrainEnd: () => void ended++ };
      const early = new EarlyStopping({ monitor: "cost", mode: "min", patience: 2 });
      const callbacks = [fails("first"), spy, fails("second"), early, fails("third")];
      const error = await model.fit(blobs(12), { epochs: 9, callbacks, verbose: 0 }).catch((reason) => reason);
      expect(error.message).toBe("first");
      expect(error.cause).toBeInstanceOf(AggregateError);
      expect(error.cause.errors.map(({ message }: Error) => message)).toEqual(["second", "third"]);
      expect([ended, early.bestEpoch, states.length]).toEqual([1, 0, 3]);
      expect(bits(model)).toEqual(states[0]);
      await model.fit(blobs(6), { verbose: 0 });
    });

    test("takes no error's place: neither that of a hook, nor an abort's reason, nor a DivergedError", async () => {
      const onBatchEnd = () => {
        throw new Error("of a batch");
      };
      const hook = await compiled()
        .fit(blobs(6), { callbacks: [{ onBatchEnd }, fails("at the end")], verbose: 0 })
        .catch((reason) => reason);
      expect([hook.message, hook.cause.message]).toEqual(["of a batch", "at the end"]);
      const controller = new AbortController();
      const reason = Object.freeze({ why: "enough" });
      const aborting = { onBatchEnd: () => controller.abort(reason) };
      const said = vi.spyOn(console, "warn").mockImplementation(() => {});
      await expect(
        compiled().fit(blobs(6), { batchSize: 2, callbacks: [aborting, fails("after the abort")], signal: controller.signal, verbose: 0 }),
      ).rejects.toBe(reason);
      expect(said.mock.calls.flat()).toEqual(["simdgrad: fit ended with an error, and then: Error: after the abort"]);
      said.mockRestore();
      const diverged = compiled(1e38).fit(blobs(60), { batchSize: 2, callbacks: [fails("at the end")], verbose: 0 });
      await expect(diverged).rejects.toMatchObject({ code: "DIVERGED", cause: { message: "at the end" } });
    });
  });

  test("errors", async () => {
    expect(failure(() => new LambdaCallback({ onEpochend: () => {} } as never))).toBe(
      'ARGUMENT LambdaCallback: unknown option "onEpochend". Known: onTrainBegin, onEpochBegin, onStep, onBatchEnd, onValidationBegin, onEpochEnd, onTrainEnd. Did you mean "onEpochEnd"?',
    );
    expect(await rejection(compiled().fit(blobs(6), { callbacks: [EarlyStopping as never] }))).toBe(
      "ARGUMENT fit: callbacks[0] is a function; expected a Callback. Write new EarlyStopping(…).",
    );
    expect(await rejection(compiled().fit(blobs(6), { callbacks: new History() as never }))).toBe(
      "ARGUMENT fit: callbacks is a History; expected an array. Write callbacks: [new EarlyStopping()].",
    );
    expect(await rejection(compiled().fit(blobs(6), { callbacks: [undefined as never] }))).toBe(
      "ARGUMENT fit: callbacks[0] is undefined; expected a Callback.",
    );
  });
});

test("History: one list a figure; fit returns it and the model keeps it", async () => {
  const model = compiled();
  const history = await model.fit(blobs(12), { epochs: 3, verbose: 0 });
  expect(history).toBeInstanceOf(History);
  expect(history).toBe(model.history);
  expect(history.epoch).toEqual([0, 1, 2]);
  expect(Object.entries(history.history).map(([name, { length }]) => [name, length])).toEqual([
    ["loss", 3],
    ["accuracy", 3],
  ]);
  expect((await model.fit(blobs(12), { epochs: 0, verbose: 0 })).history).toEqual({});
});

describe("EarlyStopping", () => {
  /** A figure that is what a list says, epoch by epoch. */
  class Told extends Metric {
    readonly name = "told";
    #epoch = -1;
    constructor(private readonly values: number[]) {
      super();
    }
    reset(): void {
      this.#epoch++;
    }
    update(): void {}
    result(): number {
      return this.values[this.#epoch];
    }
  }

  /** How many epochs are run, which is the best, and whether its weights came back. */
  async function stopped(values: number[], options: ConstructorParameters<typeof EarlyStopping>[0] = {}) {
    manualSeed(1);
    const model = new Sequential([new Dense(3, { inputShape: [4] })]).compile({
      optimizer: "sgd",
      loss: "crossEntropy",
      metrics: [new Told(values)],
    });
    const early = new EarlyStopping({ monitor: "told", ...options });
    const weights: unknown[] = [];
    const onEpochEnd = () => void weights.push(bits(model));
    const { epoch } = await model.fit(blobs(8), { epochs: values.length, callbacks: [{ onEpochEnd }, early], verbose: 0 });
    return {
      epochs: epoch.length,
      best: early.bestEpoch,
      restored: weights.findIndex((one) => JSON.stringify(one) === JSON.stringify(bits(model))),
    };
  }

  test.each([
    { values: [3, 2, 2, 1], options: {}, epochs: 3, best: 1, restored: 1 },
    { values: [3, 2, 2, 1], options: { patience: 1 }, epochs: 3, best: 1, restored: 1 },
    { values: [3, 2, 2, 1], options: { patience: 2 }, epochs: 4, best: 3, restored: 3 },
    { values: [3, 2, 2, 2, 1], options: { patience: 2 }, epochs: 4, best: 1, restored: 1 },
    { values: [3, 2, 2, 2, 1], options: { patience: 2, restoreBest: false }, epochs: 4, best: 1, restored: 3 },
    { values: [3, 2.95, 2.92], options: { minDelta: 0.1 }, epochs: 2, best: 0, restored: 0 },
    { values: [1, 2, 3, 2], options: { mode: "max" as const }, epochs: 4, best: 2, restored: 2 },
    { values: [3, Number.NaN, 1], options: {}, epochs: 2, best: 0, restored: 0 },
    { values: [3, Number.NaN, 1], options: { patience: 2 }, epochs: 3, best: 2, restored: 2 },
    // The best weights come back also when training ends by itself.
    { values: [1, 3, 2], options: { patience: 5 }, epochs: 3, best: 0, restored: 0 },
  ])("$values with $options", async ({ values, options, ...expected }) => {
    expect(await stopped(values, options)).toEqual(expected);
  });

  test("accuracy and topK are better the greater they are", async () => {
    const model = new Sequential([new Dense(3, { inputShape: [4] })]).compile({
      optimizer: new SGD({ learningRate: 0.5 }),
      loss: "crossEntropy",
      metrics: ["accuracy", { name: "topK", k: 2 }],
    });
    for (const monitor of ["valAccuracy", "top2"]) {
      const early = new EarlyStopping({ monitor, patience: 3 });
      const { history, epoch } = await model.fit(blobs(60), { epochs: 30, validationSplit: 0.3, callbacks: [early], verbose: 0 });
      const best = Math.max(...history[monitor]);
      expect(history[monitor].indexOf(best)).toBe(early.bestEpoch);
      expect(epoch.length).toBe(Math.min(30, early.bestEpoch + 4));
    }
  });

  test("can be used again", async () => {
    const early = new EarlyStopping();
    for (let i = 0; i < 2; i++) {
      const { epoch } = await compiled(0).fit(blobs(8), { epochs: 5, validationSplit: 0.5, callbacks: [early], verbose: 0 });
      expect(epoch).toEqual([0, 1]);
    }
  });

  test("an aborted training too ends with the best weights", async () => {
    const model = compiled();
    const controller = new AbortController();
    const weights: unknown[] = [];
    const onEpochEnd = (epoch: number) => {
      weights.push(bits(model));
      if (epoch === 2) controller.abort(new Error("enough"));
    };
    const early = new EarlyStopping({ monitor: "loss", patience: 9 });
    const fitted = model.fit(blobs(30), { epochs: 9, callbacks: [early, { onEpochEnd }], verbose: 0, signal: controller.signal });
    await expect(fitted).rejects.toThrow("enough");
    expect(bits(model)).toEqual(weights[early.bestEpoch]);
  });

  test("a figure that does not exist is an error before anything is trained", async () => {
    const model = compiled();
    const before = bits(model);
    expect(await rejection(model.fit(blobs(8), { callbacks: [new EarlyStopping()], verbose: 0 }))).toBe(
      'ARGUMENT EarlyStopping: there is no "valLoss"; the figures are loss, accuracy. Give fit validationData or validationSplit, or choose another monitor.',
    );
    expect(
      await rejection(model.fit(blobs(8), { callbacks: [new EarlyStopping({ monitor: "acuracy" })], validationSplit: 0.5, verbose: 0 })),
    ).toBe('ARGUMENT EarlyStopping: there is no "acuracy"; the figures are loss, accuracy, valLoss, valAccuracy. Did you mean "accuracy"?');
    expect(
      await rejection(model.fit(blobs(8), { callbacks: [new EarlyStopping({ monitor: "val_loss" })], validationSplit: 0.5, verbose: 0 })),
    ).toBe('ARGUMENT EarlyStopping: there is no "val_loss"; the figures are loss, accuracy, valLoss, valAccuracy. Did you mean "valLoss"?');
    expect(bits(model)).toEqual(before);
  });

  test("monitors what a callback in front of it adds", async () => {
    const f1 = [0.1, 0.5, 0.9, 0.3, 0.2, 0.8];
    const adds = new LambdaCallback({
      onEpochEnd: (epoch, logs) => {
        logs.f1 = f1[epoch];
      },
    });
    const early = new EarlyStopping({ monitor: "f1", mode: "max", patience: 2 });
    const model = compiled();
    const { history } = await model.fit(blobs(12), { epochs: 6, callbacks: [adds, early], verbose: 0 });
    expect([early.bestEpoch, history.f1]).toEqual([2, f1.slice(0, 5)]);
  });

  test("a figure that no callback in front of it adds is an error after the first epoch, or before it", async () => {
    const adds = { onEpochEnd: (_: number, logs: Logs) => void Object.assign(logs, { f1: 1 }) };
    const early = new EarlyStopping({ monitor: "f2", mode: "max" });
    const first = compiled();
    expect(await rejection(first.fit(blobs(8), { epochs: 9, callbacks: [adds, early], verbose: 0 }))).toBe(
      'ARGUMENT EarlyStopping: there is no "f2"; the figures are loss, accuracy, f1. Choose another monitor, or stand behind the callback that adds it.',
    );
    expect(first.optimizer.stepCount).toBe(1);
    const behind = compiled();
    const before = bits(behind);
    expect(
      await rejection(
        behind.fit(blobs(8), { epochs: 9, callbacks: [new EarlyStopping({ monitor: "f1", mode: "max" }), adds], verbose: 0 }),
      ),
    ).toBe(
      'ARGUMENT EarlyStopping: there is no "f1"; the figures are loss, accuracy. Choose another monitor, or stand behind the callback that adds it.',
    );
    expect(bits(behind)).toEqual(before);
  });

  test("an epoch without the figure does not count; what is better is said where no metric says it", async () => {
    forgetNotes();
    const said = vi.spyOn(console, "warn").mockImplementation(() => {});
    const adds = { onEpochEnd: (epoch: number, logs: Logs) => void (epoch % 2 === 0 && Object.assign(logs, { cost: 9 - epoch })) };
    const early = new EarlyStopping({ monitor: "cost" });
    await compiled().fit(blobs(8), { epochs: 6, callbacks: [adds, early], verbose: 0 });
    expect(early.bestEpoch).toBe(4);
    expect(said.mock.calls.flat()).toEqual([
      'simdgrad: EarlyStopping: "cost" is no metric\'s figure, so less of it is taken as better. Set mode: "min" or "max".',
    ]);
    said.mockRestore();
  });

  test("neither NaN nor an epoch that leaves weights infinite is the best", async () => {
    const told = [Number.NaN, 3, Number.NaN, 2];
    const early = new EarlyStopping({ monitor: "f1", mode: "min", patience: 9 });
    const model = compiled();
    const states: Record<string, number[]>[] = [];
    const spoils = {
      onEpochEnd: (epoch: number, logs: Logs) => {
        logs.f1 = told[epoch];
        states.push(bits(model));
        if (epoch === 3) model.parameters()[0].fill(Infinity);
      },
    };
    await model.fit(blobs(8), { epochs: 4, callbacks: [spoils, early], verbose: 0 });
    expect(early.bestEpoch).toBe(1);
    expect(bits(model)).toEqual(states[1]);
  });

  test("options", () => {
    expect(failure(() => new EarlyStopping({ patiense: 2 } as never))).toBe(
      'ARGUMENT EarlyStopping: unknown option "patiense". Known: monitor, mode, patience, minDelta, restoreBest. Did you mean "patience"?',
    );
    expect(failure(() => new EarlyStopping({ patience: -1 }))).toBe("ARGUMENT EarlyStopping: patience is -1; expected a number ≥ 0.");
    expect(failure(() => new EarlyStopping({ minDelta: Number.NaN }))).toBe(
      "ARGUMENT EarlyStopping: minDelta is NaN; expected a number ≥ 0.",
    );
    expect(failure(() => new EarlyStopping({ mode: "maximum" as never }))).toBe(
      'ARGUMENT EarlyStopping: mode is "maximum"; expected "min", "max" or "auto".',
    );
  });
});
