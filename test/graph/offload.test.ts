/** Graphs that nobody gives back. In a job that never yields no finalizer runs, so the results of the oldest move to JS memory. */
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import type { Uses } from "../../src/graph/uses.js";
import { capture, concat, grad, MemoryError, memory, noGrad, Parameter, type Tensor, tensor } from "../../src/index.js";
import { layerNorm } from "../../src/ops/layerNorm.js";
import { failure } from "../support/failure.js";
import { random } from "../support/kernels.js";
import { inShortage } from "../support/shortage.js";

const MIB = 2 ** 20;
const next = random(3);
const draw = (...shape: number[]): Tensor =>
  tensor(
    Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => next() - 0.5),
    { shape },
  );
/** A parameter, and so results, of a number of MiB. */
const large = (mib: number): Parameter => new Parameter(tensor(new Float32Array((mib * MIB) / 4).fill(1)));
const bits = (x: Tensor | null): Uint32Array => new Uint32Array((x as Tensor).data.buffer);
const gradOf = (p: Parameter): Float32Array => (p.grad as Tensor).data as Float32Array;
const moved = ({ storage }: Tensor): boolean => storage.at === 0 && storage.host !== null;

beforeAll(() => void vi.spyOn(console, "warn").mockImplementation(() => undefined));
afterAll(() => void vi.restoreAllMocks());

/** Operations that save operands, results and workspaces. */
function loss(w: Tensor, x: Tensor): { hidden: Tensor; loss: Tensor } {
  const hidden = layerNorm(x.matmul(w), null, null, { axes: 1, epsilon: 1e-5 });
  const joined = concat([hidden.tanh(), hidden.relu().mul(hidden)], 1);
  return { hidden, loss: joined.softmax(1).mul(joined.gt(0).cast("float32")).square().sum() };
}

describe("in a synchronous loop", () => {
  test.each([
    ["detached results", (p: Tensor) => p.mul(2).detach()],
    ["results of which each is the input of the next", (p: Tensor, h: Tensor) => h.add(p).detach()],
  ])("%s: linear memory and JS memory are bounded", (_, forward) => {
    const p = large(4);
    let h: Tensor = tensor(new Float32Array(MIB));
    const { liveBytes } = memory();
    const { arrayBuffers } = process.memoryUsage();
    let [linear, js] = [0, 0];
    for (let i = 0; i < 400; i++) {
      h = forward(p, h);
      linear = Math.max(linear, memory().liveBytes - liveBytes);
      js = Math.max(js, process.memoryUsage().arrayBuffers - arrayBuffers);
    }
    // 1.6 GiB of results were made, with the inputs of the second kind twice as many.
    expect(linear).toBeLessThan(640 * MIB);
    expect(js).toBeLessThan(800 * MIB);
  });

  test("the graphs that are held and the graphs that a leaf refers to do not grow in number", () => {
    const p = new Parameter(draw(4));
    let most = 0;
    for (let i = 0; i < 10_000; i++) {
      p.tanh().sum();
      most = Math.max(most, memory().graphs);
    }
    expect(most).toBeLessThan(1300);
    expect((p.uses as Uses).recent).toHaveLength(5);
  });

  test("a graph that moved comes back bit for bit", () => {
    const [w, x] = [new Parameter(draw(6, 8)), draw(5, 6)];
    const gradient = (crowded: boolean): { bits: Uint32Array; moved: boolean } => {
      const first = loss(w, x);
      if (crowded) for (let i = 0; i < 2000; i++) loss(w, x);
      const was = moved(first.hidden);
      w.grad = null;
      first.loss.backward();
      return { bits: bits(w.grad), moved: was };
    };
    const alone = gradient(false);
    const among = gradient(true);
    expect([alone.moved, among.moved]).toEqual([false, true]);
    expect(among.bits).toEqual(alone.bits);
  });

  test("graphs that moved can be joined, added to, differentiated twice, and are given back when their parameter is used again", () => {
    const p = new Parameter(tensor([1, 2]));
    const losses = Array.from({ length: 2000 }, (_, i) => p.mul(i).sum());
    expect(memory().graphs).toBeLessThan(1300);
    losses.reduce((a, b) => a.add(b)).backward();
    expect(p.grad?.toArray()).toEqual([1_999_000, 1_999_000]);
    p.grad = null;
    const cube = p.mul(p).mul(p);
    const square = p.mul(p);
    for (let i = 0; i < 2000; i++) p.mul(i);
    expect([moved(cube), moved(square)]).toEqual([true, true]);
    const [slope] = grad(cube.sum(), p, { createGraph: true });
    const [curvature] = grad(slope.sum().add(square.sum()), p);
    expect(curvature.toArray()).toEqual([8, 16]);
    p.fill(1);
    p.mul(2).sum().backward();
    p.mul(2);
    expect(memory().nodes).toBeLessThan(100);
  });

  test("the results of a graph that moved stay readable when the graph is released", () => {
    const p = new Parameter(tensor([1, 2]));
    const h = p.mul(3);
    h.sum().backward();
    const q = new Parameter(tensor([1]));
    for (let i = 0; i < 2000; i++) q.mul(2);
    expect(moved(h)).toBe(true);
    p.mul(1);
    expect(h.toArray()).toEqual([3, 6]);
    expect(failure(() => h.sum().backward())).toMatch(/no gradient|requiresGrad|released/);
  });
});

