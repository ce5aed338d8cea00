import { describe, expect, test } from "vitest";
import { StepRecorder } from "../../src/capture/stepRecorder.js";
import {
  Adam,
  capture,
  crossEntropy,
  Dense,
  GraphError,
  Linear,
  manualSeed,
  memory,
  noGrad,
  Optimizer,
  ones,
  rand,
  Sequential,
  SGD,
  type Tensor,
  tensor,
  type Update,
  zeros,
} from "../../src/index.js";
import { batch, data, trial } from "../support/captured.js";
import { withBuild } from "../support/kernels.js";

describe("a step that cannot be replayed is refused with the reason", () => {
  const refused = (step: (x: Tensor) => unknown, calls = 6) => {
    const captured = capture(step);
    for (let i = 0; i < calls; i++) captured(ones([2, 2]));
  };
  const w = new Linear(2, 2);

  test("a counter in a closure", () => {
    let count = 0;
    expect(() => refused((x) => x.mul(tensor([++count])))).toThrow(/another "b"/);
    expect(() => refused((x) => x.leakyRelu({ slope: ++count / 100 }))).toThrow(
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

  test("an optimizer whose update reads elements", () => {
    class SignSGD extends Optimizer {
      protected override update({ parameter, gradient }: Update): void {
        const signs = gradient.toArray() as number[][];
        parameter.assign(parameter.sub(signs.flat().length));
      }
    }
    const optimizer = new SignSGD(w.parameters());
    expect(() =>
      refused((x) => {
        w.forward(x).sum().backward();
        optimizer.step();
        optimizer.zeroGrad();
      }),
    ).toThrow("JavaScript reads the elements of a gradient");
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
    expect(() => refused((x) => (n++ % 2 ? { a: x.exp() } : { b: x.exp() }))).toThrow("it returned its tensors in another structure");
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
  const step = capture((x: Tensor) => x.leakyRelu({ slope: ++n / 100 }));
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

test("what a step returns that turns out to be too large while it is recorded outlives it", () => {
  const { mostBytes } = StepRecorder;
  StepRecorder.mostBytes = 3000;
  try {
    const model = new Sequential([new Dense(64, { inputShape: [4] }), new Dense(64), new Dense(64), new Dense(3)]);
    const x = rand([20, 4]);
    const step = capture((x: Tensor) => [model.forward(x)]);
    const expected = noGrad(() => model.forward(x)).toArray();
    for (let i = 0; i < 4; i++) expect(noGrad(() => step(x))[0].toArray()).toEqual(expected);
    expect(step.status()).toMatchObject({ state: "eager", reason: expect.stringContaining("take more than") });
  } finally {
    StepRecorder.mostBytes = mostBytes;
  }
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
