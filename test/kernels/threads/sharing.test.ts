import { join } from "node:path";
import fc from "fast-check";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { readKernels } from "../../../scripts/records.mjs";
import { Replay } from "../../../src/capture/replay.js";
import { StepRecorder } from "../../../src/capture/stepRecorder.js";
import { Adam, crossEntropy, Dense, Dropout, manualSeed, Sequential, tensor } from "../../../src/index.js";
import { Status } from "../../../src/kernels/generated/constants.js";
import * as generated from "../../../src/kernels/generated.js";
import { observe } from "../../../src/kernels/observer.js";
import { partsOfWorkers } from "../../../src/kernels/threads/forkJoin.js";
import { shareFrom } from "../../../src/kernels/threads/policy.js";
import { setThreads } from "../../../src/kernels/threads/workers.js";
import { release } from "../../../src/memory/heap.js";
import { STATUS_AT, views } from "../../../src/memory/memory.js";
import { Draw } from "../../support/calls/draw.js";
import { MAKERS } from "../../support/calls/makers.js";
import { Block, random, useBuildFor } from "../../support/kernels.js";
import { root } from "../../support/repository.js";

const COUNTS = [2, 3, 4, 8];
const ALONE = 1e18;

/** A call of a kernel: its record without what `blocks` gives, and its range. */
interface Call {
  args: Record<string, number>;
  units: number;
  blocks: Block[];
}

type Kernel = (args: Record<string, number>, from: number, to: number) => void;

const shared = readKernels(join(root, "assembly")).kernels.filter(({ cost }) => cost !== undefined);

function prepare(record: string, seed: number): Call {
  const draw = new Draw(seed);
  return { ...MAKERS[record](draw), blocks: draw.blocks };
}

/** What a way of running the call leaves in all its blocks, which are then as before, and the fault that it reports. */
function outcome({ blocks }: Call, run: () => void): Uint8Array[] {
  const bytes = (block: Block) => views.u8.subarray(block.at, block.at + block.length * block.view().BYTES_PER_ELEMENT);
  const before = blocks.map((block) => bytes(block).slice());
  const status = views.u8.subarray(STATUS_AT, STATUS_AT + 8).fill(0);
  run();
  const after = [...blocks.map((block) => bytes(block).slice()), status.slice()];
  for (const block of blocks) block.read();
  for (const [i, block] of blocks.entries()) bytes(block).set(before[i]);
  return after;
}

/** The call as a captured step of its own. */
function captured({ blocks }: Call, run: () => void): Replay {
  const recorder = new StepRecorder(true, null);
  for (const block of blocks) recorder.fix(block.at, block.length * block.view().BYTES_PER_ELEMENT);
  const before = observe(recorder);
  run();
  observe(before);
  recorder.resolve(() => false);
  expect(recorder.refusal).toBe(null);
  return new Replay(recorder.calls, new Set());
}

function same(a: Uint8Array[], b: Uint8Array[]): boolean {
  return a.every((bytes, i) => Buffer.compare(bytes, b[i]) === 0);
}

/** Cuts 0..units at random places, and shuffles the pieces. */
function pieces(units: number, seed: number): [from: number, to: number][] {
  const next = random(seed);
  const cuts = [0, ...Array.from({ length: 5 }, () => Math.floor(next() * (units + 1))), units].sort((a, b) => a - b);
  return cuts
    .slice(1)
    .map((to, i): [number, number] => [cuts[i], to])
    .map((piece): [number, [number, number]] => [next(), piece])
    .sort(([a], [b]) => a - b)
    .map(([, piece]) => piece);
}

const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
const RUNS = { numRuns: 20, seed: 20 } as const;

/** Expects of a kernel that is shared what it gives on one thread. */
function expectBitsOfOne(name: string, record: string, numRuns: number, together: (call: Call, kernel: Kernel) => Uint8Array[]): void {
  const kernel = generated[name as keyof typeof generated] as unknown as Kernel;
  fc.assert(
    fc.property(seeds, (seed) => {
      const call = prepare(record, seed);
      shareFrom(ALONE);
      const alone = outcome(call, () => kernel(call.args, 0, call.units));
      shareFrom(0);
      expect(same(together(call, kernel), alone)).toBe(true);
      for (const block of call.blocks) block.free();
    }),
    { ...RUNS, numRuns },
  );
}

