import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import {
  crossEntropy,
  MemoryError,
  type MemoryStatistics,
  memory,
  noGrad,
  Parameter,
  ReleasedError,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { failure } from "../support/failure.js";
import { figures, finalizers } from "../support/growth.js";

const parameter = (...values: number[]): Parameter => new Parameter(tensor(values));
const leaf = (...values: number[]): Tensor => tensor(values, { requiresGrad: true });
const gradOf = (x: Tensor) => x.grad?.toArray();
const read = (x: Tensor) => x.toArray();

describe("the life of results", () => {
  test("they read until the next graph on the same parameters opens, also after the step", () => {
    const p = parameter(1, 2, 3);
    const logits = p.mul(2);
    const doubled = logits.add(logits);
    const loss = logits.square().sum();
    loss.backward();
    p.addScaled(p.grad as Tensor, -0.125);
    expect([read(logits), loss.item()]).toEqual([[2, 4, 6], 56]);
    const kept = doubled.detach();
    p.tanh();
    expect(failure(() => read(logits))).toBe(
      'mul: this result [3] was released: backward() consumed its graph, and "tanh" has used the parameter [3] again since. ' +
        "Call retain() on it before, return it from noGrad, or copy it with toArray() while it is live.",
    );
    for (const fail of [
      () => logits.data,
      () => logits.view(),
      () => logits.add(1),
      () => logits.detach(),
      () => logits.retain(),
      () => logits.toJSON(),
    ]) {
      expect(fail).toThrow(ReleasedError);
    }
    expect(() => tensor([1, 2, 3], { requiresGrad: true }).mul(logits)).toThrow(ReleasedError);
    expect(logits.shape).toEqual([3]);
    expect(String(logits)).toMatch(/released/);
    // Scalars stay as numbers, and what was detached moved to JS memory.
    expect([loss.item(), read(kept)]).toEqual([56, [4, 8, 12]]);
  });

  test("retain keeps a result, and one that needs no gradient is kept anyway", () => {
    const p = parameter(1, 2, 3);
    const [kept, lost] = [p.mul(2).retain(), p.mul(3)];
    const mask = lost.gt(4);
    kept.add(lost).sum().backward();
    p.sum();
    expect([read(kept), read(mask)]).toEqual([
      [2, 4, 6],
      [0, 1, 1],
    ]);
    expect(() => read(lost)).toThrow(ReleasedError);
  });

  test("a detached tensor shares its storage and lives in the graph that it feeds", () => {
    const [p, q] = [parameter(1, 2, 3), parameter(4, 5, 6)];
    const h = p.mul(2);
    const cut = h.detach();
    expect(cut.storage).toBe(h.storage);
    h.sum().backward();
    const onward = cut.mul(q);
    const address = cut.storage.at;
    expect(address).toBeGreaterThan(0);
    p.sum().backward();
    // Its first graph is gone; the second holds the same block.
    expect(cut.storage.at).toBe(address);
    onward.sum().backward();
    expect([read(cut), gradOf(q), gradOf(p)]).toEqual([
      [2, 4, 6],
      [2, 4, 6],
      [3, 3, 3],
    ]);
    q.sum();
    expect([cut.storage.at, read(cut)]).toEqual([0, [2, 4, 6]]);
  });

  test("a recurrence through detach copies nothing", () => {
    const w = parameter(0.5, 0.5);
    let h = tensor([1, 1]);
    h = h.mul(w).detach();
    for (let i = 0; i < 3; i++) {
      const next = h.mul(w);
      expect(h.storage.host).toBe(null);
      next.sum().backward();
      h = next.detach();
    }
    expect(read(h)).toEqual([0.0625, 0.0625]);
  });

  test("what does not depend on the reused parameters stays", () => {
    const [g, d] = [parameter(1, 2), parameter(3, 4)];
    const images = g.mul(2);
    const verdict = images.mul(d);
    verdict.sum().backward();
    const real = d.mul(5);
    expect(() => read(verdict)).toThrow(ReleasedError);
    expect(read(images)).toEqual([2, 4]);
    real.sum().add(images.sub(0).detach().mul(d).sum()).backward();
    g.mul(1);
    expect(() => read(images)).toThrow(/"mul" has used the parameter \[2] again/);
  });

  test("a released scalar as factor does not tie results to other parameters", () => {
    const [g, d] = [parameter(1, 2), parameter(3, 4)];
    const scale = d.sum();
    scale.backward();
    d.mul(1).sum().backward();
    // `scale` is a number by now.
    const images = g.mul(scale);
    images.mul(d).sum().backward();
    d.sum();
    expect(read(images)).toEqual([7, 14]);
  });

  test("a running total does not keep what it was made of", async () => {
    const p = parameter(1, 2);
    let total = tensor(0);
    const first: WeakRef<Tensor>[] = [];
    const step = (): void => {
      const h = p.mul(2);
      if (first.length === 0) first.push(new WeakRef(h));
      const loss = h.sum();
      total = total.add(loss);
      loss.backward();
      p.grad = null;
    };
    for (let i = 0; i < 5; i++) step();
    await finalizers();
    expect(first[0].deref()).toBe(undefined);
    expect(total.item()).toBe(30);
  });

  test("unconsumed graphs on one leaf stay, and can be joined", () => {
    const p = parameter(1, 2);
    const losses = Array.from({ length: 20 }, (_, i) => p.mul(i).sum());
    losses[3].backward();
    p.grad = null;
    expect(losses[19].item()).toBe(57);
    const rest = losses.filter((_, i) => i !== 3);
    rest.reduce((a, b) => a.add(b)).backward();
    expect(gradOf(p)).toEqual([187, 187]);
    p.grad = null;
    p.sum().backward();
    expect(p.grad).not.toBe(null);
    expect(memory().nodes).toBeLessThan(100);
  });

  test("graphs that join when one is consumed: the rest can still be gone through", () => {
    const p = parameter(1, 2);
    const [a, b] = [p.mul(2).sum(), p.mul(3).sum()];
    a.backward();
    p.grad = null;
    const report = a.detach().add(b);
    expect(report.item()).toBe(15);
    const joined = p.mul(4).gt(5).cast("float32").mul(b.add(0)).sum();
    joined.backward();
    expect(gradOf(p)).toEqual([3, 3]);
  });

  test("new results on top of results without gradient of a consumed graph count as new", () => {
    const p = parameter(1, 2, 3);
    const logits = p.mul(2);
    logits.sum().backward();
    p.grad = null;
    const mask = logits.gt(3).cast("float32");
    const loss = mask.mul(p).sum();
    // Another graph on p must not take the loss away.
    const other = p.mul(10).sum();
    loss.add(other).backward();
    expect(gradOf(p)).toEqual([10, 11, 11]);
  });

  test("consumed graphs without parameters: the last eight stay readable", () => {
    const results = Array.from({ length: 12 }, () => {
      const y = leaf(1, 2, 3).mul(2);
      y.sum().backward();
      return y;
    });
    const readable = results.map((y) => y.storage.at !== 0);
    expect(readable).toEqual([false, false, false, false, true, true, true, true, true, true, true, true]);
    expect(failure(() => read(results[0]))).toBe(
      "mul: this result [3] was released: backward() consumed its graph, which has no parameters, and that of 8 more such graphs since. " +
        "Call retain() on it before, return it from noGrad, or copy it with toArray() while it is live.",
    );
  });

  test("a graph that was never consumed goes when what it saved is changed; its results move to JS memory", () => {
    const p = parameter(1, 2);
    p.sum().backward();
    const logits = p.mul(3).tanh();
    const loss = logits.sum();
    const values = logits.toArray();
    const { nodes } = memory();
    p.fill(0.5);
    const next = p.mul(2);
    expect(memory().nodes).toBeLessThan(nodes);
    expect([read(logits), next.toArray()]).toEqual([values, [1, 1]]);
    expect(failure(() => loss.backward())).toBe(
      'backward: the graph of this "sum" result [] was released: "fill" changed in place what its graph had saved, and "mul" has used the parameter [2] again since. ' +
        "Call backward() before the next forward, or compute the loss again.",
    );
  });

  test("but not when nothing saved it", () => {
    const p = parameter(1, 2);
    const loss = p.add(3).sum();
    p.fill(0);
    p.mul(2);
    p.grad = null;
    loss.backward();
    expect(p.grad).not.toBe(null);
  });
});

describe("what garbage collection finds", () => {
  test("a graph that nobody can reach any more", async () => {
    await finalizers();
    const before = figures();
    const p = parameter(1, 2, 3);
    const forward = (): number => p.mul(2).tanh().sum().item();
    for (let request = 0; request < 50; request++) forward();
    expect(memory().unconsumedGraphs).toBe(before.unconsumedGraphs + 50);
    await finalizers();
    p.sum().backward();
    // The last few are kept alive by the parameter.
    expect(memory().unconsumedGraphs - before.unconsumedGraphs).toBeLessThan(8);
    expect(memory().liveBlocks - before.liveBlocks).toBeLessThan(40);
  });

  test("a model that was trained, with its last graph", async () => {
    await finalizers();
    const before = memory();
    (() => {
      for (let model = 0; model < 20; model++) {
        const p = parameter(1, 2, 3);
        for (let i = 0; i < 3; i++) p.mul(2).tanh().sum().backward();
      }
    })();
    expect(memory().parameterBytes).toBe(before.parameterBytes + 20 * 64);
    await finalizers();
    const after = memory();
    const counts = ({ parameterBytes, graphs, nodes, liveBlocks, liveBytes, unconsumedGraphs }: MemoryStatistics) => {
      return { parameterBytes, graphs, nodes, liveBlocks, liveBytes, unconsumedGraphs };
    };
    expect(counts(after)).toEqual(counts(before));
  });

  test("not a graph of which a result is still held", async () => {
    const p = parameter(1, 2, 3);
    const early = p.mul(2).tanh();
    for (let i = 0; i < 20; i++) p.mul(3).tanh();
    await finalizers();
    early.sum().backward();
    expect(p.grad).not.toBe(null);
    expect(early.toArray()).toHaveLength(3);
  });

  test("not what was detached from it", async () => {
    const p = parameter(1, 2, 3);
    const detached = (() => p.mul(2).detach())();
    for (let i = 0; i < 20; i++) p.mul(3);
    await finalizers();
    expect([read(detached), detached.storage.at]).toEqual([[2, 4, 6], 0]);
  });

  test("a pinned tensor that was forgotten", async () => {
    await finalizers();
    const before = figures();
    (() => {
      for (let i = 0; i < 10; i++) tensor([1, 2, 3]).pin();
    })();
    expect(memory().liveBlocks).toBe(before.liveBlocks + 10);
    await finalizers();
    expect(figures()).toEqual(before);
  });
});

describe("the warning", () => {
  const warnings: string[] = [];
  beforeEach(() => {
    vi.spyOn(console, "warn").mockImplementation((text: string) => warnings.push(text));
  });
  afterEach(() => {
    vi.restoreAllMocks();
  });

  test("a hundred graphs that are not consumed: once, with the place", () => {
    const p = parameter(1, 2);
    for (let i = 0; i < 300; i++) p.mul(2);
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(
      /^simdgrad: 100 graphs were built and not consumed; they hold memory until garbage is collected\. Wrap inference in noGrad\(\(\) => …\), or call backward\(\) on each\. The last was opened at .*graph\.test\.ts:\d+:\d+/,
    );
    p.fill(1);
    p.mul(2).sum().backward();
    expect(memory().nodes).toBeLessThan(100);
  });
});

describe("errors in a forward", () => {
  test("leave no graph, no block, and the graph usable", () => {
    const p = parameter(1, 2, 3);
    const h = p.mul(2);
    const before = figures();
    for (let i = 0; i < 20; i++) {
      expect(() => crossEntropy(p.reshape([1, 3]), tensor([5], { dtype: "int32" }))).toThrow(/label 5/);
      expect(() => h.add(tensor([1, 2]))).toThrow(/add: shapes/);
      expect(() => crossEntropy(h.reshape([1, 3]), tensor([5], { dtype: "int32" }))).toThrow(/label 5/);
      expect(() => p.indexSelect(0, tensor([7], { dtype: "int32" }))).toThrow();
    }
    const { liveBlocks, unconsumedGraphs } = figures();
    // The reshapes before the failing operation were recorded; nothing else.
    expect([liveBlocks - before.liveBlocks, unconsumedGraphs - before.unconsumedGraphs]).toEqual([0, 20]);
    h.sum().backward();
    expect(gradOf(p)).toEqual([2, 2, 2]);
  });

  test("running out of memory names the request, and is over with the request", () => {
    const p = parameter(1, 2, 3);
    const h = p.mul(2);
    const before = figures();
    for (let i = 0; i < 5; i++) {
      for (const huge of [() => p.unsqueeze(0).expand([400_000_000, 3]), () => h.unsqueeze(0).expand([400_000_000, 3])]) {
        expect(failure(huge)).toMatch(
          /^memory: 4\.5 GiB do not fit: [\d.]+ [KMG]iB in \d+ blocks are live \(parameters and gradients \d+ bytes, .*\), 4\.0 GiB is the limit; largest: Parameter \[[\d, ]*] .*\. Use a smaller batch, wrap inference in noGrad, or compute parts of the model again with recompute\.$/,
        );
      }
      const data = tensor([1, 2, 3]);
      expect(() => data.expand([400_000_000, 3])).toThrow(MemoryError);
      expect(() => noGrad(() => p.expand([400_000_000, 3]))).toThrow(MemoryError);
    }
    const after = figures();
    expect([after.liveBlocks, after.liveBytes, after.reservedBytes]).toEqual([before.liveBlocks, before.liveBytes, before.reservedBytes]);
    h.square().sum().backward();
    expect(gradOf(p)).toEqual([8, 16, 24]);
  });

  test("an operand that is no tensor", () => {
    const p = parameter(1, 2);
    expect(failure(() => p.reshape([2, 1]).matmul("w" as unknown as Tensor))).toMatch(/^matmul: b is/);
  });
});
