import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import {
  Adam,
  ArgumentError,
  capture,
  crossEntropy,
  Dense,
  LambdaCallback,
  Linear,
  matmul,
  noGrad,
  type Profile,
  profile,
  randint,
  randn,
  recompute,
  Sequential,
  type Tensor,
} from "../../src/index.js";
import { layer, observer, turn } from "../../src/kernels/observer.js";
import { cube } from "../support/cube.js";
import { builds, withBuild } from "../support/kernels.js";

afterEach(() => {
  expect([observer, turn, layer]).toEqual([null, null, ""]);
});

/** A training step of 6-5-3, and a batch for it. */
function training() {
  const model = new Sequential([new Linear(6, 5), new Dense(3, { inputShape: [5] })]);
  const optimizer = new Adam(model.parameters());
  const step = (x: Tensor, y: Tensor): Tensor => {
    const loss = crossEntropy(model.forward(x).relu(), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  const [x, y] = [randn([4, 6]), randint(0, 3, [4])];
  // Initial values are drawn.
  step(x, y);
  return { step, x, y };
}

/** What takes part, in alphabetical order. */
function parts({ rows }: Profile): unknown[][] {
  return rows
    .map(({ name, direction, layer, kernels, calls }) => [`${name} ${direction} ${layer}`.trim(), kernels.join(" "), calls])
    .sort();
}

/** Two steps. */
const PARTS = [
  ["Adam update", "adam", 2],
  ["crossEntropy backward", "crossEntropyRowsGrad", 2],
  ["crossEntropy forward", "crossEntropyRows meanLoss", 4],
  // Of the second layer: weights, bias, input; of the first no input.
  ["linear backward", "gemm sum", 10],
  ["linear forward", "gemm", 4],
  ["relu backward", "reluGrad", 2],
  ["relu forward", "relu", 2],
];

function twice(step: () => unknown): () => void {
  return () => {
    step();
    step();
  };
}

describe.each(builds)("%s", (build) => {
  test("operations, kernels and calls of a training step", () => {
    withBuild(build, () => {
      const { step, x, y } = training();
      const found = profile(twice(() => step(x, y)));
      expect(found.build).toBe(build);
      expect(parts(found)).toEqual(PARTS);
    });
  });

  test("operations and bytes of a product whose edges are no whole tiles", () => {
    withBuild(build, () => {
      const found = profile(() => matmul(randn([7, 5]), randn([5, 13])));
      const product = callsOf(found, "matmul")[0].args;
      expect(product).toMatchObject({ kernel: "gemm", flops: 2 * 7 * 5 * 13, bytes: 4 * (7 * 5 + 5 * 13 + 7 * 13), threads: 1 });
      expect(found.rows.find(({ name }) => name === "matmul")?.bytes).toBe(product.bytes);
    });
  });
});

test("operations of more rows than columns, of sums and of broadcast operands", () => {
  const [a, b, row] = [randn([13, 5]), randn([5, 7]), randn([7])];
  const found = profile(() => noGrad(() => matmul(a, b).add(row).mul(2).sum().item()));
  const flops = Object.fromEntries(["matmul", "add", "mul", "sum"].map((name) => [name, callsOf(found, name)[0].args.flops]));
  expect(flops).toEqual({ matmul: 2 * 13 * 5 * 7, add: 91, mul: 91, sum: 91 });
});

test("a captured step reads as the step itself, recorded or replayed", () => {
  const { step, x, y } = training();
  const captured = capture(step);
  expect(parts(profile(twice(() => captured(x, y))))).toEqual(PARTS);
  captured(x, y);
  const replayed = profile(twice(() => captured(x, y)));
  expect(captured.status()).toMatchObject({ state: "replaying", replays: 2 });
  expect(parts(replayed)).toEqual(PARTS);
  const [call] = callsOf(replayed, "linear");
  expect(call.args).toEqual({ kernel: "gemm", layer: "0", threads: 1, flops: 2 * 4 * 6 * 5, bytes: 4 * (24 + 30 + 20) });
});

test("a row for each layer", () => {
  const { step, x, y } = training();
  const found = profile(() => step(x, y), { layers: true });
  expect(parts(found).filter(([name]) => String(name).startsWith("linear"))).toEqual([
    ["linear backward 0", "gemm sum", 2],
    ["linear backward 1", "gemm sum", 3],
    ["linear forward 0", "gemm", 1],
    ["linear forward 1", "gemm", 1],
  ]);
});

test("what an operation is made of counts as its own", () => {
  const x = randn([4], { requiresGrad: true });
  const found = profile(() => cube(x).sum().backward());
  expect(parts(found)).toContainEqual(["cube backward", "copy mul", 4]);
});

test("what recompute computes again counts as the operations that it is made of", () => {
  const x = randn([4], { requiresGrad: true });
  const step = () => {
    recompute((x: Tensor) => x.tanh().relu(), x)
      .sum()
      .backward();
    x.grad = null;
  };
  const found = parts(profile(step));
  expect(found).toContainEqual(["tanh forward", "tanh", 2]);
  expect(found).toContainEqual(["tanh backward", "copy tanhGrad", 2]);
});

test("initial values that are drawn while a step is recorded are seen", () => {
  const model = new Linear(6, 5);
  let calls = 0;
  const captured = capture((x: Tensor) => (calls++ === 0 ? x : model.forward(x)));
  captured(randn([4, 6]));
  expect(parts(profile(() => captured(randn([4, 6]))))).toContainEqual(["uniform other", "uniform", 2]);
});

test("times add up", () => {
  const { step, x, y } = training();
  const { rows, milliseconds, kernelMilliseconds, limitGflops } = profile(twice(() => step(x, y)));
  const sum = (of: (row: (typeof rows)[number]) => number) => rows.reduce((total, row) => total + of(row), 0);
  expect(sum((row) => row.milliseconds)).toBeCloseTo(kernelMilliseconds, 6);
  expect(sum((row) => row.share)).toBeCloseTo(1, 6);
  expect(kernelMilliseconds).toBeLessThanOrEqual(milliseconds);
  expect(limitGflops).toBeGreaterThan(0);
  for (const row of rows) expect(row.meanMicroseconds).toBeCloseTo((1000 * row.milliseconds) / row.calls, 6);
  const times = rows.map((row) => row.milliseconds);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  // Neither reads nor computes what is counted.
  expect(rows.find(({ name, direction }) => name === "relu" && direction === "forward")).toMatchObject({
    gflops: null,
    ofLimit: null,
    bytes: 2 * 8 * 12,
  });
});

test("the table", () => {
  const { step, x, y } = training();
  const lines = profile(() => step(x, y))
    .toString()
    .split("\n");
  expect(lines[0]).toMatch(/^\d+\.\d\d ms: \d+\.\d\d ms in kernels, \d+\.\d\d ms outside$/);
  expect(lines[2]).toMatch(/^operation +direction +kernels +calls +total ms +mean µs +time % +GFLOP\/s +of limit % +MB +GB\/s$/);
  expect(lines.at(-1)).toMatch(/^limit: [\d.]+ GFLOP\/s of multiply-adds a thread, \w+ kernels$/);
  expect(lines.slice(4, -2)).toHaveLength(7);
  const end = lines[2].indexOf("calls") + "calls".length;
  for (const line of lines.slice(4, -2)) expect(line.slice(0, end)).toMatch(/ \d+$/);
});

test("nothing that runs kernels is a table of no rows", () => {
  const found = profile(() => {});
  expect(found.rows).toEqual([]);
  expect(String(found)).toContain("0.00 ms in kernels");
});

test("all figures as plain data", () => {
  const { step, x, y } = training();
  const found = profile(() => step(x, y));
  expect(JSON.parse(JSON.stringify(found))).toMatchObject({
    build: found.build,
    spans: [],
    rows: found.rows.map(({ name }) => ({ name })),
  });
});

test("the trace is a file for viewers of Chrome's trace events", async () => {
  const { step, x, y } = training();
  const found = profile(() => step(x, y));
  const { traceEvents, otherData } = JSON.parse(found.trace());
  expect(otherData).toEqual({ dropped: 0 });
  const events = traceEvents.filter(({ ph }: { ph: string }) => ph === "X");
  expect(events).toHaveLength(13);
  let end = 0;
  for (const { name, cat, pid, tid, ts, dur, args } of events) {
    expect([typeof name, typeof cat, typeof args.kernel, pid, tid]).toEqual(["string", "string", "string", 1, 1]);
    expect(ts).toBeGreaterThanOrEqual(end);
    expect(dur).toBeGreaterThanOrEqual(0);
    // To the resolution of the clock's doubles.
    end = ts + dur - 0.001;
  }
  expect(end).toBeLessThanOrEqual(1000 * found.milliseconds);
  const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
  await found.save(join(folder, "trace.json"));
  expect(readFileSync(join(folder, "trace.json"), "utf8")).toBe(found.trace());
  rmSync(folder, { recursive: true });
});

describe("fit", () => {
  const model = () =>
    new Sequential([new Dense(3, { inputShape: [6] })]).compile({ optimizer: "sgd", loss: "crossEntropy", metrics: ["accuracy"] });
  const samples = { x: randn([20, 6]), y: randint(0, 3, [20]) };
  const callback = new LambdaCallback({ onTrainBegin: () => {}, onBatchEnd: async () => {} });
  const counts = ({ spans }: Profile) => Object.fromEntries(spans.map(({ name, calls }) => [name, calls]));

  test("batches, metrics and callbacks", async () => {
    const found = await profile(() => model().fit(samples, { epochs: 2, batchSize: 5, callbacks: [callback], verbose: 0 }));
    // History is a callback too; each is asked at every hook but that of batches, which not all have.
    expect(counts(found)).toMatchObject({ batches: 8, metrics: 8, callbacks: expect.any(Number) });
    expect(counts(found).callbacks).toBeGreaterThanOrEqual(9);
    expect(found.rows.find(({ name, direction }) => name === "linear" && direction === "forward")?.calls).toBe(8);
    expect(String(found)).toMatch(/ms outside \(of which .*batches \d+\.\d\d ms/);
    const names = JSON.parse(found.trace()).traceEvents.filter(({ cat }: { cat?: string }) => cat === "javascript");
    expect(names.filter(({ name }: { name: string }) => name === "batches")).toHaveLength(8);
  });

  test.each(["for", "for await"])("data that are walked with %s", async (kind) => {
    let closed = 0;
    function* part() {
      try {
        for (let i = 0; i < 3; i++) yield samples;
      } finally {
        closed++;
      }
    }
    const data =
      kind === "for"
        ? { [Symbol.iterator]: part }
        : {
            [Symbol.asyncIterator]: async function* () {
              yield* part();
            },
          };
    const found = await profile(() => model().fit(data as never, { epochs: 1, verbose: 0 }));
    // The last call finds the end.
    expect(counts(found).batches).toBe(4);
    expect(closed).toBe(1);
    const stopping = new LambdaCallback({
      onBatchEnd: () => {
        throw new Error("enough");
      },
    });
    await expect(profile(() => model().fit(data as never, { callbacks: [stopping], verbose: 0 }))).rejects.toThrow("enough");
    expect(closed).toBe(2);
  });
});

describe("who observes", () => {
  test("an error passes, and the profile is over", async () => {
    const fail = () => {
      throw new Error("no");
    };
    expect(() => profile(fail)).toThrow("no");
    expect(observer).toBe(null);
    await expect(profile(async () => fail())).rejects.toThrow("no");
  });

  test("a promise is waited for", async () => {
    const x = randn([4], { requiresGrad: true });
    const pending = profile(async () => {
      await new Promise((resolve) => setTimeout(resolve, 5));
      x.relu().sum().backward();
    });
    expect(observer).not.toBe(null);
    expect(parts(await pending)).toContainEqual(["relu forward", "relu", 1]);
  });

  test("a profile within a profile, and within a captured step, is refused", () => {
    expect(() => profile(() => profile(() => {}))).toThrow("profile: another profile is under way. Put one profile around it all.");
    const x = randn([4]);
    const captured = capture((x: Tensor) => {
      profile(() => {});
      return x.relu();
    });
    captured(x);
    expect(() => captured(x)).toThrow("profile: a captured step is being recorded.");
  });

  test("what is no function, and options that are none", () => {
    expect(() => profile(3 as never)).toThrow(ArgumentError);
    expect(() => profile(() => {}, { layer: true } as never)).toThrow('unknown option "layer"');
  });
});

interface Event {
  name: string;
  args: { kernel: string; flops?: number; bytes?: number };
}

/** The calls of an operation in a profile's trace. */
function callsOf(found: Profile, name: string): Event[] {
  return (JSON.parse(found.trace()).traceEvents as Event[]).filter((event) => event.name === name);
}
