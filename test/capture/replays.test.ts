import { describe, expect, test } from "vitest";
import {
  capture,
  clipGradNorm,
  crossEntropy,
  Linear,
  manualSeed,
  type Optimizer,
  ones,
  Parameter,
  rand,
  SGD,
  setThreads,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { type Loaded, loadedBuild } from "../../src/kernels/load.js";
import { shareFrom } from "../../src/kernels/threads/policy.js";
import { data, expectSameBits, outcome, trainingStep, trial } from "../support/captured.js";
import { builds, useBuildFor } from "../support/kernels.js";

describe.each(builds.filter((build) => build !== "js"))("on the %s build", (build) => {
  useBuildFor(build);

  test("a replay gives the bits of the step: dropout, a schedule, a last smaller batch", () => {
    expectSameBits((captured) => trial(captured));
  });

  test("and with gradients clipped", () => {
    expectSameBits((captured) => trial(captured, { clip: 0.5 }));
    expectSameBits((captured) => trial(captured, { clipEach: 0.1 }));
  });

  test("and on any number of threads", async () => {
    const alone = outcome(trial(true));
    shareFrom(0);
    try {
      for (const threads of [2, 3]) {
        await setThreads(threads);
        expect(outcome(trial(true))).toEqual(alone);
      }
    } finally {
      shareFrom();
      await setThreads(1);
    }
  });
});

test("options of a group that are set between replays count", () => {
  const run = (captured: boolean) => {
    manualSeed(1);
    const net = new Linear(20, 5);
    const optimizer = new SGD(net.parameters(), { learningRate: 0.1 });
    const raw = trainingStep(net, optimizer);
    const step = captured ? capture(raw) : raw;
    return data.slice(0, 14).map(({ x, y }, i) => {
      if (i === 9) optimizer.groups[0].options.weightDecay = 0.5;
      return step(x, y).item();
    });
  };
  expect(run(true)).toEqual(run(false));
});

test("weights that are loaded and rates that are set between replays count", () => {
  const other = trial(false).net.stateDict();
  expectSameBits(
    (captured) => trial(captured),
    ({ net, optimizer }, i) => {
      if (i === 10) net.loadStateDict(other);
      if (i === 15) optimizer.learningRate = 0.5;
    },
  );
});

test("an optimizer's state that is loaded between replays counts", () => {
  const { optimizer: other, step } = trial(false);
  for (let i = 0; i < 3; i++) step(data[0].x, data[0].y);
  const state = other.stateDict();
  expectSameBits(
    (captured) => trial(captured),
    ({ optimizer }, i) => {
      if (i === 12) optimizer.loadStateDict(state);
    },
  );
});

test("train() and eval(), frozen parameters and a new seed are noticed", () => {
  expectSameBits(
    (captured) => trial(captured),
    ({ net }, i) => {
      if (i === 8) net.eval();
      if (i === 12) net.train();
      if (i === 16) manualSeed(9);
      if (i === 20) net.parameters()[0].requiresGrad = false;
      if (i === 25) net.parameters()[0].requiresGrad = true;
    },
  );
});

test("gradients may be cleared first, accumulated over steps, or used outside", () => {
  const run = (captured: boolean) => {
    manualSeed(1);
    const net = new Linear(20, 5);
    const optimizer = new SGD(net.parameters(), { learningRate: 0.1 });
    const raw = (x: Tensor, y: Tensor): Tensor => {
      const loss = crossEntropy(net.forward(x), y);
      loss.backward();
      return loss;
    };
    const step = captured ? capture(raw) : raw;
    const grads: number[][] = [];
    for (const [i, { x, y }] of data.filter(({ x }) => x.shape[0] === 16).entries()) {
      step(x, y);
      grads.push(Array.from((net.weight.grad as Tensor).data));
      if (i % 2 === 1) {
        optimizer.step();
        optimizer.zeroGrad();
      }
    }
    return grads;
  };
  expect(run(true)).toEqual(run(false));
});

describe("gradients from outside of the step", () => {
  const weights = (captured: boolean, between: (i: number, free: Parameter, optimizer: Optimizer) => void, clearing = true) => {
    manualSeed(1);
    const net = new Linear(20, 5);
    const free = new Parameter(ones([3]));
    const optimizer = new SGD([...net.parameters(), free], { learningRate: 0.1, momentum: 0.9 });
    const raw = (x: Tensor, y: Tensor): void => {
      crossEntropy(net.forward(x), y).backward();
      clipGradNorm([...net.parameters(), free], 1);
      optimizer.step();
      if (clearing) optimizer.zeroGrad();
    };
    const step = captured ? capture(raw) : raw;
    const steps = data.slice(0, 24).filter(({ x }) => x.shape[0] === 16);
    const found = steps.map(({ x, y }, i) => {
      between(i, free, optimizer);
      step(x, y);
      return [free, net.weight].map((t) => Array.from(t.data));
    });
    return { found, replays: captured ? (step as ReturnType<typeof capture>).status().replays : 0 };
  };

  test("count, though the step knows nothing of their parameter but that the optimizer has it", () => {
    const between = (i: number, free: Parameter) => {
      if (i % 9 === 7) free.grad = tensor([1, 2, 3]);
      if (i % 9 === 8) free.square().sum().backward();
    };
    const captured = weights(true, between);
    expect(captured.found).toEqual(weights(false, between).found);
    expect(captured.replays).toBeGreaterThan(3);
  });

  test("and a step whose gradients are cleared outside is replayed all the same", () => {
    const clear = (_: number, __: Parameter, optimizer: Optimizer) => optimizer.zeroGrad();
    const captured = weights(true, clear, false);
    expect(captured.found).toEqual(weights(false, clear, false).found);
    expect(captured.replays).toBeGreaterThan(10);
  });
});

test("a step recorded on one thread is replayed on as many as there are by then", async () => {
  const x = rand([256, 256]);
  const loaded = loadedBuild() as Loaded;
  const { exports } = loaded;
  const crews: boolean[] = [];
  const replay: typeof exports.replay = (lines, end, control, ...rest) => {
    crews.push(control !== 0);
    return exports.replay(lines, end, control, ...rest);
  };
  loaded.exports = { ...exports, replay } as Loaded["exports"];
  try {
    await setThreads(1);
    const step = capture((x: Tensor) => x.tanh());
    for (let i = 0; i < 4; i++) step(x);
    await setThreads(2);
    step(x);
    await setThreads(1);
    step(x);
  } finally {
    loaded.exports = exports;
    await setThreads(1);
  }
  expect(crews).toEqual([false, true, false]);
});
