import { describe, expect, test } from "vitest";
import { BatchNorm, capture, Dense, Dropout, Linear, ones, Parameter, Sequential, type Tensor, tensor } from "../../src/index.js";
import { withBuild } from "../support/kernels.js";

function call<R>(times: number, step: () => R): R[] {
  return Array.from({ length: times }, step);
}

test("a step is eager before its first call, recorded at the next ones, and then replayed", () => {
  const step = capture((x: Tensor) => x.mul(2));
  const states = [step.status()];
  for (let i = 0; i < 5; i++) {
    step(ones([4]));
    states.push(step.status());
  }
  expect(states.map(({ state, replays }) => [state, replays])).toEqual([
    ["eager", 0],
    ["recording", 0],
    ["recording", 0],
    ["replaying", 0],
    ["replaying", 1],
    ["replaying", 2],
  ]);
  expect(states.every(({ reason }) => reason === null)).toBe(true);
  step.dispose();
  expect(step.status()).toEqual({ state: "eager", reason: null, replays: 0, bytes: 0 });
});

test("the state is that of the inputs given last; replays and bytes are those of all", () => {
  const step = capture((x: Tensor) => x.mul(2));
  call(6, () => step(ones([1000])));
  const { bytes } = step.status();
  expect(bytes).toBeGreaterThanOrEqual(8000);
  step(ones([3]));
  expect(step.status()).toEqual({ state: "recording", reason: null, replays: 3, bytes });
  step(ones([1000]));
  expect(step.status()).toMatchObject({ state: "replaying", replays: 4 });
});

describe("the same tensors in another structure are other inputs", () => {
  test("keys of an object", () => {
    const step = capture((x: { a?: Tensor; b?: Tensor }) => (x.a === undefined ? (x.b as Tensor).neg() : x.a.mul(2)));
    for (let i = 1; i < 6; i++) {
      expect(step({ a: tensor([i]) }).item()).toBe(2 * i);
      expect(step({ b: tensor([i]) }).item()).toBe(-i);
    }
    expect(step.status().replays).toBe(4);
  });

  test("lists of other lengths, Maps and plain arguments", () => {
    const step = capture((...x: (Tensor | Tensor[] | Map<string, Tensor>)[]) =>
      x.map((part) => (part instanceof Map ? part.get("k") : Array.isArray(part) ? part[0] : part?.mul(3)) as Tensor),
    );
    const [a, b] = [tensor([1]), tensor([2])];
    const found = () => [step([a, b]), step([a], [b]), step(new Map([["k", a]]), b), step(new Map([["k", b]]), [a]), step(a, b)];
    const items = () => found().map((tensors) => tensors.map((t) => t.item()));
    const first = items();
    expect(first).toEqual([[1], [1, 2], [1, 6], [2, 1], [3, 6]]);
    for (let i = 0; i < 5; i++) expect(items()).toEqual(first);
    expect(step.status().replays).toBe(5 * 3);
  });
});

