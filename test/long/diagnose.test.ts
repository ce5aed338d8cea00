/** Sound trainings on real data have no findings, and what is broken in networks of that size is named. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import {
  CharTokenizer,
  normalize,
  randomCrop,
  randomFlip,
  StandardScaler,
  tokenCrossEntropy,
  transformed,
  windowBatches,
} from "../../src/data.js";
import {
  AdamW,
  cosineDecay,
  Dense,
  type FitOptions,
  type History,
  linearWarmup,
  type Model,
  manualSeed,
  RMSprop,
  Sequential,
  SGD,
  sanityCheck,
  type Tensor,
  type TrainingData,
  tensor,
} from "../../src/index.js";
import { loadCifar10 } from "../../src/io/cifar10.js";
import { loadFashionMnist, loadMnist } from "../../src/io/mnist.js";
import { loadShakespeare } from "../../src/io/shakespeare.js";
import { charModel, cifarResNet, gpt, lenet5 } from "../../src/models.js";
import { dataFile } from "../support/data.js";
import { SOUND } from "../support/trainings/sound.js";

const cifar = dataFile("CIFAR-10", "cifar10/cifar10-train-10k.bin.gz");
const fashion = dataFile("Fashion-MNIST", "fashion-mnist/train-images-idx3-ubyte.gz");
const mnist = dataFile("MNIST", "mnist/train-images-idx3-ubyte.gz");
const shakespeare = dataFile("Tiny Shakespeare", "text/tinyshakespeare.txt");

async function diagnosed(what: string, model: Model, data: TrainingData, options: FitOptions): Promise<History> {
  const start = performance.now();
  const history = await model.fit(data, { verbose: 0, diagnose: true, ...options });
  const seconds = (performance.now() - start) / 1000;
  const { findings, steps } = history;
  console.log(`${what}: ${seconds.toFixed(1)} s, loss ${steps.loss[0].toFixed(3)} → ${steps.loss.at(-1)?.toFixed(3)}`);
  for (const { name, place, seen } of findings) console.log(`  ${name} ${place}: ${seen}`);
  return history;
}

describe.skipIf(cifar === null)("ResNet-20 on CIFAR-10", () => {
  const data = async (inputScale: "normalized" | "bytes") => {
    const { train } = await loadCifar10({ folder: dirname(cifar as string), dtype: "uint8", subset: true });
    const scale =
      inputScale === "bytes"
        ? normalize([0, 0, 0], [1 / 255, 1 / 255, 1 / 255])
        : normalize([0.4914, 0.4822, 0.4465], [0.247, 0.2435, 0.2616]);
    return transformed(train, [scale, randomCrop({ size: 32, padding: 4 }), randomFlip()], { batchSize: 64 });
  };
  const model = (learningRate: number) => {
    const schedule = linearWarmup(cosineDecay(learningRate, { steps: 314 }), { steps: 50 });
    const optimizer = new SGD({ learningRate: schedule, momentum: 0.9, nesterov: true, weightDecay: 5e-4 });
    return cifarResNet(20).compile({ optimizer, loss: "crossEntropy", metrics: ["accuracy"] });
  };

  test.each([1, 2])(
    "sound, seed %i: nothing is found",
    async (seed) => {
      manualSeed(seed);
      const { findings } = await diagnosed(`ResNet-20, seed ${seed}`, model(0.1), await data("normalized"), { epochs: 2 });
      expect(findings).toEqual([]);
    },
    900_000,
  );

  test("a hundred times its rate is named", async () => {
    manualSeed(3);
    const sick = model(10);
    await diagnosed("ResNet-20, rate × 100", sick, await data("normalized"), { epochs: 1, stepsPerEpoch: 60 }).catch(() => {});
    expect(sick.history?.findings.map(({ name }) => name)).toContain("rateTooHigh");
  }, 900_000);

  test("bytes as they are are named", async () => {
    manualSeed(4);
    const { findings } = await diagnosed("ResNet-20, bytes", model(0.1), await data("bytes"), { epochs: 1, stepsPerEpoch: 60 });
    expect(findings.map(({ name }) => name)).toContain("inputScale");
  }, 900_000);
});

describe.skipIf(fashion === null)("LeNet on Fashion-MNIST", () => {
  test.each([
    ["Adam", "adam"],
    ["SGD", { name: "sgd", learningRate: 0.05, momentum: 0.9 }],
  ] as const)(
    "with %s",
    async (name, optimizer) => {
      const { train } = await loadFashionMnist({ folder: dirname(fashion as string), image: true });
      manualSeed(5);
      const model = lenet5().compile({ optimizer, loss: "crossEntropy", metrics: ["accuracy"] });
      const { findings } = await diagnosed(`LeNet, ${name}`, model, transformed(train, normalize(0.286, 0.353), { batchSize: 64 }), {
        epochs: 1,
      });
      expect(findings).toEqual([]);
    },
    900_000,
  );
});

describe.skipIf(mnist === null)("an MLP on MNIST", () => {
  test("with RMSprop", async () => {
    const { train } = await loadMnist({ folder: dirname(mnist as string) });
    manualSeed(6);
    const model = new Sequential([new Dense(512, { activation: "relu" }), new Dense(10)]);
    model.compile({ optimizer: new RMSprop({ learningRate: 1e-3 }), loss: "crossEntropy", metrics: ["accuracy"] });
    const { findings } = await diagnosed("MLP, MNIST", model, train as TrainingData, { epochs: 2, batchSize: 128, validationSplit: 0.1 });
    expect(findings).toEqual([]);
  }, 900_000);
});

describe.skipIf(shakespeare === null)("characters of Shakespeare", () => {
  const batches = async (steps: number) => {
    const { train, validation } = await loadShakespeare({ folder: dirname(shakespeare as string) });
    const tokenizer = CharTokenizer.fit(train + validation);
    return { size: tokenizer.size, data: windowBatches(tokenizer.encode(train), { batchSize: 32, length: 64, steps }) };
  };

  test("an LSTM", async () => {
    manualSeed(7);
    const { size, data } = await batches(300);
    const model = charModel(size).compile({ optimizer: { name: "adam", learningRate: 5e-3, globalClipNorm: 1 }, loss: tokenCrossEntropy });
    expect((await diagnosed("LSTM", model, data, {})).findings).toEqual([]);
  }, 900_000);

  test("a GPT", async () => {
    manualSeed(8);
    const { size, data } = await batches(150);
    const model = gpt({ vocabulary: size, context: 64, embedding: 64, layers: 2 });
    model.compile({ optimizer: new AdamW({ learningRate: 3e-3 }), loss: tokenCrossEntropy });
    expect((await diagnosed("GPT", model, data, {})).findings).toEqual([]);
  }, 900_000);
});

/** Columns of numbers, and the last one: classes as labels, or values. */
function table(file: string, isRegression: boolean): { x: Tensor; y: Tensor } {
  const [, ...rows] = readFileSync(file, "utf8")
    .trim()
    .split("\n")
    .map((line) => line.split(","));
  const features = rows.map((row) => row.slice(0, -1).map(Number));
  const last = rows.map((row) => row[row.length - 1].trim());
  const classes = [...new Set(last)];
  const y = isRegression
    ? tensor(last.map((value) => [Number(value)]))
    : tensor(
        Int32Array.from(last, (name) => classes.indexOf(name)),
        { dtype: "int32" },
      );
  return { x: tensor(features), y };
}