afterEach(() => shareFrom());
afterAll(() => setThreads(1));

test("every kernel that threads share is tried here", () => {
  expect(shared.length).toBeGreaterThan(90);
  expect([...new Set(shared.map(({ record }) => record))].filter((record) => !(record in MAKERS))).toEqual([]);
});

describe.each(["simd", "relaxed"] as const)("the %s build", (build) => {
  useBuildFor(build);

  test.each(shared)("$name gives the same bits for any cut of its range, in any order", ({ name, record }) => {
    const kernel = generated[name as keyof typeof generated] as unknown as Kernel;
    shareFrom(ALONE);
    fc.assert(
      fc.property(seeds, (seed) => {
        const call = prepare(record, seed);
        const whole = outcome(call, () => kernel(call.args, 0, call.units));
        const cut = outcome(call, () => {
          for (const [from, to] of pieces(call.units, seed + 1)) kernel(call.args, from, to);
        });
        expect(same(cut, whole)).toBe(true);
        for (const block of call.blocks) block.free();
      }),
      RUNS,
    );
  });

  describe.each(COUNTS)("on %i threads", (count) => {
    beforeAll(async () => {
      expect(await setThreads(count)).toBe(count);
    });

    test.each(shared)("$name gives the bits of one", ({ name, record }) => {
      expectBitsOfOne(name, record, RUNS.numRuns, (call, kernel) => outcome(call, () => kernel(call.args, 0, call.units)));
    });

    test.each(shared)("$name in a captured step gives the bits of the call", ({ name, record }) => {
      expectBitsOfOne(name, record, 5, (call, kernel) => {
        const replay = captured(call, () => kernel(call.args, 0, call.units));
        const bytes = outcome(call, () => replay.run());
        for (const block of replay.blocks) release(block.at, block.bytes);
        return bytes;
      });
    });

    test("workers take parts", () => {
      const n = 65536;
      const [x, out] = [new Block(n), new Block(n)];
      const before = partsOfWorkers();
      // Until the system lets one of them run.
      for (let i = 0; i < 50_000 && partsOfWorkers() === before; i++) generated.sigmoid({ x: x.at, out: out.at }, 0, n);
      expect(partsOfWorkers()).toBeGreaterThan(before);
    });

    test("of several faults the first is reported", () => {
      const index = new Block(4000, "int32");
      index.view().fill(1);
      index.view()[700] = 9;
      index.view()[3900] = 9;
      const out = new Block(4000 * 4);
      shareFrom(0);
      // A kernel tried before may have found its random operands wanting.
      views.u32[STATUS_AT >>> 2] = Status.Ok;
      for (let i = 0; i < 50; i++) {
        generated.oneHot({ index: index.at, out: out.at, classes: 4 }, 0, 4000);
        const status = views.u32.slice(STATUS_AT >>> 2, (STATUS_AT >>> 2) + 2);
        views.u32[STATUS_AT >>> 2] = Status.Ok;
        expect([...status]).toEqual([Status.IndexOutOfRange, 700]);
      }
    });
  });
});

test("training gives the same parameters on any number of threads", async () => {
  const trained: Float32Array[][] = [];
  for (const count of [1, 2, 3, 4, 8]) {
    await setThreads(count);
    shareFrom(0);
    trained.push(train());
  }
  expect(trained[0].length).toBe(4);
  for (const parameters of trained) expect(parameters).toEqual(trained[0]);
});

/** Twenty steps of a multilayer perceptron with dropout under Adam. */
function train(): Float32Array[] {
  manualSeed(3);
  const model = new Sequential([new Dense(33, { activation: "relu" }), new Dropout(0.3), new Dense(5)]);
  const next = random(9);
  const x = tensor(Array.from({ length: 50 }, () => Array.from({ length: 17 }, () => next() - 0.5)));
  const y = tensor(
    Array.from({ length: 50 }, () => Math.floor(5 * next())),
    { dtype: "int32" },
  );
  model.forward(x);
  const optimizer = new Adam(model.parameters(), { learningRate: 0.01 });
  for (let step = 0; step < 20; step++) {
    crossEntropy(model.forward(x), y).backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
  return model.parameters().map((parameter) => Float32Array.from(parameter.data as Float32Array));
}
