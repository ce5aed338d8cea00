import { describe, expect, test } from "vitest";
import { backward, defineOp, GraphError, grad, memory, noGrad, Parameter, ShapeError, type Tensor, tensor } from "../../src/index.js";
import { failure } from "../support/failure.js";
import { figures } from "../support/growth.js";

const leaf = (values: number | number[] | number[][]): Tensor => tensor(values, { requiresGrad: true });
const gradOf = (x: Tensor) => x.grad?.toArray();
describe("accumulation", () => {
  test("gradients add up where a tensor is used twice", () => {
    const x = leaf([1, 2, 3]);
    x.mul(2).sum().add(x.mul(5).sum()).backward();
    expect(gradOf(x)).toEqual([7, 7, 7]);
  });

  test("the same tensor twice in one operation", () => {
    for (const make of [leaf, (values: number[]) => new Parameter(tensor(values))]) {
      const x = make([1, 2, 3]);
      x.mul(x).sum().backward();
      expect(gradOf(x)).toEqual([2, 4, 6]);
      x.grad = null;
      const y = x.add(1);
      y.mul(y).sum().backward();
      expect(gradOf(x)).toEqual([4, 6, 8]);
      x.grad = null;
      x.sub(x).sum().backward();
      expect(gradOf(x)).toEqual([0, 0, 0]);
    }
  });

  test("diamonds, nested", () => {
    const x = leaf(2);
    let y: Tensor = x;
    for (let i = 0; i < 10; i++) y = y.mul(1).add(y.mul(1));
    y.backward();
    expect(x.grad?.item()).toBe(1024);
  });

  test("gradients of several backward() add up until they are cleared", () => {
    const x = leaf([1, 2]);
    const p = new Parameter(tensor([3, 4]));
    for (let i = 1; i <= 3; i++) {
      x.mul(p).sum().backward();
      expect(gradOf(x)).toEqual([3 * i, 4 * i]);
      expect(gradOf(p)).toEqual([1 * i, 2 * i]);
    }
    x.grad = null;
    p.grad = null;
    expect([x.grad, p.grad]).toEqual([null, null]);
    x.mul(p).sum().backward();
    expect([gradOf(x), gradOf(p)]).toEqual([
      [3, 4],
      [1, 2],
    ]);
  });

  test("a fused backward adds to a parameter's gradient in place, also for two operands that are one parameter", () => {
    const product = defineOp({
      name: "fusedProduct",
      inputs: ["a", "b"],
      save: ["a", "b"],
      shape: ({ a }) => a.shape,
      forward: ({ a, b, out }) => out.view().set(a.view().map((value, i) => value * b.view()[i])),
      backward: (pass, { a, b }) => {
        for (const [name, other] of [
          ["a", b],
          ["b", a],
        ] as const) {
          if (!pass.wanted(name)) continue;
          const { at, beta } = pass.into(name);
          const { view, factor } = { view: pass.g.view(), factor: other.view() };
          const out = new Float32Array(view.buffer, at, view.length);
          for (let i = 0; i < view.length; i++) out[i] = beta * (beta ? out[i] : 0) + view[i] * factor[i];
        }
      },
    });
    const p = new Parameter(tensor([1, 2]));
    const q = new Parameter(tensor([5, 7]));
    product(p, q).sum().backward();
    product(p, p).sum().backward();
    expect(gradOf(p)).toEqual([5 + 2, 7 + 4]);
    expect(gradOf(q)).toEqual([1, 2]);
    const h = q.mul(1);
    product(h, h).mul(2).sum().add(product(h, p).sum()).backward();
    expect(gradOf(q)).toEqual([1 + 20 + 1, 2 + 28 + 2]);
    const x = leaf([3, 4]);
    product(x, x).sum().backward();
    expect(gradOf(x)).toEqual([6, 8]);
  });

  test("broadcast operands get gradients of their own shape", () => {
    const [a, b] = [leaf([[1], [2]]), leaf([10, 20, 30])];
    a.mul(b).sum().backward();
    expect([gradOf(a), gradOf(b)]).toEqual([
      [[60], [60]],
      [3, 3, 3],
    ]);
  });
});