describe("reason", () => {
  test("a refused step", () => {
    let n = 0;
    const step = capture((x: Tensor) => x.leakyRelu({ slope: ++n / 100 }));
    expect(() => call(6, () => step(ones([2])))).toThrow("this step cannot be replayed");
    step(ones([2]));
    const { state, reason } = step.status();
    expect(state).toBe("eager");
    expect(reason).toMatch(/^it does not do the same each time: call 1, "leakyRelu", was given another number/);
    step(ones([3]));
    expect(step.status()).toEqual({ state: "recording", reason, replays: 0, bytes: 0 });
  });

  test("a kernel that runs in plain JavaScript", () => {
    const step = capture((x: Tensor) => x.mul(2));
    const x = ones([2], { dtype: "float64" });
    for (let i = 0; i < 6; i++) expect(step(x).toArray()).toEqual([2, 2]);
    const reason = '"mul" ran in plain JavaScript (float64); cast its operands to float32, for which it is compiled';
    expect(step.status()).toEqual({ state: "eager", reason, replays: 0, bytes: 0 });
  });

  test("the js build", () => {
    withBuild("js", () => {
      const step = capture((x: Tensor) => x.mul(2));
      const nothing = capture((_: Tensor) => {});
      for (let i = 0; i < 6; i++) {
        step(ones([2]));
        nothing(ones([2]));
      }
      for (const one of [step, nothing])
        expect(one.status()).toEqual({ state: "eager", reason: "the js build has no kernels to replay", replays: 0, bytes: 0 });
    });
  });

  test("another build than at the calls before is recorded for itself", () => {
    const step = capture((x: Tensor) => x.mul(2));
    call(4, () => step(ones([2])));
    withBuild("js", () => {
      expect(step(ones([2])).toArray()).toEqual([2, 2]);
      expect(step.status()).toMatchObject({ state: "eager", replays: 1 });
    });
    step(ones([2]));
    expect(step.status()).toMatchObject({ state: "replaying", replays: 2 });
  });

  test("more kinds of inputs in turn than are kept", () => {
    const step = capture((x: Tensor) => x.mul(2));
    const turn = (kinds: number) => {
      for (let i = 1; i <= kinds; i++) expect(step(ones([i])).toArray()).toEqual(new Array(i).fill(2));
    };
    call(5, () => turn(9));
    expect(step.status()).toMatchObject({
      state: "recording",
      reason: "more than 8 kinds of inputs (shapes, dtypes, modes) take turns: each is forgotten before it can be replayed",
      replays: 0,
    });
    call(5, () => turn(8));
    expect(step.status()).toMatchObject({ state: "replaying", reason: null });
    const { replays } = step.status();
    expect(replays).toBeGreaterThan(8);
    turn(9);
    expect(step.status().replays).toBeGreaterThanOrEqual(replays);
  });

  test("train() and eval() within the step", () => {
    const net = new Sequential([new Linear(4, 4), new BatchNorm(), new Dropout(0.5)]);
    const step = capture((x: Tensor) => {
      net.eval();
      const y = net.forward(x);
      net.train();
      return y;
    });
    const eager = step(ones([3, 4])).toArray();
    for (let i = 0; i < 12; i++) expect(step(ones([3, 4])).toArray()).toEqual(eager);
    expect(step.status()).toMatchObject({
      state: "eager",
      reason: "the mode (train or eval) or a hook of Sequential changes within the step",
    });
  });

  test("a mode that the step sets, and leaves so, is replayed", () => {
    const net = new Sequential([new Dense(4, { inputShape: [4] }), new Dropout(0.5)]);
    const step = capture((x: Tensor) => {
      net.eval();
      return net.forward(x);
    });
    const eager = step(ones([3, 4])).toArray();
    for (let i = 0; i < 5; i++) expect(step(ones([3, 4])).toArray()).toEqual(eager);
    expect(step.status()).toMatchObject({ state: "replaying", reason: null });
  });

  test("p of a Dropout that changes within the step", () => {
    const dropout = new Dropout(0.5) as Dropout & { p: number };
    const step = capture((x: Tensor) => {
      const y = dropout.forward(x);
      dropout.p = 0.25;
      const z = dropout.forward(x);
      dropout.p = 0.5;
      return y.add(z);
    });
    call(6, () => step(ones([8])));
    expect(step.status()).toMatchObject({ state: "eager", reason: "p of Dropout changes within the step" });
  });
});

test("gradients that a step accumulates are another kind of inputs than the first", () => {
  const w = new Parameter(ones([2]));
  const step = capture((x: Tensor) => x.mul(w).sum().backward());
  for (let i = 1; i < 7; i++) {
    step(ones([2]));
    expect(w.grad?.toArray()).toEqual([i, i]);
  }
  expect(step.status()).toMatchObject({ state: "replaying", reason: null });
});
