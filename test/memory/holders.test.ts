/** What is said, and what is done, when linear memory runs out: all of it but a few MiB is taken here, though never touched. */
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import {
  Adam,
  capture,
  Dense,
  Linear,
  MemoryError,
  manualSeed,
  memory,
  mse,
  ones,
  Parameter,
  Sequential,
  SGD,
  type Tensor,
  zeros,
} from "../../src/index.js";
import { allocate, release } from "../../src/memory/heap.js";
import { views } from "../../src/memory/memory.js";
import { finalizers } from "../support/growth.js";

const MIB = 2 ** 20;
let taken: number[] = [];

/** Takes memory until `mebibytes` are left. */
function leave(mebibytes: number): void {
  const { limitBytes, liveBytes } = memory();
  for (let left = limitBytes - liveBytes - mebibytes * MIB; left > 4 * MIB; left -= 4 * MIB) taken.push(allocate(4 * MIB));
}

afterEach(async () => {
  for (const at of taken) release(at, 4 * MIB);
  taken = [];
  await finalizers();
});

function messageOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(MemoryError);
    return (error as Error).message;
  }
  throw new Error("nothing was thrown");
}

const elements = (mebibytes: number): number => (mebibytes * MIB) / 4;

describe("the error names what holds memory, and its advice fits", () => {
  beforeEach(() => leave(100));

  test("parameters, by their paths in the model", () => {
    const models: Sequential[] = [];
    const said = messageOf(() => {
      for (;;) {
        const model = new Sequential([new Dense(1024, { inputShape: [1024] }), new Dense(3)]);
        model.forward(zeros([1, 1024]));
        models.push(model);
      }
    });
    expect(said).toMatch(/ are live \(parameters and gradients [\d.]+ MiB/);
    expect(said).toMatch(/; largest: 0\.weight \[1024, 1024\] 4 MiB, 0\.weight /);
    expect(said).toMatch(
      / Make the layers smaller\. If these are models that you do not use any more: they go when the event loop turns, /,
    );
  });

  test("states of optimizers, by the optimizer and what it updates", () => {
    const said = messageOf(() => {
      const weights = [new Parameter(zeros([elements(16)])), new Parameter(zeros([elements(8)]))];
      for (const weight of weights) weight.grad = ones([weight.size]);
      new Adam(weights, { amsgrad: true }).step();
    });
    expect(said).toMatch(/largest: /);
    expect(said).toContain("Adam of Parameter [4194304] and 1 more");
  });

  test("results of graphs", () => {
    const x = new Parameter(ones([elements(8)]));
    const said = messageOf(() => {
      let y: Tensor = x;
      for (;;) y = y.exp();
    });
    expect(said).toMatch(/ are live \(results of graphs [\d.]+ MiB, parameters and gradients [\d.]+ MiB/);
    expect(said).toContain("exp [2097152] 8 MiB, exp [2097152] 8 MiB");
    expect(said).toMatch(/ Use a smaller batch, wrap inference in noGrad, or compute parts of the model again with recompute\.$/);
  });

  test("copies of data that pin keeps", () => {
    const pinned: Tensor[] = [];
    const said = messageOf(() => {
      for (;;) pinned.push(zeros([elements(8)]).pin());
    });
    expect(said).toMatch(/ are live \(copies of data [\d.]+ MiB/);
    expect(said).toMatch(/; largest: zeros \[2097152\] 8 MiB, /);
    expect(said).toMatch(/ Use a smaller batch, and call unpin\(\) on tensors that you do not use in every step\.$/);
    for (const tensor of pinned) tensor.unpin();
  });

  test("captured steps, by the shapes of their inputs", () => {
    const steps: { dispose(): void }[] = [];
    const said = messageOf(() => {
      for (;;) {
        const step = capture((x: Tensor) => x.exp().sum());
        steps.push(step);
        for (let i = 0; i < 3; i++) step(zeros([elements(6)]));
      }
    });
    expect(said).toMatch(/ are live \(captured steps [\d.]+ MiB/);
    expect(said).toMatch(/; largest: a captured step of \[1572864\] [\d.]+ MiB, /);
    expect(said).toMatch(/ Call dispose\(\) on captured steps that you do not use any more, or use a smaller batch\.$/);
    for (const step of steps) step.dispose();
  });
});

describe("states of optimizers make room", () => {
  /** Two optimizers that step in turns, each with a state of 8 MiB, in so much memory. @returns a few elements of their parameters */
  function inTurns(mebibytes: number): number[] {
    const parameters = [new Parameter(ones([elements(8)])), new Parameter(ones([elements(8)]))];
    for (const parameter of parameters) parameter.grad = ones([parameter.size]);
    leave(mebibytes);
    const optimizers = parameters.map((parameter) => new SGD([parameter], { momentum: 0.9, learningRate: 0.1 }));
    for (let i = 0; i < 5; i++) for (const optimizer of optimizers) optimizer.step();
    for (const optimizer of optimizers) optimizer.dispose();
    for (const at of taken.splice(0)) release(at, 4 * MIB);
    return parameters.flatMap((parameter) => [...parameter.data.slice(-3)]);
  }

  it("of an optimizer that makes no step, for one that does; both have the bits that they have with room", () => {
    expect(inTurns(12)).toEqual(inTurns(100));
  });

  it("a step that found no room leaves nothing behind: the next has the bits that it has without", () => {
    const run = (fails: boolean): number[] => {
      const [small, large] = [new Parameter(ones([64])), new Parameter(ones([elements(8)]))];
      const optimizer = new Adam([small, large], { learningRate: 0.1 });
      small.grad = ones([64]);
      optimizer.step();
      if (fails) {
        large.grad = ones([large.size]);
        leave(12);
        expect(() => optimizer.step()).toThrow(MemoryError);
        large.grad = null;
        for (const at of taken.splice(0)) release(at, 4 * MIB);
        // Small blocks that were free now hold something else.
        for (let bytes = 64; bytes <= 1024; bytes += 64) {
          const at = allocate(bytes);
          views.u8.fill(255, at, at + bytes);
        }
      }
      optimizer.step();
      optimizer.dispose();
      return [...small.data];
    };
    expect(run(true)).toEqual(run(false));
  });

  it("for the results of a forward", () => {
    manualSeed(1);
    const weight = new Parameter(ones([elements(16)]));
    weight.grad = ones([weight.size]);
    const optimizer = new Adam([weight]);
    optimizer.step();
    leave(4);
    const net = new Linear(4, elements(1));
    expect(mse(net.forward(ones([4, 4])), zeros([4, elements(1)])).item()).toBeGreaterThan(0);
    for (const at of taken.splice(0)) release(at, 4 * MIB);
    const before = weight.data[0];
    optimizer.step();
    expect(weight.data[0]).toBeLessThan(before);
  });
});
