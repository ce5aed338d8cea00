import { describe, expect, test } from "vitest";
import { capture, clipGradValue, type DType, memory, Parameter, ShapeError, type Tensor, tensor, zeros } from "../../src/index.js";
import { failure } from "../support/failure.js";
import { finalizers } from "../support/growth.js";

const gradOf = (x: Tensor) => x.grad?.toArray();

describe("the place of a parameter", () => {
  test("is 64-byte aligned, beside its neighbours, and never moves", () => {
    const all = [3, 100, 1, 0, 17].map((n) => new Parameter(zeros([n])));
    const places = all.map(({ at }) => at);
    for (const at of places) expect(at % 64).toBe(0);
    const sizes = [64, 448, 64, 64];
    expect(places.slice(1).map((at, i) => at - places[i])).toEqual(sizes);
    for (let i = 0; i < 3; i++) {
      all[0].mul(2).sum().backward();
      all[0].fill(i);
      all[0].grad = null;
    }
    // Memory grows, and with it every view; the address stays.
    zeros([5_000_000]).pin().unpin();
    expect(all.map(({ at }) => at)).toEqual(places);
    expect(all[0].toArray()).toEqual([2, 2, 2]);
  });

  test("gradients lie at the same offset beside it", () => {
    const [a, b] = [new Parameter(zeros([20])), new Parameter(zeros([5]))];
    a.sum().add(b.sum()).backward();
    expect((b.grad as Tensor).at - (a.grad as Tensor).at).toBe(b.at - a.at);
  });

  test("goes back when nobody holds the parameter, an alias of it or its gradient", async () => {
    await finalizers();
    const before = memory().parameterBytes;
    const made = (): Tensor[] => {
      const [p, q] = [new Parameter(tensor([1, 2])), new Parameter(tensor([3, 4]))];
      for (let i = 0; i < 2; i++) q.mul(1).sum().backward();
      new Parameter(zeros([1000]));
      return [p.detach(), q.grad as Tensor];
    };
    const aliases = made();
    await finalizers();
    expect(memory().parameterBytes).toBe(before + 128);
    // New parameters do not take the two places.
    (() => {
      for (let i = 0; i < 100; i++) new Parameter(tensor([9, 9])).sum().backward();
    })();
    expect(aliases.map((x) => x.toArray())).toEqual([
      [1, 2],
      [2, 2],
    ]);
    aliases.length = 0;
    await finalizers();
    expect(memory().parameterBytes).toBe(before);
  });

  test("is zeroed for the next, and so is the gradient's", async () => {
    const p = new Parameter(tensor([1, 2, 3]));
    expect(p.storage.permanent).toBe(true);
    expect(Array.from(new Parameter(zeros([16])).data)).toEqual(new Array(16).fill(0));
  });
});

describe("the gradient of a parameter", () => {
  test("is null before the first backward and after it is cleared", () => {
    const p = new Parameter(tensor([1, 2]));
    expect(p.grad).toBe(null);
    p.square().sum().backward();
    expect(gradOf(p)).toEqual([2, 4]);
    p.grad = null;
    expect(p.grad).toBe(null);
    p.square().sum().backward();
    expect(gradOf(p)).toEqual([2, 4]);
    const untouched = new Parameter(tensor([1]));
    p.sum().backward();
    expect(untouched.grad).toBe(null);
  });

  test("is copied when it is set, and checked", () => {
    for (const dtype of ["float32", "float64"] as DType[]) {
      const p = new Parameter(tensor([1, 2], { dtype }));
      const given = tensor([10, 20], { dtype });
      p.grad = given;
      given.fill(0);
      expect(gradOf(p)).toEqual([10, 20]);
      p.sum().backward();
      expect(gradOf(p)).toEqual([11, 21]);
      expect(failure(() => (p.grad = tensor([1, 2, 3], { dtype })))).toBe("grad: a gradient of shape [3] for a tensor of shape [2].");
      expect(() => (p.grad = tensor([1, 2, 3], { dtype }))).toThrow(ShapeError);
      expect(gradOf(p)).toEqual([11, 21]);
    }
    const p = new Parameter(tensor([1, 2]));
    expect(failure(() => (p.grad = tensor([1, 2], { dtype: "int32" })))).toBe("grad: a gradient of int32 for a tensor of float32.");
  });

  test("may be used in operations and changed in place", () => {
    const p = new Parameter(tensor([3, 4]));
    p.square().sum().backward();
    const g = p.grad as Tensor;
    expect([g.requiresGrad, g.square().sum().item()]).toEqual([false, 100]);
    g.fill(1);
    p.addScaled(g, -1);
    expect([p.toArray(), gradOf(p)]).toEqual([
      [2, 3],
      [1, 1],
    ]);
  });
});

describe("frozen parameters", () => {
  test("get no gradient, whether they were made so or became so", () => {
    const [p, made, became] = [
      new Parameter(tensor([1, 2])),
      new Parameter(tensor([3, 4]), { requiresGrad: false }),
      new Parameter(tensor([5, 6])),
    ];
    became.requiresGrad = false;
    const y = p.mul(made).mul(became);
    y.sum().backward();
    expect([gradOf(p), made.grad, became.grad]).toEqual([[15, 24], null, null]);
    expect(made.mul(2).requiresGrad).toBe(false);
    became.requiresGrad = true;
    became.sum().backward();
    expect(gradOf(became)).toEqual([1, 1]);
  });
});