describe.each([
  ["iris", 3, false],
  ["wine", 3, true],
  ["breast-cancer", 2, true],
  ["diabetes", 0, true],
] as const)("the table %s", (name, classes, isWide) => {
  const file = dataFile(name, `tables/${name}.csv`);
  const build = (units: number) => new Sequential([new Dense(32, { activation: "relu" }), new Dense(units)]);

  test.skipIf(file === null).each([1, 2])("standardised, seed %i: nothing is found", async (seed) => {
    manualSeed(seed);
    const { x, y } = table(file as string, classes === 0);
    const scaled = new StandardScaler().fitTransform(x as never) as unknown as Tensor;
    const target = classes === 0 ? (new StandardScaler().fitTransform(y as never) as unknown as Tensor) : y;
    const model = build(Math.max(1, classes)).compile({
      optimizer: { name: "adam", learningRate: 3e-3 },
      loss: classes === 0 ? "mse" : "crossEntropy",
    });
    const report = await sanityCheck(model, { x: scaled, y: target });
    expect(report.checks.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    const { findings } = await diagnosed(name, model, { x: scaled, y: target }, { epochs: 20 });
    expect(findings).toEqual([]);
  });

  test.skipIf(file === null || !isWide)("as it is: its scale is named", async () => {
    manualSeed(3);
    const { x, y } = table(file as string, classes === 0);
    const model = build(Math.max(1, classes)).compile({ optimizer: "adam", loss: classes === 0 ? "mse" : "crossEntropy" });
    const { findings } = await diagnosed(`${name}, raw`, model, { x, y }, { epochs: 5 });
    expect(findings.map((found) => found.name)).toContain("inputScale");
  });
});

describe("every sound training passes all checks of sanityCheck", () => {
  test.for(Object.entries(SOUND))("%s", async ([, make]) => {
    const { model, data } = await make();
    const { checks, findings } = await sanityCheck(model, data);
    expect(checks.filter(({ outcome }) => outcome === "failed")).toEqual([]);
    expect(findings).toEqual([]);
  });
});