describe("two losses on one trunk", () => {
  const build = () => {
    const w = new Parameter(tensor([0.5, -1, 2]));
    const [a, b] = [new Parameter(tensor([1, 2, 3])), new Parameter(tensor([-1, 0, 1]))];
    const trunk = w.tanh().mul(w);
    return { all: [w, a, b], losses: [trunk.mul(a).sum(), trunk.mul(b).square().sum()] };
  };
  const summed = build();
  summed.losses[0].add(summed.losses[1]).backward();
  const expected = summed.all.map(gradOf);

  test.each([
    [0, 1],
    [1, 0],
  ])("loss %d first, then loss %d: as the summed loss", (first, second) => {
    const { all, losses } = build();
    losses[first].backward();
    losses[second].backward();
    all.forEach((p, i) => {
      (gradOf(p) as number[]).forEach((value, k) => {
        expect(value).toBeCloseTo((expected[i] as number[])[k], 6);
      });
    });
  });

  test("a head that is made after the first backward is an error", () => {
    const w = new Parameter(tensor([0.5, -1, 2]));
    const trunk = w.tanh();
    trunk.sum().backward();
    const late = trunk.square().sum();
    expect(failure(() => late.backward())).toBe(
      'backward: "sum" [] belongs to a graph that an earlier backward() consumed. ' +
        "Pass retainGraph: true to the earlier backward(), or cut with detach() what should not be differentiated again.",
    );
  });
});

describe("consuming and retaining", () => {
  test("backward twice is an error, with retainGraph it doubles", () => {
    const x = leaf([1, 2]);
    const once = x.square().sum();
    once.backward();
    expect(failure(() => once.backward())).toBe(
      'backward: "sum" [] belongs to a graph that an earlier backward() consumed. ' +
        "Pass retainGraph: true to the earlier backward(), or cut with detach() what should not be differentiated again.",
    );
    x.grad = null;
    const twice = x.square().sum();
    twice.backward(null, { retainGraph: true });
    twice.backward();
    expect(gradOf(x)).toEqual([4, 8]);
    expect(() => twice.backward()).toThrow(GraphError);
  });

  test("after the next graph on the same parameters the error says so", () => {
    const p = new Parameter(tensor([1, 2]));
    const loss = p.square().sum();
    loss.backward();
    p.mul(2).sum().backward();
    expect(failure(() => loss.backward())).toBe(
      'backward: the graph of this "sum" result [] was released: backward() consumed its graph, ' +
        'and "mul" has used the parameter [2] again since. Call backward() before the next forward, or compute the loss again.',
    );
  });

  test("createGraph keeps the graph, and the gradient can be differentiated", () => {
    for (const x of [leaf([1, 2]), new Parameter(tensor([1, 2]))]) {
      const y = x.mul(x).mul(x).sum();
      y.backward(null, { createGraph: true });
      expect(gradOf(x)).toEqual([3, 12]);
      const first = x.grad as Tensor;
      expect(first.requiresGrad).toBe(true);
      x.grad = null;
      first.sum().backward();
      expect(gradOf(x)).toEqual([6, 12]);
    }
  });

  test("gradients with createGraph add up and outlive their graph", () => {
    for (const x of [leaf([1, 2]), new Parameter(tensor([1, 2]))]) {
      x.square().sum().backward(null, { createGraph: true });
      x.mul(3).sum().backward(null, { createGraph: true });
      expect(gradOf(x)).toEqual([5, 7]);
      const kept = x.grad as Tensor;
      kept.square().sum().backward();
      for (let i = 0; i < 20; i++) x.mul(2).sum().backward();
      expect(kept.toArray()).toHaveLength(2);
    }
  });

  test("createGraph on a trunk that another loss consumed", () => {
    const p = new Parameter(tensor([1, 2]));
    const trunk = p.square();
    const [a, b] = [trunk.sum(), trunk.mul(p).sum()];
    a.backward();
    p.grad = null;
    const [slope] = grad(b, p, { createGraph: true });
    expect(slope.toArray()).toEqual([3, 12]);
    // The gradient's own graph leads back to the trunk.
    expect(failure(() => slope.sum().backward())).toBe(
      'backward: "square" [2] belongs to a graph that an earlier backward() consumed. ' +
        "Pass retainGraph: true to the earlier backward(), or cut with detach() what should not be differentiated again.",
    );
  });
});

