import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { StepRecorder } from "../../src/capture/stepRecorder.js";
import {
  Adam,
  batches,
  binaryCrossEntropy,
  capture,
  clipGradNorm,
  cosineDecay,
  crossEntropy,
  Dense,
  Dropout,
  GraphError,
  IndexError,
  Linear,
  type Module,
  manualSeed,
  memory,
  mse,
  noGrad,
  Optimizer,
  ones,
  Parameter,
  type Run,
  rand,
  randint,
  randn,
  Sequential,
  SGD,
  setThreads,
  type Tensor,
  tensor,
  zeros,
} from "../../src/index.js";
import { type Loaded, loadedBuild } from "../../src/kernels/load.js";
import { shareFrom } from "../../src/kernels/threads/policy.js";
import { builds, useBuildFor, withBuild } from "../support/kernels.js";

type Step = (x: Tensor, y: Tensor) => Tensor;

interface Trial {
  net: Module;
  optimizer: Optimizer;
  step: Step;
}

/** A network with dropout, its optimizer and one training step, captured or not. */
function trial(captured: boolean, options: { clip?: number; clipEach?: number; dropout?: number } = {}): Trial {
  manualSeed(3);
  const { clip, clipEach, dropout = 0.3 } = options;
  const net = new Sequential([new Dense(32, { activation: "relu", inputShape: [20] }), new Dropout(dropout), new Dense(5)]);
  const optimizer = new Adam(net.parameters(), {
    learningRate: cosineDecay(1e-2, { steps: 50 }),
    globalClipNorm: clip,
    clipNorm: clipEach,
  });
  const step: Step = (x, y) => {
    const loss = crossEntropy(net.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  };
  return { net, optimizer, step: captured ? capture(step) : step };
}

function batch(i: number, n = 16): { x: Tensor; y: Tensor } {
  manualSeed(100 + i);
  const made = { x: randn([n, 20]), y: randint(0, 5, [n]) };
  manualSeed(3);
  return made;
}

const data = Array.from({ length: 30 }, (_, i) => batch(i, i % 7 === 6 ? 3 : 16));

/** Losses and parameters after the steps. */
function outcome({ net, step }: Trial, each: (i: number) => void = () => {}): unknown {
  manualSeed(3);
  const losses: number[] = [];
  for (const [i, { x, y }] of data.entries()) {
    each(i);
    losses.push(step(x, y).item());
  }
  return { losses, state: [...net.stateDict().values()].map((t) => Array.from(t.data)) };
}

/** The same with and without capture. */
function expectSameBits(make: (captured: boolean) => Trial, each: (trial: Trial, i: number) => void = () => {}): void {
  const [eager, captured] = [make(false), make(true)];
  const wanted = outcome(eager, (i) => each(eager, i));
  expect(outcome(captured, (i) => each(captured, i))).toEqual(wanted);
  expect((captured.step as ReturnType<typeof capture>).status().replays).toBeGreaterThan(10);
}

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
    const raw = (x: Tensor, y: Tensor): Tensor => {
      const loss = crossEntropy(net.forward(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    };
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

test("a step may return several tensors, or none, and take objects", () => {
  const w = new Linear(3, 2);
  const step = capture(({ x }: { x: Tensor }) => ({ y: w.forward(x), both: [x.sum(), x.mean()] }));
  const nothing = capture((_: Tensor) => {});
  for (let i = 0; i < 6; i++) {
    const x = tensor([[i, 1, 2]]);
    const { y, both } = step({ x });
    expect(y.toArray()).toEqual(noGrad(() => w.forward(x)).toArray());
    expect(both.map((t) => t.item())).toEqual([i + 3, Math.fround((i + 3) / 3)]);
    expect(nothing(x)).toBe(undefined);
  }
  expect(step.status().state).toBe("replaying");
});

test("what a replay returned is not overwritten by the next", () => {
  const step = capture((x: Tensor) => x.mul(2));
  const found = [1, 2, 3, 4, 5, 6].map((i) => step(tensor([i, i])));
  expect(found.map((t) => t.toArray())).toEqual([1, 2, 3, 4, 5, 6].map((i) => [2 * i, 2 * i]));
});

test("data that the step reads may be changed between replays", () => {
  const scale = tensor([1, 2]);
  const step = capture((x: Tensor) => x.mul(scale));
  for (let i = 0; i < 5; i++) step(tensor([1, 1]));
  scale.assign([5, 6]);
  expect(step(tensor([1, 1])).toArray()).toEqual([5, 6]);
});

test.each([mse, binaryCrossEntropy])("a long loss (%o) sums its chunks in memory of the capture's own", (loss) => {
  const w = new Parameter(ones([300]));
  const x = rand([300, 300]);
  const step = capture((input: Tensor) => {
    const value = loss(input.mul(w), input);
    value.backward();
    w.grad = null;
    return value;
  });
  const values = [1, 2, 3].map(() => step(x).item());
  // Of the size of the sums, to be placed where eager ones would have been.
  const held = Array.from({ length: 200 }, () => tensor(new Float32Array(22).fill(7), { requiresGrad: true }).mul(1));
  values.push(step(x).item());
  expect(new Set(values).size).toBe(1);
  for (const one of held) expect([...one.view()]).toEqual(new Array(22).fill(7));
});

test("noGrad and metrics may stand in a step", () => {
  const net = new Linear(20, 5);
  const step = capture((x: Tensor, y: Tensor) => noGrad(() => net.forward(x).argmax(1).eq(y).cast("float32").mean()));
  const { x, y } = data[0];
  const eager = noGrad(() => net.forward(x).argmax(1).eq(y).cast("float32").mean().item());
  for (let i = 0; i < 5; i++) expect(step(x, y).item()).toBe(eager);
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

describe("a label that is out of range in a replay", () => {
  test("is the error that the step would have thrown, and nothing was trained", () => {
    const { net, step, optimizer } = trial(true);
    for (let i = 0; i < 5; i++) step(data[0].x, data[0].y);
    const before = [...net.stateDict().values()].map((t) => Array.from(t.data));
    const steps = optimizer.stepCount;
    const bad = tensor([...Array.from(data[0].y.data).slice(0, 15), 7], { dtype: "int32" });
    expect(() => step(data[0].x, bad)).toThrow(IndexError);
    expect(() => step(data[0].x, bad)).toThrow("crossEntropy: label 7 at position 15 is outside 0 … 4.");
    expect([...net.stateDict().values()].map((t) => Array.from(t.data))).toEqual(before);
    expect(optimizer.stepCount).toBe(steps);
    expect(Number.isFinite(step(data[0].x, data[0].y).item())).toBe(true);
  });
});

describe("a step that cannot be replayed is refused with the reason", () => {
  const refused = (step: (x: Tensor) => unknown, calls = 6) => {
    const captured = capture(step);
    for (let i = 0; i < calls; i++) captured(ones([2, 2]));
  };
  const w = new Linear(2, 2);

  test("a counter in a closure", () => {
    let count = 0;
    expect(() => refused((x) => x.mul(tensor([++count])))).toThrow(/another "b"/);
    expect(() => refused((x) => x.leakyRelu(++count / 100))).toThrow(
      /^capture: this step cannot be replayed: it does not do the same each time: call 1, "leakyRelu", was given another number: \d\.\d+ and then \d\.\d+\. Return tensors/,
    );
  });

  test("Math.random", () => {
    expect(() => refused((x) => x.clamp(-Math.random(), 1))).toThrow("another number");
    expect(() => refused((x) => x.add(rand([2, 2])))).toThrow('another "b"');
  });

  test("a number that kernels take in double precision", () => {
    let flip = false;
    expect(() =>
      refused((x) => {
        flip = !flip;
        return flip ? x.sum() : x.mean();
      }),
    ).toThrow(/"sum", was given another number: (1 and then 4|4 and then 1)\./);
  });

  test("a branch on a value", () => {
    expect(() => refused((x) => (x.sum().item() > 0 ? x : x.neg()))).toThrow(
      'capture: this step cannot be replayed: JavaScript reads the elements of a result of "sum". Return tensors and read them outside of the step; pass what changes as a tensor; or call the step without capture.',
    );
    expect(() => refused((x) => x.mul(x.view()[0]))).toThrow("JavaScript reads the elements of an input.");
    expect(() => refused((x) => x.mul(w.weight.data[0]))).toThrow("JavaScript reads the elements of a Parameter.");
    let flip = false;
    expect(() =>
      refused((x) => {
        flip = !flip;
        return flip ? x.exp() : x.neg();
      }),
    ).toThrow(/call 1, was "(exp|neg)" and then "(exp|neg)"/);
  });

  test("another number of calls", () => {
    let n = 0;
    expect(() =>
      refused((x) => {
        let y = x.exp();
        for (let i = 0; i < n; i++) y = y.exp();
        n++;
        return y;
      }),
    ).toThrow(/one time it made \d calls of kernels, the next time \d; the first that is too many is "exp"/);
  });

  test("elements that JavaScript writes", () => {
    expect(() =>
      refused((x) => {
        w.weight.assign(zeros([2, 2]));
        return w.forward(x);
      }),
    ).toThrow('"assign" writes elements from JavaScript');
    expect(() =>
      refused((x) => {
        w.bias?.fill(0);
        return w.forward(x);
      }),
    ).toThrow('"fill" writes elements from JavaScript');
  });

  test("an optimizer that updates in JavaScript", () => {
    class SignSGD extends Optimizer {
      static override readonly type: string = "SignSGD";
      update({ parameters, gradients, learningRate, length }: Run): void {
        for (let i = 0; i < length; i++) parameters[i] -= learningRate * Math.sign(gradients[i]);
      }
    }
    const optimizer = new SignSGD(w.parameters());
    expect(() =>
      refused((x) => {
        w.forward(x).sum().backward();
        optimizer.step();
        optimizer.zeroGrad();
      }),
    ).toThrow("the optimizer's update is written in JavaScript");
  });

  test("a learning rate that is set", () => {
    const optimizer = new SGD(w.parameters());
    const setting = (place: { learningRate: unknown }) => () =>
      refused((x) => {
        place.learningRate = 0.1 / (1 + optimizer.stepCount);
        w.forward(x).sum().backward();
        optimizer.step();
        optimizer.zeroGrad();
      });
    expect(setting(optimizer)).toThrow("it sets a learning rate; use a schedule, or set it outside of the step");
    expect(setting(optimizer.groups[0])).toThrow("it sets a learning rate");
  });

  test("a seed that is set", () => {
    expect(() =>
      refused((x) => {
        manualSeed(1);
        return x.mul(rand([2, 2]));
      }),
    ).toThrow("manualSeed starts the random numbers afresh in every step");
  });

  test("a number that is returned", () => {
    let n = 0;
    expect(() => refused((x) => [x.exp(), n++])).toThrow(/it returned \d and then \d, which is no tensor; return the tensor instead/);
  });

  test("a tensor that is returned and is another one each time", () => {
    const differs = (i: number) => `it does not do the same each time: tensor ${i} of what it returned was another one`;
    let n = 0;
    expect(() => refused((x) => [x.exp(), tensor([n++])])).toThrow(differs(1));
    expect(() => refused((x) => [x.exp(), x.neg()][n++ % 2])).toThrow(differs(0));
    expect(() => refused((x) => x.exp().reshape(n++ % 2 ? [4] : [4, 1]))).toThrow(differs(0));
    expect(() => refused((x) => [x.exp(), ...(n++ % 2 ? [x] : [])])).toThrow(/it returned \d tensors and then \d/);
    const constant = tensor([n]);
    expect(() => refused((x) => [x.exp(), constant, tensor([3]), w.weight, x])).not.toThrow();
  });

  test("a result from outside of the step", () => {
    const outside = w.forward(ones([2, 2]));
    expect(() => refused((x) => x.mul(outside))).toThrow('"mul" uses a result that was computed outside of the step');
  });

  test("a hook", () => {
    const hooked = new Linear(2, 2);
    hooked.registerForwardHook(() => undefined);
    expect(() => refused((x) => hooked.forward(x))).toThrow("a hook of Linear runs JavaScript of its own");
  });

  test("gradients that are kept for later", () => {
    const leaf = tensor([[1, 2]], { requiresGrad: true });
    expect(() => refused((x) => x.mul(leaf).sum().backward())).toThrow("a tensor that is no Parameter gets a gradient");
  });

  test("arguments that are no data", () => {
    const step = capture((x: Tensor, n: number) => x.mul(n)) as (...given: unknown[]) => unknown;
    expect(() => step(ones([2]), 0.5)).toThrow(
      "capture: the step was given 0.5; expected tensors, or arrays and objects of tensors. Wrap it with tensor(…).",
    );
    expect(() => step(tensor([1], { requiresGrad: true }), ones([1]))).toThrow(
      "capture: input 0 wants a gradient; the inputs of a captured step are data. A Parameter is used in the step without being passed; detach() any other tensor.",
    );
    expect(() => capture(3 as never)).toThrow("capture: the step is 3; expected a function");
  });
});

test("an async step is refused at its first call", () => {
  const step = capture(async (x: Tensor) => x.mul(2));
  for (let i = 0; i < 3; i++) {
    expect(() => step(ones([2]))).toThrow(
      "capture: the step is async; a captured step is done when it returns. Await what it needs before, and pass it as a tensor.",
    );
  }
  expect(() => capture(async ({ x }: { x: Tensor }) => x)({ x: ones([2]) })).toThrow("the step is async");
});

test("after a refusal the step goes on as it is", () => {
  let n = 0;
  const step = capture((x: Tensor) => x.leakyRelu(++n / 100));
  let refusals = 0;
  for (let i = 0; i < 12; i++) {
    try {
      step(tensor([-100]));
    } catch (error) {
      expect(error).toBeInstanceOf(GraphError);
      refusals++;
    }
  }
  expect(refusals).toBe(1);
  expect(step(tensor([-100])).item()).toBeCloseTo(-n, 4);
  expect(step.status().state).toBe("eager");
});

test("on the js build the step runs as it is", () => {
  withBuild("js", () => {
    const { step } = trial(true);
    const eager = trial(false);
    for (const { x, y } of data.slice(0, 8)) expect(step(x, y).item()).toBe(eager.step(x, y).item());
    expect((step as ReturnType<typeof capture>).status().replays).toBe(0);
  });
});

test("a captured step within a captured step is part of it", () => {
  const inner = capture((x: Tensor) => x.mul(2));
  const outer = capture((x: Tensor) => inner(x).add(1));
  for (let i = 0; i < 6; i++) expect(outer(tensor([i])).toArray()).toEqual([2 * i + 1]);
  expect(outer.status().state).toBe("replaying");
});

/** Expects of a step that trains a linear layer what it gives without capture. `maybe` captures a function if the step is. */
function expectSameTraining<R extends Tensor | Tensor[]>(
  learningRate: number,
  samples: typeof data,
  stepOf: (net: Linear, optimizer: SGD, maybe: typeof capture) => (x: Tensor, y: Tensor) => R,
): void {
  const run = (maybe: typeof capture) => {
    manualSeed(1);
    const net = new Linear(20, 5);
    const step = maybe(stepOf(net, new SGD(net.parameters(), { learningRate }), maybe));
    return samples.map(({ x, y }) => [step(x, y)].flat().map((result) => result.item()));
  };
  expect(run(capture)).toEqual(run(((step: unknown) => step) as typeof capture));
}

test("and its parameters are trained from the first call on", () => {
  expectSameTraining(0.1, data.slice(0, 6), (net, optimizer, maybe) => {
    const inner = maybe((x: Tensor): Tensor => net.forward(x));
    return (x, y) => {
      const loss = crossEntropy(inner(x), y);
      loss.backward();
      optimizer.step();
      optimizer.zeroGrad();
      return loss;
    };
  });
});

test("clipGradNorm may stand in a step", () => {
  expectSameTraining(1, data.slice(0, 14), (net, optimizer) => (x, y) => {
    const loss = crossEntropy(net.forward(x), y);
    loss.backward();
    clipGradNorm(net.parameters(), 0.2);
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
});

test("a retained graph and two losses may stand in a step", () => {
  const full = data.filter(({ x }) => x.shape[0] === 16);
  expectSameTraining(0.1, full, (net, optimizer) => (x, y) => {
    const logits = net.forward(x);
    const [a, b] = [crossEntropy(logits, y), mse(logits, zeros([16, 5]))];
    a.backward(undefined, { retainGraph: true });
    a.backward();
    b.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return [a, b];
  });
});

describe("memory", () => {
  test("stays as it is, and goes back when the capture is disposed of", () => {
    const { step } = trial(true);
    // The optimizer's state comes with the first step.
    step(data[0].x, data[0].y);
    const before = memory().liveBytes;
    for (let i = 0; i < 7; i++) step(data[0].x, data[0].y);
    const { liveBytes, reservedBytes } = memory();
    for (let i = 0; i < 2000; i++) step(data[0].x, data[0].y);
    expect(memory().liveBytes).toBe(liveBytes);
    expect(memory().reservedBytes).toBe(reservedBytes);
    const captured = step as ReturnType<typeof capture>;
    expect(captured.status().bytes).toBeGreaterThan(0);
    captured.dispose();
    expect(memory().liveBytes).toBeLessThan(liveBytes);
    expect(memory().liveBytes - before).toBeLessThan(20_000);
    expect(captured.status()).toEqual({ state: "eager", reason: null, replays: 0, bytes: 0 });
    expect(Number.isFinite(step(data[0].x, data[0].y).item())).toBe(true);
  });
});

describe("SIMDGRAD_CHECK_CAPTURE", () => {
  beforeEach(() => {
    process.env.SIMDGRAD_CHECK_CAPTURE = "4";
  });
  afterEach(() => {
    delete process.env.SIMDGRAD_CHECK_CAPTURE;
  });

  test("is a whole number", () => {
    process.env.SIMDGRAD_CHECK_CAPTURE = "yes";
    expect(() => capture((x: Tensor) => x.neg())(ones([2]))).toThrow(
      'capture: SIMDGRAD_CHECK_CAPTURE is "yes"; expected a whole number ≥ 0.',
    );
  });

  test("holds replays against the step, and changes nothing", () => {
    expectSameBits((captured) => trial(captured));
  });

  test("finds a closure that changed after the recording", () => {
    let slope = 0.1;
    const step = capture((x: Tensor) => x.leakyRelu(slope));
    for (let i = 0; i < 6; i++) step(tensor([-1]));
    slope = 0.2;
    expect(() => {
      for (let i = 0; i < 4; i++) step(tensor([-1]));
    }).toThrow(/^capture: the step does something else now than when it was recorded: call 1, "leakyRelu", was given another number/);
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

test("the loop of the documentation", () => {
  const net = new Linear(4, 2);
  const optimizer = new Adam(net.parameters());
  const step = capture((x: Tensor, y: Tensor) => {
    const loss = crossEntropy(net.forward(x), y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
    return loss;
  });
  const losses: number[] = [];
  for (let epoch = 0; epoch < 5; epoch++)
    for (const { x, y } of batches({ x: randn([10, 4]), y: randint(0, 2, [10]) }, 4)) losses.push(step(x, y).item());
  expect(losses.every(Number.isFinite)).toBe(true);
});

test("a step that throws while it is recorded leaves nothing behind", () => {
  const net = new Linear(20, 5);
  const step = capture((x: Tensor, y: Tensor) => crossEntropy(net.forward(x).tanh(), y));
  const bad = tensor(new Array(16).fill(9), { dtype: "int32" });
  const { x } = batch(0);
  for (let i = 0; i < 2; i++) expect(() => step(x, bad)).toThrow(IndexError);
  const { liveBytes } = memory();
  for (let i = 0; i < 5; i++) expect(() => step(x, bad)).toThrow(IndexError);
  expect(memory().liveBytes).toBe(liveBytes);
  expect(step(x, batch(0).y).item()).toBe(noGrad(() => crossEntropy(net.forward(x).tanh(), batch(0).y).item()));
});

test("two updates by one optimizer in a step are refused: the second would be given the numbers of the first", () => {
  const net = new Linear(20, 5);
  const optimizer = new Adam(net.parameters());
  const { x, y } = batch(0);
  const step = capture((a: Tensor, b: Tensor) => {
    for (let i = 0; i < 2; i++) {
      crossEntropy(net.forward(a), b).backward();
      optimizer.step();
      optimizer.zeroGrad();
    }
  });
  step(x, y);
  expect(() => step(x, y)).toThrow("capture: this step cannot be replayed: the Adam makes more than one update.");
});

test("a fault in the middle of a replay leaves what came before it done, and nothing else", () => {
  const run = (captured: boolean) => {
    manualSeed(3);
    const [a, b] = [1, 2].map(() => new Sequential([new Dense(8, { inputShape: [20] }), new Dropout(0.5), new Dense(5)]));
    const [first, second] = [new Adam(a.parameters(), { learningRate: 0.1 }), new Adam(b.parameters(), { learningRate: 0.1 })];
    const raw = (x: Tensor, y: Tensor, z: Tensor): void => {
      crossEntropy(a.forward(x), y).backward();
      first.step();
      first.zeroGrad();
      crossEntropy(b.forward(x), z).backward();
      second.step();
      second.zeroGrad();
    };
    const step = captured ? capture(raw) : raw;
    for (let i = 0; i < 8; i++) {
      const { x, y } = batch(i);
      const z = i === 5 ? tensor(new Array(16).fill(7), { dtype: "int32" }) : y;
      if (i === 5) expect(() => step(x, y, z)).toThrow(IndexError);
      else step(x, y, z);
    }
    const counts = [a, b].map((net) => (net.layers[1] as Dropout).count);
    const states = [a, b].map((net) => [...net.stateDict().values()].map((t) => Array.from(t.data)));
    return [first.stepCount, second.stepCount, counts, states];
  };
  expect(run(true)).toEqual(run(false));
});

test("a step that is too large to be recorded runs as it is", () => {
  const { mostBytes } = StepRecorder;
  StepRecorder.mostBytes = 3000;
  try {
    const [large, plain] = [trial(true), trial(false)];
    const { x, y } = data[0];
    for (let i = 0; i < 6; i++) expect(large.step(x, y).item()).toBe(plain.step(x, y).item());
    const { liveBytes } = memory();
    for (let i = 0; i < 6; i++) large.step(x, y);
    expect(memory().liveBytes).toBe(liveBytes);
    expect((large.step as ReturnType<typeof capture>).status()).toMatchObject({ state: "eager", replays: 0 });
  } finally {
    StepRecorder.mostBytes = mostBytes;
  }
});
