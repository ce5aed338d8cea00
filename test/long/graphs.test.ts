/** Graphs that nobody consumes, in numbers: linear memory, JS memory and the time of an iteration stay where they are. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import {
  Dense,
  Lambda,
  MemoryError,
  manualSeed,
  memory,
  noGrad,
  ones,
  randn,
  Sequential,
  SGD,
  type SimdgradError,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { collectGarbage } from "../support/growth.js";

const MIB = 2 ** 20;

beforeAll(() => void vi.spyOn(console, "warn").mockImplementation(() => undefined));
afterAll(() => void vi.restoreAllMocks());

interface Stand {
  /** The shortest time of a fiftieth of the iterations, in milliseconds. */
  readonly time: number;
  readonly linear: number;
  readonly heap: number;
}

/**
 * Runs the iterations in ten parts.
 * @returns how things stood after the second part and after the last. Times are medians of three parts, from the second on and up to the last: that
 * of a single one jumps by an eighth now and then.
 */
async function inTenths(iterations: number, run: (i: number) => unknown): Promise<{ second: Stand; last: Stand }> {
  const stands: Stand[] = [];
  const slice = iterations / 500;
  for (let tenth = 0; tenth < 10; tenth++) {
    let time = Number.POSITIVE_INFINITY;
    for (let k = 0; k < 50; k++) {
      const began = performance.now();
      for (let i = 0; i < slice; i++) {
        const outcome = run((tenth * 50 + k) * slice + i);
        if (outcome instanceof Promise) await outcome;
      }
      time = Math.min(time, performance.now() - began);
    }
    collectGarbage();
    stands.push({ time, linear: memory().reservedBytes, heap: process.memoryUsage().heapUsed });
  }
  const timeFrom = (part: number): number => stands.slice(part, part + 3).sort((a, b) => a.time - b.time)[1].time;
  return { second: { ...stands[1], time: timeFrom(1) }, last: { ...stands[9], time: timeFrom(7) } };
}

/** @param spread how much linear memory may differ, in bytes */
function expectFlat({ second, last }: { second: Stand; last: Stand }, spread = 0): void {
  expect(last.linear - second.linear).toBeLessThanOrEqual(spread);
  expect(last.heap - second.heap).toBeLessThan(3e6);
  expect(last.time).toBeLessThan(1.1 * second.time);
}

const own = (): never => {
  throw new Error("own");
};

test("10,000 forwards that throw, in one job", async () => {
  const net = new Sequential([new Dense(64, { activation: "relu" }), new Dense(10), new Lambda(own)]);
  const x = randn([32, 64]);
  const forward = (): void => {
    try {
      net.forward(x);
    } catch {}
  };
  expectFlat(await inTenths(10_000, forward));
});

test.each([false, true])("6,000 fits that diverge; each with a new model: %s", async (fresh) => {
  const [x, y] = [randn([32, 8]), randn([32, 1]).mul(1e30)];
  const make = (): Sequential => {
    const model = new Sequential([new Dense(16, { activation: "relu", inputShape: [8] }), new Dense(1)]);
    model.compile({ optimizer: new SGD({ learningRate: 1e-3 }), loss: "mse" });
    return model;
  };
  let model = make();
  let diverged = 0;
  const flat = await inTenths(6_000, async () => {
    if (fresh) model = make();
    try {
      await model.fit({ x, y }, { verbose: 0 });
    } catch (error) {
      if ((error as SimdgradError).code === "DIVERGED") diverged++;
    }
  });
  expect(diverged).toBe(6_000);
  // Dead models go when the garbage collector comes, so there are now more, now fewer of them.
  expectFlat(flat, fresh ? 16 * MIB : 0);
});

test("1,500 detached results of 4 MiB, in one job", () => {
  manualSeed(1);
  const net = new Sequential([new Dense(1024, { activation: "relu", inputShape: [64] }), new Lambda((h: Tensor) => h.mul(2))]);
  const x = randn([1024, 64]);
  const before = process.memoryUsage().rss;
  let [linear, resident] = [0, 0];
  for (let i = 0; i < 1500; i++) {
    net.forward(x).detach();
    linear = Math.max(linear, memory().liveBytes);
    resident = Math.max(resident, process.memoryUsage().rss - before);
  }
  expect(linear).toBeLessThan(640 * MIB);
  expect(resident).toBeLessThan(1400 * MIB);
});

describe("after a forward that takes more than there is", () => {
  test("one row, inference, and fit at 200 and 32 rows work", async () => {
    const h = Array.from({ length: 3 }, () => new Lambda((x: Tensor) => x.tanh()));
    const net = new Sequential([new Dense(4096, { activation: "relu", inputShape: [64] }), ...h, new Dense(1)]);
    net.compile({ optimizer: "sgd", loss: "mse" });
    for (let i = 0; i < 3; i++) {
      expect(() => net.forward(ones([80_000, 64]))).toThrow(MemoryError);
      expect(memory().liveBytes).toBeLessThan(100 * MIB);
      expect(net.forward(ones([1, 64])).shape).toEqual([1, 1]);
      expect(noGrad(() => net.forward(ones([1, 64]))).shape).toEqual([1, 1]);
      for (const batchSize of [200, 32]) {
        const { history } = await net.fit(
          { x: randn([400, 64]), y: tensor(new Float32Array(400), { shape: [400, 1] }) },
          { batchSize, verbose: 0 },
        );
        expect(Number.isFinite(history.loss[0])).toBe(true);
      }
    }
  });
});