describe("when linear memory runs out", () => {
  test("the oldest graphs make room, and can still be gone through", () => {
    const p = large(8);
    inShortage(64, () => {
      p.grad = null;
      const kept = Array.from({ length: 30 }, (_, i) => p.mul(i));
      expect(kept.map(moved).slice(0, 20)).toEqual(new Array(20).fill(true));
      expect(moved(kept[29])).toBe(false);
      expect(concat([kept[1], kept[2], kept[4]].map((h) => h.mul(2).sum().reshape([1]))).toArray()).toEqual([4, 8, 16].map((n) => n * MIB));
      kept[3].add(kept[5]).sum().backward();
      expect(gradOf(p).every((value) => value === 8)).toBe(true);
      p.grad = null;
      kept[7].sum().backward();
      expect(gradOf(p).every((value) => value === 7)).toBe(true);
    });
  });

  test("operands of a running operation stay where they are, also under noGrad and detached", () => {
    const p = large(8);
    inShortage(64, () => {
      const [a, b] = [p.mul(2), p.mul(3)];
      const cut = b.detach();
      for (let i = 0; i < 20; i++) {
        const read = noGrad(() => a.add(cut).mul(cut).sub(a).data);
        expect(read.every((value) => value === 13)).toBe(true);
        const sum = cut.sub(1).mul(p).add(cut);
        expect(sum.data.every((value) => value === 5)).toBe(true);
      }
      a.add(b).sum().backward();
      expect(gradOf(p).every((value) => value === 5)).toBe(true);
    });
  });

  test("a graph that backward() goes through stays, others make room for its gradients", () => {
    const [p, q] = [large(4), large(4)];
    inShortage(64, () => {
      const others = Array.from({ length: 4 }, (_, i) => q.mul(i));
      const h = p.mul(2).mul(p).mul(p).mul(p);
      h.sum().backward();
      expect(gradOf(p).every((value) => value === 8)).toBe(true);
      expect(others.map((other) => other.data[5])).toEqual([0, 1, 2, 3]);
    });
  });

  test("a step that is being recorded keeps what it made", () => {
    const [p, q] = [large(4), large(4)];
    inShortage(60, () => {
      const step = capture((x: Tensor) => {
        const y = x.mul(p).mul(2).mul(p).sum();
        y.backward();
        return y;
      });
      for (let i = 0; i < 6; i++) {
        q.mul(i);
        p.grad = null;
        expect(step(tensor([i])).item()).toBe(2 * i * MIB);
        expect(gradOf(p)[77]).toBe(4 * i);
      }
      step.dispose();
    });
  });

  test("a request that fits nowhere is an error; afterwards a smaller one works", () => {
    const p = large(8);
    p.sum().backward();
    inShortage(96, () => {
      const forward = (repeats: number): Tensor => {
        const h = p.unsqueeze(0).expand([repeats, p.size]);
        return h.mul(2).tanh().sum();
      };
      for (let i = 0; i < 10; i++) {
        expect(() => forward(5)).toThrow(MemoryError);
        p.grad = null;
        forward(1).backward();
        expect(gradOf(p)[3]).toBeCloseTo(2 * (1 - Math.tanh(2) ** 2), 5);
        expect(noGrad(() => forward(1)).item()).toBeGreaterThan(0);
      }
    });
  });
});
