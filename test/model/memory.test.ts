/** Linear memory over many models, optimizers and fits. */
import { expect, it } from "vitest";
import { Adam, Dense, type Model, manualSeed, memory, rand, randint, Sequential } from "../../src/index.js";
import { runProgram } from "../support/program.js";

const x = rand([40, 13]);
const y = randint(0, 3, [40]);

function model(units = 16): Model {
  return new Sequential([new Dense(units, { activation: "relu", inputShape: [13] }), new Dense(3)]);
}

const sizeOf = (net: Model): number => net.parameters().reduce((sum, { size }) => sum + size, 0);
const train = (net: Model): Promise<unknown> => net.fit({ x, y }, { epochs: 2, batchSize: 8, verbose: 0 });

it("compiling a model anew gives back what its last optimizer held, to the byte, in the same job", async () => {
  const net = model();
  const figures: number[] = [];
  for (let i = 0; i < 12; i++) {
    net.compile({ optimizer: "adam", loss: "crossEntropy" });
    await train(net);
    figures.push(memory().liveBytes);
  }
  expect(new Set(figures.slice(2)).size).toBe(1);
  const { liveBytes } = memory();
  net.compile({ optimizer: "sgd", loss: "crossEntropy" });
  // Adam's two moments of four parameters
  expect(liveBytes - memory().liveBytes).toBeGreaterThan(2 * 4 * sizeOf(net));
});

it("an optimizer that a model dropped goes on elsewhere as if nothing had happened", async () => {
  const run = async (isDropped: boolean): Promise<number[]> => {
    manualSeed(7);
    const net = model();
    const optimizer = new Adam(net.parameters(), { learningRate: 0.01 });
    for (let i = 0; i < 3; i++) {
      net.compile({ optimizer, loss: "crossEntropy" });
      await train(net);
      if (isDropped) net.compile({ optimizer: "sgd", loss: "crossEntropy" });
    }
    return net.parameters().flatMap((parameter) => [...parameter.data]);
  };
  expect(await run(true)).toEqual(await run(false));
});

it("only the optimizer of the last fit keeps its states in linear memory", async () => {
  const nets = Array.from({ length: 4 }, () => model(5000).compile({ optimizer: "adam", loss: "crossEntropy" }));
  for (const net of nets) await train(net);
  const { liveBytes } = memory();
  for (const { optimizer } of nets.slice(0, 3)) optimizer.rest();
  expect(memory().liveBytes).toBe(liveBytes);
  nets[3].optimizer.rest();
  expect(liveBytes - memory().liveBytes).toBeGreaterThan(2 * 4 * sizeOf(nets[3]));
});

it("fits of one model after the other, whose optimizers rest in between, have the bits that they have alone", async () => {
  const run = async (together: boolean): Promise<number[][]> => {
    manualSeed(3);
    const nets = [model(), model()].map((net) => net.compile({ optimizer: "adam", loss: "crossEntropy" }));
    const rounds = Array.from({ length: 3 }, (_, round) => nets.map((net, i) => ({ net, round, i })));
    const order = together ? rounds.flat() : rounds.flat().sort((a, b) => a.i - b.i || a.round - b.round);
    for (const { net } of order) await net.fit({ x, y }, { batchSize: 8, shuffle: false, verbose: 0 });
    return nets.map((net) => net.parameters().flatMap((parameter) => [...parameter.data]));
  };
  expect(await run(true)).toEqual(await run(false));
});

interface Figures {
  reserved: number[];
  parameters: number;
  live: number;
}

it("200 models of 400 KB, fitted one after the other and dropped, hold less than half of what they took, whenever the collector runs", async () => {
  const { reserved, parameters, live } = await runProgram<Figures>(`
    const x = lib.rand([32, 100]);
    const y = lib.randint(0, 3, [32]);
    const reserved = [];
    let parameters = 0;
    for (let i = 0; i < 200; i++) {
      const net = new lib.Sequential([new lib.Dense(1000, { inputShape: [100] }), new lib.Dense(3)]);
      net.compile({ optimizer: "adam", loss: "crossEntropy" });
      await net.fit({ x, y }, { epochs: 4, verbose: 0 });
      parameters += 4 * net.parameters().reduce((sum, { size }) => sum + size, 0);
      reserved.push(lib.memory().reservedBytes);
    }
    report({ reserved, parameters, live: lib.memory().liveBytes });
  `);
  // Parameters, gradients and two moments of all of them
  expect(4 * parameters).toBeGreaterThan(300e6);
  expect(reserved.at(-1)).toBeLessThan(150e6);
  expect(live).toBeLessThan(150e6);
});

it("models that are trained and dropped in one job leave at most a few last graphs in linear memory", async () => {
  const { results, live } = await runProgram<{ results: number; live: number }>(`
    const x = lib.rand([2048, 13]);
    const y = lib.randint(0, 3, [2048]);
    let results = 0;
    for (let i = 0; i < 400; i++) {
      const net = new lib.Sequential([new lib.Dense(64, { activation: "relu", inputShape: [13] }), new lib.Dense(3)]);
      const optimizer = new lib.Adam(net.parameters());
      const { liveBytes } = lib.memory();
      lib.crossEntropy(net.forward(x), y).backward();
      results += Math.max(0, lib.memory().liveBytes - liveBytes);
      optimizer.step();
    }
    report({ results, live: lib.memory().liveBytes });
  `);
  expect(results).toBeGreaterThan(200e6);
  expect(live).toBeLessThan(80e6);
});