test("what a parameter can be made of", () => {
  const source = tensor([1, 2]);
  const p = new Parameter(source);
  source.fill(0);
  expect(p.toArray()).toEqual([1, 2]);
  const q = new Parameter(p.mul(2));
  expect([q.toArray(), q.isLeaf]).toEqual([[2, 4], true]);
  expect(failure(() => new Parameter(tensor([1], { dtype: "int32" })))).toBe(
    "Parameter: the value has dtype int32; only float32 and float64 have gradients. Pass requiresGrad: false.",
  );
  expect(new Parameter(tensor([1], { dtype: "int32" }), { requiresGrad: false }).toArray()).toEqual([1]);
  expect(failure(() => new Parameter([1, 2] as unknown as Tensor))).toBe(
    "Parameter: the value is an array of length 2; expected a tensor. Wrap it with tensor(…).",
  );
  const { parameterBytes } = memory();
  const gone = q.mul(3);
  gone.sum().backward();
  q.sum();
  expect(() => new Parameter(gone)).toThrow(/was released/);
  expect(memory().parameterBytes).toBe(parameterBytes);
});

describe("a gradient that is held, of a parameter and of another leaf", () => {
  type Leaf = Parameter | Tensor;
  const leaves: [string, (values: number[]) => Leaf][] = [
    ["parameter", (values) => new Parameter(tensor(values))],
    ["leaf", (values) => tensor(values, { requiresGrad: true })],
  ];
  const backward = (x: Leaf, factor: number) =>
    x
      .mul(tensor([factor, 2 * factor]))
      .sum()
      .backward();

  test.each(leaves)("%s: keeps its elements after zeroGrad and another backward", (_, make) => {
    const x = make([1, 1]);
    backward(x, 1);
    const held = x.grad as Tensor;
    x.grad = null;
    expect(held.toArray()).toEqual([1, 2]);
    backward(x, 10);
    expect([held.toArray(), gradOf(x)]).toEqual([
      [1, 2],
      [10, 20],
    ]);
    held.fill(0);
    expect(gradOf(x)).toEqual([10, 20]);
  });

  test.each(leaves)("%s: keeps its elements when another gradient is added", (_, make) => {
    const x = make([1, 1]);
    backward(x, 1);
    const held = x.grad as Tensor;
    expect(x.grad).toBe(held);
    backward(x, 10);
    expect([held.toArray(), gradOf(x)]).toEqual([
      [1, 2],
      [11, 22],
    ]);
    x.grad = tensor([5, 5]);
    expect([held.toArray(), gradOf(x)]).toEqual([
      [1, 2],
      [5, 5],
    ]);
  });

  test.each(leaves)("%s: is the gradient until then: a change in place counts", (_, make) => {
    const x = make([1, 1]);
    backward(x, 1);
    (x.grad as Tensor).fill(3);
    expect(gradOf(x)).toEqual([3, 3]);
    backward(x, 1);
    expect(gradOf(x)).toEqual([4, 5]);
  });

  test.each(leaves)("%s: in a graph that is not consumed it counts with the elements it had", (_, make) => {
    const [x, y] = [make([1, 1]), new Parameter(tensor([3, 3]))];
    backward(x, 1);
    const loss = y.mul(x.grad as Tensor).sum();
    x.grad = null;
    backward(x, 10);
    loss.backward();
    expect([gradOf(y), gradOf(x)]).toEqual([
      [1, 2],
      [10, 20],
    ]);
    backward(x, 1);
    expect(gradOf(x)).toEqual([11, 22]);
  });

  test.each(leaves)("%s: may be what backprop starts from", (_, make) => {
    const x = make([1, 1]);
    backward(x, 1);
    x.mul(tensor([2, 2])).backward(x.grad as Tensor);
    expect(gradOf(x)).toEqual([3, 6]);
    x.grad = tensor([1, 2]);
    x.reshape([1, 2])
      .matmul(
        tensor([
          [0, 1],
          [1, 0],
        ]),
      )
      .reshape([2])
      .backward(x.grad as Tensor);
    expect(gradOf(x)).toEqual([3, 3]);
  });

  test("a parameter's: when the step is replayed, or the optimizer clips", () => {
    const x = new Parameter(tensor([1, 1]));
    const step = capture((by: Tensor) => x.mul(by).sum().backward());
    const held: Tensor[] = [];
    for (let i = 1; i < 7; i++) {
      step(tensor([i, 0]));
      held.push(x.grad as Tensor);
      x.grad = null;
    }
    expect(step.status().replays).toBeGreaterThan(2);
    expect(held.map((one) => one.toArray())).toEqual([1, 2, 3, 4, 5, 6].map((i) => [i, 0]));
    backward(x, 1);
    const whole = x.grad as Tensor;
    clipGradValue(x, 0.5);
    expect([whole.toArray(), gradOf(x)]).toEqual([
      [0.5, 0.5],
      [0.5, 0.5],
    ]);
  });

  test("takes no linear memory", () => {
    const x = new Parameter(zeros([1000]));
    const live = () => memory().liveBytes;
    const grads: Tensor[] = [];
    let before = 0;
    for (let i = 0; i < 50; i++) {
      x.mul(i % 2)
        .sum()
        .backward();
      grads.push(x.grad as Tensor);
      x.grad = null;
      if (i === 10) before = live();
    }
    expect(live()).toBe(before);
    expect(grads.map(({ data }) => data[999])).toEqual(grads.map((_, i) => i % 2));
  });
});