describe("where to start", () => {
  test("a result that is no scalar needs a gradient of its shape and type", () => {
    const x = leaf([1, 2, 3]);
    x.square().backward(tensor([1, 10, 100]));
    expect(gradOf(x)).toEqual([2, 40, 600]);
    expect(failure(() => x.square().backward())).toBe(
      "backward: only a scalar starts backprop by itself; this tensor has shape [3]. " +
        "Reduce it with sum() or mean(), or pass the gradient to start from.",
    );
    expect(failure(() => x.square().backward(tensor([1, 2])))).toBe("backward: the gradient to start from has shape [2]; expected [3].");
    expect(failure(() => x.square().backward(tensor([1, 2, 3], { dtype: "float64" })))).toBe(
      'backward: the gradient to start from has dtype float64; expected float32. Convert it with cast("float32").',
    );
    expect(failure(() => x.square().backward([1, 2, 3] as unknown as Tensor))).toBe(
      "backward: the gradient to start from is an array of length 3; expected a tensor. Wrap it with tensor(…).",
    );
  });

  test("one element of any shape starts by itself", () => {
    const x = leaf([[3]]);
    x.square().backward();
    expect(gradOf(x)).toEqual([[6]]);
  });

  test("a leaf is its own graph", () => {
    const [x, p] = [leaf(3), new Parameter(tensor([1, 2]))];
    x.backward();
    backward(p, tensor([5, 6]));
    expect([x.grad?.item(), gradOf(p)]).toEqual([1, [5, 6]]);
  });

  test("what needs no gradient cannot start", () => {
    const text =
      "backward: this tensor [] needs no gradient: it was made without requiresGrad, computed from such tensors or under noGrad, " +
      "or detached. Use Parameters, or tensor(values, { requiresGrad: true }).";
    const x = leaf(3);
    expect(failure(() => tensor(3).square().backward())).toBe(text);
    expect(failure(() => noGrad(() => x.square()).backward())).toBe(text);
    expect(failure(() => x.square().detach().backward())).toBe(text);
  });

  test("the seed is not changed", () => {
    const [x, seed] = [leaf([1, 2]), tensor([1, 1])];
    x.add(x).add(x).backward(seed);
    expect(seed.toArray()).toEqual([1, 1]);
    expect(gradOf(x)).toEqual([3, 3]);
  });
});

describe("who gets gradients", () => {
  test("leaves that want one, and no others", () => {
    const [x, p, frozen, data] = [
      leaf([1, 2]),
      new Parameter(tensor([3, 4])),
      new Parameter(tensor([5, 6]), { requiresGrad: false }),
      tensor([7, 8]),
    ];
    const middle = x.mul(p);
    middle.mul(frozen).add(data).sum().backward();
    expect([gradOf(x), gradOf(p)]).toEqual([
      [15, 24],
      [5, 12],
    ]);
    expect([frozen.grad, data.grad, middle.grad]).toEqual([null, null, null]);
    expect([x, p, frozen, data, middle].map(({ isLeaf }) => isLeaf)).toEqual([true, true, true, true, false]);
  });

  test("retainGrad keeps that of an intermediate result, also recorded", () => {
    const x = leaf([1, 2]);
    const middle = x.mul(3).retainGrad();
    middle.square().sum().backward(null, { retainGraph: true });
    expect(gradOf(middle)).toEqual([6, 12]);
    const other = x.mul(3).retainGrad();
    other.square().sum().backward(null, { createGraph: true });
    const slope = other.grad as Tensor;
    expect(slope.toArray()).toEqual([6, 12]);
    x.grad = null;
    slope.sum().backward();
    expect(gradOf(x)).toEqual([6, 6]);
    expect(() => tensor(1).retainGrad()).toThrow(GraphError);
  });

  test("detach cuts", () => {
    const x = leaf([1, 2]);
    x.mul(x.detach()).sum().backward();
    expect(gradOf(x)).toEqual([1, 2]);
  });

  test("a parameter used directly and through a reshaped alias", () => {
    const p = new Parameter(tensor([1, 2, 3, 4]));
    p.reshape([2, 2])
      .matmul(tensor([[1], [1]]))
      .sum()
      .add(p.mul(10).sum())
      .backward();
    expect(gradOf(p)).toEqual([11, 11, 11, 11]);
  });

  test("the grad field checks what it is given", () => {
    const x = leaf([1, 2]);
    expect(failure(() => (x.grad = tensor([1])))).toBe("grad: a gradient of shape [1] for a tensor of shape [2].");
    expect(failure(() => (x.grad = tensor([1, 2], { dtype: "float64" })))).toBe("grad: a gradient of float64 for a tensor of float32.");
    expect(failure(() => (x.grad = 3 as unknown as Tensor))).toBe("grad: the gradient is 3; expected a tensor or null.");
    expect(() => (x.grad = tensor([1]))).toThrow(ShapeError);
    expect(x.grad).toBe(null);
    x.grad = tensor([100, 200]);
    x.sum().backward();
    expect(gradOf(x)).toEqual([101, 201]);
  });
});

