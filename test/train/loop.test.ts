import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, test } from "vitest";
import {
  Accuracy,
  Adam,
  avgPool2d,
  batches,
  Conv2d,
  cosineDecay,
  crossEntropy,
  Dense,
  Dropout,
  Linear,
  LSTM,
  Model,
  type Module,
  manualSeed,
  maxPool2d,
  mse,
  noGrad,
  RMSprop,
  type Samples,
  Sequential,
  SGD,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { kernelBuild, useKernels } from "../../src/kernels/load.js";
import { type GoldenTensor, goldenTensor } from "../support/golden.js";
import { builds } from "../support/kernels.js";
import { read } from "../support/repository.js";
import { bits, blobs } from "../support/toy.js";

/** What a hand-written loop does with a batch. */
type Step = (model: Module, batch: { x: Tensor; y: Tensor; weight: Tensor }) => Tensor;

const plain: Step = (model, { x, y }) => crossEntropy(model.forward(x), y);

interface Doors {
  make: () => Model;
  optimizer: () => Adam | SGD | RMSprop;
  step?: Step;
  data?: () => Samples;
  shuffle?: boolean;
  fit?: object;
}

/** The same training through both doors; @returns the parameters and the losses of each. */
async function throughBoth({ make, optimizer, step = plain, data = blobs, shuffle = true, fit = {} }: Doors) {
  const [epochs, batchSize] = [3, 20];
  manualSeed(7);
  const keras = make();
  keras.compile({ optimizer: optimizer(), loss: "crossEntropy", metrics: ["accuracy"] });
  const { history } = await keras.fit(data(), { epochs, batchSize, shuffle, verbose: 0, ...fit });

  manualSeed(7);
  const torch = make();
  const samples = data();
  let bound: ReturnType<typeof optimizer> | null = null;
  const losses: number[] = [];
  for (let epoch = 0; epoch < epochs; epoch++) {
    let [sum, count] = [0, 0];
    for (const batch of batches(samples as Required<Samples>, batchSize, { shuffle })) {
      const { x, weight } = batch as { x: Tensor; weight?: Tensor };
      const loss = step(torch, batch as never);
      bound ??= optimizer().bind(torch.parameters()) as Adam;
      loss.backward();
      bound.step();
      bound.zeroGrad();
      const counts = weight?.sum().item() ?? x.shape[0];
      sum += loss.item() * counts;
      count += counts;
    }
    losses.push(sum / count);
  }
  return { keras: { bits: bits(keras), losses: history.loss }, torch: { bits: bits(torch), losses } };
}

const dense = (): Model => new Sequential([new Dense(16, { activation: "relu", inputShape: [4] }), new Dense(3)]);

class Net extends Model {
  fc1 = new Linear(4, 16);
  drop = new Dropout(0.3);
  fc2 = new Linear(16, 3);
  override forward(x: Tensor): Tensor {
    return this.fc2.forward(this.drop.forward(this.fc1.forward(x).relu()));
  }
}

const DOORS: Record<string, Doors> = {
  Sequential: { make: dense, optimizer: () => new Adam() },
  "in order": { make: dense, optimizer: () => new SGD({ learningRate: 0.1 }), shuffle: false },
  "lazy layers": { make: () => new Sequential([new Dense(16, { activation: "tanh" }), new Dense(3)]), optimizer: () => new Adam() },
  "a class with dropout": { make: () => new Net(), optimizer: () => new RMSprop({ momentum: 0.9 }) },
  "a schedule": { make: dense, optimizer: () => new SGD({ learningRate: cosineDecay(0.2, { steps: 12 }), momentum: 0.9, nesterov: true }) },
  clipping: { make: dense, optimizer: () => new SGD({ learningRate: 0.5, globalClipNorm: 0.1 }) },
  "a model that ends in softmax": {
    make: () => new Sequential([new Dense(3, { activation: "softmax", inputShape: [4] })]),
    optimizer: () => new Adam(),
  },
  "sample weights": {
    make: () => new Net(),
    optimizer: () => new Adam(),
    data: () => ({ ...blobs(), weight: tensor(Float32Array.from({ length: 96 }, (_, i) => (i % 5) / 2)) }),
    step: (model, { x, y, weight }) => crossEntropy(model.forward(x), y, { reduction: "none" }).mul(weight).sum().div(weight.sum()),
  },
  "class weights": {
    make: dense,
    optimizer: () => new Adam(),
    fit: { classWeight: { 0: 2, 2: 0.5 } },
    step: (model, { x, y }) => {
      const weight = tensor([2, 1, 0.5]).indexSelect(0, y);
      return crossEntropy(model.forward(x), y, { reduction: "none" }).mul(weight).sum().div(weight.sum());
    },
  },
};

describe("fit and the loop one writes oneself give the same bits", () => {
  test.each(Object.entries(DOORS))("%s", async (name, doors) => {
    const { keras, torch } = await throughBoth(doors);
    expect(keras.bits).toEqual(torch.bits);
    if (name !== "class weights") expect(keras.losses).toEqual(torch.losses);
    expect(keras.losses[2]).toBeLessThan(keras.losses[0]);
  });

  test("validation, callbacks and predictions between batches change nothing", async () => {
    const run = async (observed: boolean) => {
      manualSeed(3);
      const model = new Net();
      model.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
      const data = blobs();
      const onBatchEnd = async () => void (await model.predict(data.x));
      await model.fit(data, {
        epochs: 2,
        batchSize: 16,
        verbose: 0,
        ...(observed && { callbacks: [{ onBatchEnd }], validationData: blobs(10) }),
      });
      return bits(model);
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test("an iterable of the same batches too", async () => {
    const run = async (data: (samples: ReturnType<typeof blobs>) => never) => {
      manualSeed(5);
      const samples = blobs();
      const model = dense().compile({ optimizer: "sgd", loss: "crossEntropy" });
      await model.fit(data(samples), { epochs: 2, batchSize: 20, verbose: 0 });
      return bits(model);
    };
    const whole = await run((samples) => samples as never);
    // A new generator for every epoch.
    expect(await run((samples) => ({ [Symbol.iterator]: () => batches(samples, 20, { shuffle: true }) }) as never)).toEqual(whole);
    async function* slowly(samples: ReturnType<typeof blobs>) {
      for (const batch of batches(samples, 20, { shuffle: true })) {
        await new Promise((resolve) => setImmediate(resolve));
        yield batch;
      }
    }
    expect(await run((samples) => ({ [Symbol.asyncIterator]: () => slowly(samples) }) as never)).toEqual(whole);
  });
});

describe("a loss finds the logits of a model that ends in softmax or sigmoid", () => {
  const both = async (activation: "softmax" | "sigmoid") => {
    const loss = activation === "softmax" ? "crossEntropy" : "binaryCrossEntropy";
    const run = async (end: "linear" | "softmax" | "sigmoid") => {
      manualSeed(11);
      const { x, y } = blobs();
      const model = new Sequential([
        new Dense(8, { activation: "relu", inputShape: [4] }),
        new Dense(activation === "softmax" ? 3 : 1, { activation: end }),
      ]).compile({ optimizer: "adam", loss, metrics: ["accuracy"] });
      const data = activation === "softmax" ? { x, y } : { x, y: y.eq(0).cast("float32") };
      const { history } = await model.fit(data, { epochs: 3, verbose: 0, validationData: data });
      return { bits: bits(model), history, evaluated: await model.evaluate(data), loaded: await model.evaluate(data, { batchSize: 7 }) };
    };
    expect(await run(activation)).toEqual(await run("linear"));
  };
  test("softmax: the same bits in fit, validation and evaluate", () => both("softmax"));
  test("sigmoid: the same bits in fit, validation and evaluate", () => both("sigmoid"));
});

describe("golden training", () => {
  interface Run {
    name: string;
    loss: string;
    config: { lr: number };
    clip_grad_norm?: number;
    x: GoldenTensor;
    y: GoldenTensor;
    params: Record<string, GoldenTensor>;
    losses: GoldenTensor;
    grads_step0: Record<string, GoldenTensor>;
    params_final: Record<string, GoldenTensor>;
    eval_output: GoldenTensor;
    err: { losses: number; params_final: Record<string, number>; eval_output: number };
  }
  const cases = ["mlp", "cnn", "seq"].flatMap((net) => (JSON.parse(read(`test/golden/training_${net}.json`)) as { cases: Run[] }).cases);

  class Mlp extends Model {
    fc1 = new Linear(8, 16);
    fc2 = new Linear(16, 16);
    fc3 = new Linear(16, 3);
    override forward(x: Tensor): Tensor {
      return this.fc3.forward(this.fc2.forward(this.fc1.forward(x).relu()).relu());
    }
  }

  class Cnn extends Model {
    conv1 = new Conv2d(1, 4, 3, { padding: 1, activation: "relu" });
    conv2 = new Conv2d(4, 8, 3, { activation: "relu" });
    fc = new Linear(8, 4);
    override forward(x: Tensor): Tensor {
      const narrow = maxPool2d(this.conv1.forward(x), 2);
      return this.fc.forward(avgPool2d(this.conv2.forward(narrow), 2).flatten(1));
    }
  }

  class Recurrent extends Model {
    lstm = new LSTM(4, 8);
    head = new Linear(8, 2);
    override forward(x: Tensor): Tensor {
      return this.head.forward(this.lstm.forward(x).last);
    }
  }

  const nets: Record<string, new () => Model> = { mlp_relu_adam: Mlp, cnn_adam: Cnn, lstm_adam_clip: Recurrent };

  const near = (what: string, found: ArrayLike<number>, expected: GoldenTensor, err: number): void => {
    expect(found.length, what).toBe(expected.data.length);
    expected.data.map(Number).forEach((want, i) => {
      const tolerance = Math.max(1e-5, 10 * err) + 1e-5 * Math.abs(want);
      if (!(Math.abs(found[i] - want) <= tolerance)) expect.fail(`${what}: element ${i} is ${found[i]}; PyTorch has ${want}`);
    });
  };

  test("is there", () => expect(cases.map(({ name }) => name)).toEqual(Object.keys(nets)));

  for (const build of builds) {
    test.each(cases)(`$name, fit, ${build}`, async (run) => {
      const before = kernelBuild();
      useKernels(build);
      try {
        const [x, y] = [goldenTensor(run.x), goldenTensor(run.y)];
        const model = new nets[run.name]();
        model.loadStateDict(Object.fromEntries(Object.entries(run.params).map(([name, value]) => [name, goldenTensor(value)])));
        const loss = run.loss === "MSELoss" ? mse : crossEntropy;
        loss(model.forward(x), y).backward();
        for (const [name, parameter] of model.namedParameters())
          near(`gradient of ${name}`, parameter.grad?.data ?? [], run.grads_step0[name], 1e-7);
        model.compile({ optimizer: new Adam({ learningRate: run.config.lr, globalClipNorm: run.clip_grad_norm }), loss });
        const steps = run.losses.data.length;
        const { history } = await model.fit({ x, y }, { epochs: steps, batchSize: 64, shuffle: false, verbose: 0 });
        near("losses", history.loss, run.losses, run.err.losses);
        for (const [name, parameter] of model.namedParameters())
          near(name, parameter.data, run.params_final[name], run.err.params_final[name]);
        near("eval_output", (await model.predict(x)).data, run.eval_output, run.err.eval_output);
      } finally {
        useKernels(before);
      }
    });
  }
});

describe("fit", () => {
  test("figures: an epoch's loss counts every sample alike, also in a smaller last batch", async () => {
    const { x, y } = blobs(50);
    const model = dense().compile({ optimizer: new SGD({ learningRate: 0 }), loss: "crossEntropy", metrics: ["accuracy"] });
    const { history, epoch } = await model.fit({ x, y }, { epochs: 2, batchSize: 16, verbose: 0, validationSplit: 0.2 });
    const of = async (rows: [number, number]) => {
      const logits = await model.predict(x.slice([rows]));
      return crossEntropy(logits, y.slice([rows])).item();
    };
    expect(epoch).toEqual([0, 1]);
    expect(Object.keys(history)).toEqual(["loss", "accuracy", "valLoss", "valAccuracy"]);
    expect(history.loss[0]).toBeCloseTo(await of([0, 40]), 5);
    expect(history.valLoss[1]).toBeCloseTo(await of([40, 50]), 5);
    const accuracy = new Accuracy();
    accuracy.update(await model.predict(x.slice([[40, 50]])), y.slice([[40, 50]]));
    expect(history.valAccuracy[0]).toBe(accuracy.result());
  });

  test("weighted figures do not depend on how the batches fall", async () => {
    const data = { ...blobs(50), weight: tensor(Float32Array.from({ length: 50 }, (_, i) => 1 + (i % 4))) };
    const model = dense().compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
    const [all, few] = [await model.evaluate(data, { batchSize: 50 }), await model.evaluate(data, { batchSize: 7 })];
    expect(few.loss).toBeCloseTo(all.loss, 5);
    expect(few.accuracy).toBeCloseTo(all.accuracy, 12);
  });

  test("leaves what was in evaluation in evaluation after validation, and trains in training", async () => {
    const model = new Net();
    const seen: boolean[] = [];
    model.fc1.registerForwardHook(() => void seen.push(model.drop.training));
    model.compile({ optimizer: "adam", loss: "crossEntropy" });
    await model.fit(blobs(8), { batchSize: 8, verbose: 0, validationData: blobs(8) });
    expect(seen).toEqual([true, false]);
    expect(model.training).toBe(true);
    model.drop.training = false;
    await model.predict(blobs(4).x);
    expect([model.training, model.drop.training]).toEqual([true, false]);
  });

  test("gradients left over from before do not count", async () => {
    const run = async (before: boolean) => {
      manualSeed(1);
      const data = blobs();
      const model = dense();
      if (before) crossEntropy(model.forward(data.x), data.y).mul(1000).backward();
      model.compile({ optimizer: "adam", loss: "crossEntropy" });
      await model.fit(data, { shuffle: false, verbose: 0 });
      return bits(model);
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test("takes up where it stopped: the optimizer goes on", async () => {
    const run = async (epochs: number[]) => {
      manualSeed(2);
      const data = blobs();
      const model = dense().compile({ optimizer: "adam", loss: "crossEntropy" });
      for (const n of epochs) await model.fit(data, { epochs: n, verbose: 0 });
      expect(model.optimizer.stepCount).toBe(12);
      return bits(model);
    };
    expect(await run([4])).toEqual(await run([1, 2, 1]));
  });

  test("in training memory is flat from the second step", async () => {
    const { memory } = await import("../../src/index.js");
    const model = new Net();
    model.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy", { name: "topK", k: 2 }, "confusionMatrix"] });
    const seen: number[] = [];
    await model.fit(blobs(64), {
      epochs: 3,
      batchSize: 16,
      verbose: 0,
      validationData: blobs(32),
      callbacks: [{ onBatchEnd: () => void seen.push(memory().liveBytes) }],
    });
    expect(new Set(seen.slice(1)).size).toBe(1);
  });
});

describe("the process stays alive", () => {
  test("a server answers while fit runs", async () => {
    const model = new Sequential([
      new Dense(256, { activation: "relu", inputShape: [4] }),
      new Dense(256, { activation: "relu" }),
      new Dense(3),
    ]);
    model.compile({ optimizer: "adam", loss: "crossEntropy" });
    const server = createServer((_, response) => response.end(String(model.optimizer.stepCount)));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo;
    const controller = new AbortController();
    const training = model.fit(blobs(3000), { epochs: 100_000, verbose: 0, signal: controller.signal }).catch((reason) => reason);
    let [turns, answered] = [0, false];
    const count = (): void => {
      turns++;
      if (!answered) setImmediate(count);
    };
    count();
    const answer = await new Promise<string>((resolve, reject) => {
      get({ port, host: "127.0.0.1" }, (response) => {
        let text = "";
        response.on("data", (part) => {
          text += part;
        });
        response.on("end", () => resolve(text));
      }).on("error", reject);
    });
    answered = true;
    controller.abort("enough");
    expect(await training).toBe("enough");
    server.close();
    expect(Number(answer)).toBeGreaterThan(0);
    // A handful of turns of the event loop, of about 10 ms each.
    expect(turns).toBeLessThan(500);
  });

  test("a timer of 100 ms fires, though no batch waits for anything", async () => {
    const model = dense().compile({ optimizer: "adam", loss: "crossEntropy" });
    const controller = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks < 3) return;
      clearInterval(timer);
      controller.abort();
    }, 100);
    await expect(model.fit(blobs(), { epochs: 1e6, verbose: 0, signal: controller.signal })).rejects.toThrow("aborted");
    expect(ticks).toBe(3);
    expect(noGrad(() => model.history?.epoch.length)).toBeGreaterThan(0);
  });
});
