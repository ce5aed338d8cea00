import { describe, expect, test, vi } from "vitest";
import * as a from "../../src/index.js";
import { failure } from "../support/errors.js";

vi.resetModules();
const b = (await import("../../src/index.js")) as unknown as typeof a;
const HINT = 'of another copy of simdgrad (two are loaded: see "npm ls simdgrad")';

describe("two copies of the library", () => {
  test("are two", () => expect(a.Tensor).not.toBe(b.Tensor));

  test("an operation on tensors of both says so", () => {
    expect(failure(() => a.ones([2]).add(b.ones([2])))).toBe(
      `ARGUMENT add: the operands are a tensor and a tensor ${HINT}; expected tensors or numbers, at least one a tensor.`,
    );
    expect(failure(() => a.ones([2, 2]).matmul(b.ones([2, 2])))).toContain(`b is a tensor ${HINT}`);
    expect(failure(() => a.tensor(b.ones([2])))).toContain(`cannot make a tensor of a tensor ${HINT}`);
    expect(failure(() => a.concat([a.ones([2]), b.ones([2])]))).toContain(HINT);
    expect(failure(() => a.mse(a.ones([2]), b.ones([2])))).toContain(HINT);
    expect(() => b.ones([2]).add(a.ones([2]))).toThrow(HINT);
  });

  test("layers, models, optimizers and parameters too", () => {
    expect(failure(() => new a.Linear(2, 1).forward(b.ones([1, 2])))).toContain(`x is a tensor ${HINT}`);
    expect(failure(() => new a.Sequential([new b.Linear(2, 1)]))).toContain(`a Linear ${HINT}`);
    expect(failure(() => new a.SGD(new b.Linear(2, 1).parameters(), { learningRate: 0.1 }))).toContain(HINT);
    const model = new a.Sequential([new a.Dense(1)]);
    expect(failure(() => model.compile({ optimizer: new b.SGD({ learningRate: 0.1 }), loss: "mse" }))).toContain(`SGD ${HINT}`);
    expect(failure(() => model.loadStateDict(new b.Linear(2, 1).stateDict()))).toContain(HINT);
    expect(failure(() => new a.Dense(1).forward(b.input([2]) as never))).toContain(HINT);
  });

  test("data of the other copy", async () => {
    const model = new a.Sequential([new a.Dense(1)]);
    model.compile({ optimizer: "sgd", loss: "mse" });
    for (const run of [() => model.fit({ x: b.ones([2, 2]), y: b.ones([2, 1]) }, { verbose: 0 }), () => model.predict(b.ones([2, 2]))]) {
      await expect(run()).rejects.toThrow(HINT);
    }
  });

  test("one copy alone says nothing of it", () => {
    expect(failure(() => a.ones([a.ones([1])] as never))).not.toContain("copy");
    expect(failure(() => new a.Sequential([a.ones([1]) as never]))).not.toContain("copy");
  });
});