describe("when something fails on the way", () => {
  const failing = (armed: { now: boolean }) =>
    defineOp({
      name: "failing",
      inputs: ["x"],
      shape: ({ x }) => x.shape,
      forward: ({ x, out }) => out.view().set(x.view()),
      grad: {
        x: (g) => {
          if (armed.now) throw new Error("on the way");
          return g.mul(1);
        },
      },
    });

  test("an operation that throws in backward leaves no pending gradients and no blocks", () => {
    const armed = { now: true };
    const op = failing(armed);
    const p = new Parameter(tensor([1, 2, 3]));
    const build = () => {
      const h = p.mul(2);
      const bad = op(h.add(1));
      return bad.mul(h).sum().add(h.square().sum());
    };
    let before: ReturnType<typeof figures> | null = null;
    for (let i = 0; i < 50; i++) {
      const loss = build();
      expect(failure(() => loss.backward())).toBe("on the way");
      before ??= figures();
      expect(figures()).toEqual(before);
      // What arrived before the error has arrived.
      expect(() => loss.backward()).toThrow(/belongs to a graph that an earlier backward\(\) consumed/);
    }
    p.grad = null;
    armed.now = false;
    build().backward();
    expect(gradOf(p)).toEqual([18, 34, 50]);
  });

  test("the same, recorded", () => {
    const armed = { now: true };
    const op = failing(armed);
    const x = leaf([1, 2, 3]);
    const loss = op(x.square()).mul(x).sum();
    for (let i = 0; i < 3; i++) expect(failure(() => grad(loss, x, { createGraph: true }))).toBe("on the way");
    armed.now = false;
    expect(grad(loss, x, { createGraph: true })[0].toArray()).toEqual([3, 12, 27]);
  });

  test("a fused backward that throws before it has written leaves no gradient", () => {
    const op = defineOp({
      name: "fusedFailing",
      inputs: ["x"],
      shape: ({ x }) => x.shape,
      forward: ({ x, out }) => out.view().set(x.view()),
      backward: (pass) => {
        pass.into("x");
        throw new Error("in the kernel");
      },
    });
    const p = new Parameter(tensor([1, 2, 3]));
    expect(failure(() => op(p).sum().backward())).toBe("in the kernel");
    expect(p.grad).toBe(null);
    p.sum().backward();
    expect(gradOf(p)).toEqual([1, 1, 1]);
    expect(failure(() => op(p).sum().backward())).toBe("in the kernel");
    expect(gradOf(p)).toEqual([1, 1, 1]);
  });
});

test("a chain of 20,000 operations: the stack holds", () => {
  const p = new Parameter(tensor([1]));
  let y: Tensor = p;
  for (let i = 0; i < 20_000; i++) y = y.add(0);
  const [dp] = grad(y, p, { retainGraph: true });
  expect(dp.toArray()).toEqual([1]);
  expect(grad(y, tensor([1], { requiresGrad: true }), { retainGraph: true, allowUnused: true })).toEqual([null]);
  y.backward();
  expect(gradOf(p)).toEqual([1]);
  expect(memory().nodes).toBeGreaterThan(19_999);
  p.mul(1).backward();
  expect(memory().nodes).toBeLessThan(1_000);
});

test("a result that was released is a constant, and no gradient is left behind in it", () => {
  const p = new Parameter(tensor([1, 2]));
  let before: ReturnType<typeof figures> | null = null;
  let last = p.sum();
  last.backward();
  for (let i = 0; i < 30; i++) {
    p.grad = null;
    const loss = p.square().sum().add(last.mul(0.5));
    expect(loss.item()).toBeCloseTo(5 + last.item() / 2, 5);
    loss.backward();
    expect(gradOf(p)).toEqual([2, 4]);
    last = loss;
    if (i === 2) before = figures();
  }
  expect(figures()).toEqual(before);
});
