import { describe, expect, test } from "vitest";
import { crossEntropy, graphOf, Linear, noGrad, Parameter, ReLU, randn, Sequential, sigmoid, tensor } from "../../src/index.js";

const leaf = (value: number) => tensor(value, { requiresGrad: true, dtype: "float64" });

describe("graphOf", () => {
  test("(x + y) · z: values, gradients, operands and names", () => {
    const [x, y, z] = [leaf(-2), leaf(5), leaf(-4)];
    const nodes = graphOf(x.add(y).mul(z), { names: { x, y, z } });
    const shown = nodes.map(({ name, operation, value, gradient, inputs }) => [
      name,
      operation,
      value.item(),
      gradient?.item(),
      inputs.map(({ index }) => index),
    ]);
    expect(shown).toEqual([
      ["x", null, -2, -4, []],
      ["y", null, 5, -4, []],
      ["", "add", 3, -4, [0, 1]],
      ["z", null, -4, 3, []],
      ["", "mul", -12, 1, [2, 3]],
    ]);
    expect(nodes[4].operands).toEqual(["a", "b"]);
    expect(nodes.map(({ kind }) => kind)).toEqual(["leaf", "leaf", "result", "leaf", "result"]);
  });

  test("a neuron: gradients are those of central differences", () => {
    const at = [2, -1, -3, -2, -3];
    const neuron = ([w0, x0, w1, x1, w2]: ReturnType<typeof leaf>[]) => sigmoid(w0.mul(x0).add(w1.mul(x1)).add(w2));
    const leaves = at.map(leaf);
    const nodes = graphOf(neuron(leaves));
    const value = (moved: number[]) => neuron(moved.map(leaf)).item();
    const inputs = nodes.filter(({ kind }) => kind === "leaf");
    for (const [i, node] of inputs.entries()) {
      expect(node.value.item()).toBe(at[i]);
      const by = (step: number) => value(at.map((v, j) => (i === j ? v + step : v)));
      expect(node.gradient?.item()).toBeCloseTo((by(1e-5) - by(-1e-5)) / 2e-5, 8);
    }
  });

  test("leaves the graph as it is: backward() follows, with the gradients that it would have had", () => {
    const model = new Sequential([new Linear(3, 4), new ReLU(), new Linear(4, 2)]);
    const [x, y] = [randn([5, 3]), tensor([0, 1, 1, 0, 1], { dtype: "int32" })];
    const loss = crossEntropy(model.forward(x), y);
    const nodes = graphOf(loss);
    const parameters = nodes.filter(({ kind }) => kind === "parameter");
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
    loss.backward();
    expect(parameters.map(({ name }) => name).sort()).toEqual([...model.namedParameters().keys()].sort());
    for (const { name, gradient } of parameters) expect(gradient?.toArray()).toEqual(model.namedParameters().get(name)?.grad?.toArray());
    expect(nodes.filter(({ kind }) => kind === "constant").map(({ shape }) => shape)).toEqual([[5, 3], [5]]); // biome-ignore format: shapes
  });

  test("nothing that is done to what it gives reaches the graph", () => {
    const w = new Parameter(tensor([1, 2]));
    const result = w.mul(3).sum();
    const nodes = graphOf(result);
    nodes[0].value.assign([7, 7]);
    nodes[0].gradient?.assign([9, 9]);
    expect(w.toArray()).toEqual([1, 2]);
    expect(Object.isFrozen(nodes) && nodes.every((node) => Object.isFrozen(node) && Object.isFrozen(node.inputs))).toBe(true);
    result.backward();
    expect(w.grad?.toArray()).toEqual([3, 3]);
  });

  test("a tensor that is used twice is one node, whose gradient is the sum", () => {
    const x = leaf(3);
    const nodes = graphOf(x.mul(x).add(x));
    expect(nodes).toHaveLength(3);
    expect(nodes[0].gradient?.item()).toBe(7);
  });

  test("goes through a graph of 20,000 operations", () => {
    let x = leaf(0);
    for (let i = 0; i < 20_000; i++) x = x.neg();
    expect(graphOf(x, { gradients: false })).toHaveLength(20_001);
  });

  test("without gradients where there are none: of no scalar, of constants, by request", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    for (const nodes of [graphOf(x.mul(2)), graphOf(x.sum(), { gradients: false })])
      expect(nodes.map(({ gradient }) => gradient)).toEqual(nodes.map(() => null));
    expect(graphOf(tensor([1])).map(({ kind }) => kind)).toEqual(["constant"]);
    expect(noGrad(() => graphOf(x.sum()).length)).toBe(1);
  });

  test("a graph that is consumed shows values, and says how gradients are had", () => {
    const x = leaf(2);
    const y = x.mul(x);
    y.backward();
    expect(graphOf(y, { gradients: false })).toHaveLength(2);
    expect(() => graphOf(y)).toThrow(/consumed.*retainGraph: true/s);
    expect(() => graphOf(x.mul(tensor([1, 2])), { gradients: true })).toThrow(/only a scalar starts backprop/);
  });

  test("a graph that was released is an error", () => {
    const w = new Parameter(tensor([1, 2]));
    const first = w.sum();
    first.backward();
    w.mul(2);
    expect(() => graphOf(first)).toThrow(/was released.*Call graphOf before the next forward/);
  });
});
