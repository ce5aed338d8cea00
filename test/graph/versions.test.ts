import { describe, expect, test } from "vitest";
import { GraphError, Parameter, ShapeError, type Tensor, tensor } from "../../src/index.js";
import { failure } from "../support/failure.js";

const make = {
  parameter: (...values: number[]): Tensor => new Parameter(tensor(values)),
  leaf: (...values: number[]): Tensor => tensor(values, { requiresGrad: true }),
};
const changes: [string, (x: Tensor) => void][] = [
  ["assign", (x) => x.assign([7, 8])],
  ["fill", (x) => x.fill(7)],
  ["addScaled", (x) => x.addScaled(tensor([1, 1]), 0.5)],
];

describe.each(Object.entries(make))("an in-place change of a %s between forward and backward", (_, leaf) => {
  test.each(changes)("by %s is an error that names both places, if the operation saved it", (name, change) => {
    const [x, w] = [leaf(1, 2), make.parameter(3, 4)];
    const loss = x.mul(w).sum();
    change(x);
    expect(failure(() => loss.backward())).toBe(
      `backward: "mul" saved its operand "a" [2] for the gradient, but "${name}" changed it in place afterwards. ` +
        "Call backward() before the change, or compute the forward again after it.",
    );
    expect([x.grad, w.grad]).toEqual([null, null]);
    x.mul(w).sum().backward();
    expect(w.grad?.toArray()).toEqual(x.toArray());
  });

  test.each(changes)("by %s is legal if the operation did not save it", (_name, change) => {
    const [x, w] = [leaf(1, 2), make.parameter(3, 4)];
    const loss = x.add(w).sub(x.mul(2).detach()).sum();
    change(x);
    loss.backward();
    expect([x.grad?.toArray(), w.grad?.toArray()]).toEqual([
      [1, 1],
      [1, 1],
    ]);
  });

  test("before the forward, and after the backward, is legal", () => {
    const x = leaf(1, 2);
    x.fill(3);
    const loss = x.square().sum();
    loss.backward();
    x.fill(5);
    expect(x.grad?.toArray()).toEqual([6, 6]);
  });
});

test("data, through a pinned copy too", () => {
  for (const data of [tensor([1, 2]), tensor([1, 2]).pin()]) {
    const w = make.parameter(3, 4);
    const loss = w.mul(data).sum();
    data.assign([5, 6]);
    expect(() => loss.backward()).toThrow(GraphError);
    w.mul(data).sum().backward();
    expect(w.grad?.toArray()).toEqual([5, 6]);
    data.unpin();
    expect(data.toArray()).toEqual([5, 6]);
  }
});

test("through an alias: reshaped or detached", () => {
  const p = make.parameter(1, 2, 3, 4);
  const loss = p.reshape([2, 2]).square().sum();
  p.detach().fill(0);
  expect(failure(() => loss.backward())).toBe(
    'backward: "square" saved its operand "x" [2, 2] for the gradient, but "fill" changed it in place afterwards. ' +
      "Call backward() before the change, or compute the forward again after it.",
  );
});

test("a saved result that was changed through detach()", () => {
  const y = make.leaf(1, 2).sigmoid();
  const loss = y.sum();
  y.detach().fill(0);
  expect(failure(() => loss.backward())).toBe(
    'backward: "sigmoid" saved its result [2] for the gradient, but "fill" changed it in place afterwards. ' +
      "Call backward() before the change, or compute the forward again after it.",
  );
});

test("a result of an operation cannot be changed", () => {
  const y = make.leaf(1, 2).mul(2);
  for (const [name, change] of changes) {
    expect(failure(() => change(y))).toBe(
      `${name}: this tensor [2] is the result of an operation; only parameters and data can be changed in place. ` +
        "Change a copy: tensor(x), or use the operation's result.",
    );
  }
});

test("values of another shape or type are errors and change nothing", () => {
  const x = make.parameter(1, 2);
  const loss = x.square().sum();
  expect(() => x.assign([1, 2, 3])).toThrow(ShapeError);
  expect(() => x.addScaled(tensor([1]))).toThrow(ShapeError);
  expect(() => x.addScaled(tensor([1, 2], { dtype: "float64" }))).toThrow(ShapeError);
  loss.backward();
  expect([x.toArray(), x.grad?.toArray()]).toEqual([
    [1, 2],
    [2, 4],
  ]);
});

test("assign keeps all digits of float64", () => {
  const x = tensor([0, 0], { dtype: "float64" });
  expect(x.assign([0.1, 1 / 3]).toArray()).toEqual([0.1, 1 / 3]);
});
