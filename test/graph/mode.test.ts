import { describe, expect, test } from "vitest";
import { grad, isGradEnabled, memory, noGrad, Parameter, type Tensor, tensor, zeros } from "../../src/index.js";
import { failure } from "../support/failure.js";
import { figures } from "../support/growth.js";

const p = new Parameter(tensor([1, 2, 3]));
// Constants stay in linear memory once they were used.
for (const factor of [1, 2, 3, 4, 5, 6, 7, 8, 9, 99, 100]) p.mul(factor).sum().backward();
p.sum().backward();

const gradOf = (x: Tensor) => x.grad?.toArray();

describe("noGrad", () => {
  test("records nothing and returns what its function returns", () => {
    const { graphs, nodes } = memory();
    const y = noGrad(() => {
      expect(isGradEnabled()).toBe(false);
      return p.mul(2);
    });
    expect(isGradEnabled()).toBe(true);
    expect([y.requiresGrad, y.toArray()]).toEqual([false, [2, 4, 6]]);
    expect(noGrad(() => p.sum().item())).toBe(6);
    expect(noGrad(() => undefined)).toBe(undefined);
    expect(noGrad(() => null)).toBe(null);
    expect([memory().graphs, memory().nodes]).toEqual([graphs, nodes]);
  });

  test("releases all results but those returned, in arrays, objects, Maps and Sets", () => {
    const before = figures();
    let lost: Tensor | null = null;
    const make = (factor: number): Tensor => p.mul(factor);
    const kept = noGrad(() => {
      lost = make(9);
      const circle: Record<string, unknown> = { inner: make(7) };
      circle.self = circle;
      return {
        plain: make(1),
        list: [make(2), [make(3)]] as const,
        map: new Map([["key", make(4)]]),
        set: new Set([make(5)]),
        bare: Object.assign(Object.create(null), { x: make(6) }) as { x: Tensor },
        circle,
        reshaped: make(8).reshape([3, 1]),
        text: "untouched",
      };
    });
    expect(figures()).toEqual({ ...before, reservedBytes: memory().reservedBytes });
    const [seven] = [kept.circle.inner as Tensor];
    const found = [kept.plain, kept.list[0], kept.list[1][0], kept.map.get("key"), [...kept.set][0], kept.bare.x, seven, kept.reshaped];
    expect(found.map((x) => (x as Tensor).data[2])).toEqual([3, 6, 9, 12, 15, 18, 21, 24]);
    expect(kept.text).toBe("untouched");
    expect(failure(() => (lost as unknown as Tensor).toArray())).toBe(
      "mul: this result [3] was released: noGrad ended. Call retain() on it before, return it from noGrad, or copy it with toArray() while it is live.",
    );
    expect(failure(() => (lost as unknown as Tensor).add(1))).toMatch(/^mul: this result \[3] was released: noGrad ended/);
    expect(String(lost)).toMatch(/released/);
  });

  test("detach and retain keep a result that is not returned; scalars stay as numbers", () => {
    let detached: Tensor | null = null;
    let retained: Tensor | null = null;
    let scalar: Tensor | null = null;
    noGrad(() => {
      detached = p.mul(3).detach();
      retained = p.mul(4).retain();
      scalar = p.sum();
    });
    expect([detached, retained, scalar].map((x) => (x as unknown as Tensor).toArray())).toEqual([[3, 6, 9], [4, 8, 12], 6]);
  });

  test("nests: inner results are released with the inner, outer ones with the outer", () => {
    const before = figures();
    let inner: Tensor | null = null;
    const result = noGrad(() => {
      const outer = p.mul(2);
      const fromInside = noGrad(() => {
        inner = outer.add(100);
        return inner.sub(99);
      });
      expect(isGradEnabled()).toBe(false);
      expect(() => (inner as unknown as Tensor).toArray()).toThrow(/noGrad ended/);
      return outer.add(fromInside);
    });
    expect(result.toArray()).toEqual([5, 9, 13]);
    expect(figures()).toEqual({ ...before, reservedBytes: memory().reservedBytes });
  });

  test("an error leaves recording on and nothing behind", () => {
    const before = figures();
    for (let i = 0; i < 3; i++) {
      expect(
        failure(() =>
          noGrad(() => {
            p.mul(2);
            noGrad(() => {
              p.mul(3);
              throw new Error("inside");
            });
          }),
        ),
      ).toBe("inside");
      expect(failure(() => noGrad(() => p.mul(2).add(zeros([2]))))).toMatch(/^add: shapes/);
    }
    expect(isGradEnabled()).toBe(true);
    expect(figures()).toEqual({ ...before, reservedBytes: memory().reservedBytes });
    expect(p.mul(1).requiresGrad).toBe(true);
  });

  test("rejects an asynchronous function", () => {
    // @ts-expect-error the type says so already
    expect(failure(() => noGrad(async () => 1))).toBe(
      "noGrad: the function returned a Promise. noGrad cannot span an await: wrap each synchronous part on its own.",
    );
    expect(isGradEnabled()).toBe(true);
  });

  test("a graph that is open goes on behind it", () => {
    p.grad = null;
    const h = p.square();
    const size = noGrad(() => h.sum().item());
    const masked = h.mul(noGrad(() => h.gt(1).cast("float32")));
    masked.sum().backward();
    expect([size, gradOf(p)]).toEqual([14, [0, 4, 6]]);
  });

  test("backward and grad work inside", () => {
    p.grad = null;
    const [loss, other] = [p.square().sum(), p.square().sum()];
    noGrad(() => {
      loss.backward();
      expect(isGradEnabled()).toBe(false);
      expect(grad(other, p)[0].toArray()).toEqual([2, 4, 6]);
    });
    expect(gradOf(p)).toEqual([2, 4, 6]);
  });

  test("data inside is uploaded once and let go", () => {
    const before = figures();
    const data = tensor([1, 2, 3]);
    noGrad(() => {
      for (let i = 0; i < 10; i++) data.mul(data);
      expect(memory().liveBlocks).toBe(before.liveBlocks + 11);
    });
    expect(figures()).toEqual({ ...before, reservedBytes: memory().reservedBytes });
    expect(data.toArray()).toEqual([1, 2, 3]);
  });

  test("a result that is pinned inside stays in linear memory", () => {
    const before = figures();
    let pinned: Tensor | null = null;
    noGrad(() => {
      pinned = p.mul(2).pin();
    });
    expect(memory().liveBlocks).toBe(before.liveBlocks + 1);
    expect((pinned as unknown as Tensor).toArray()).toEqual([2, 4, 6]);
    (pinned as unknown as Tensor).unpin();
    expect(figures()).toEqual({ ...before, reservedBytes: memory().reservedBytes });
    expect((pinned as unknown as Tensor).toArray()).toEqual([2, 4, 6]);
  });
});
