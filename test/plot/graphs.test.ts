import { describe, expect, test } from "vitest";
import {
  Add,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  input,
  Linear,
  Model,
  manualSeed,
  ReLU,
  Sequential,
  type Tensor,
  tensor,
} from "../../src/index.js";
import { cifarResNet, lenet5, uNet } from "../../src/models.js";
import { partsOf } from "../../src/plot/architecture/trace.js";
import { architectureDiagram } from "../../src/plot/figures/architecture.js";
import { computationGraph, graphText } from "../../src/plot/figures/computationGraph.js";
import { layers } from "../../src/plot/graph/layout.js";
import { smooth } from "../../src/plot/graph/path.js";
import { textWidth } from "../../src/plot/textWidth.js";
import { bits } from "../support/toy.js";

const leaf = (value: number): Tensor => tensor(value, { requiresGrad: true, dtype: "float64" });

/** The words of a picture, in the order in which they stand. */
const wordsIn = (svg: string): string[] => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);

describe("layers", () => {
  test("edges go one way, boxes do not overlap, and edges end at their boxes", async () => {
    const boxes = Array.from({ length: 6 }, (_, i) => ({ width: 30 + 5 * i, height: 24, round: false }));
    const links = [[0, 1], [0, 2], [1, 3], [2, 3], [3, 4], [0, 4], [4, 5]].map(([from, to]) => ({ from, to, label: { width: 20, height: 10 } })); // biome-ignore format: pairs
    const layout = await layers("test", boxes, links, { direction: "right", beside: 10, between: 10 });
    for (const [i, [x, y]] of layout.places.entries())
      for (const [j, [otherX, otherY]] of layout.places.entries()) {
        const apart = Math.abs(x - otherX) >= (boxes[i].width + boxes[j].width) / 2 || Math.abs(y - otherY) >= 24;
        expect(i === j || apart).toBe(true);
      }
    for (const [i, { points }] of layout.links.entries()) {
      const [from, to] = [links[i].from, links[i].to];
      expect(layout.places[from][0]).toBeLessThan(layout.places[to][0]);
      const end = points[points.length - 1];
      expect(Math.abs(end[0] - layout.places[to][0])).toBeLessThanOrEqual(boxes[to].width / 2 + 0.01);
      expect(Math.abs(end[1] - layout.places[to][1])).toBeLessThanOrEqual(12.01);
    }
    expect(await layers("test", boxes, links, { direction: "right", beside: 10, between: 10 })).toEqual(layout);
  });

  test("an edge ends at the rim of a circle", async () => {
    const circle = { width: 40, height: 40, round: true };
    const { places, links } = await layers("test", [circle, circle, circle], [{ from: 0, to: 2 }, { from: 1, to: 2 }], { direction: "down", beside: 9, between: 30 }); // biome-ignore format: short
    for (const { points } of links) {
      const [x, y] = points[points.length - 1];
      expect(Math.hypot(x - places[2][0], y - places[2][1])).toBeCloseTo(20, 6);
    }
  });

  test("a path goes from its first corner to its last, and is straight between two", () => {
    expect(smooth([[0, 0], [10, 5]])).toBe("M0,0L10,5"); // biome-ignore format: corners
    expect(smooth([[0, 0], [10, 0], [20, 10], [30, 10]])).toBe("M0,0Q10,0 15,5Q20,10 30,10"); // biome-ignore format: corners
  });
});

describe("computationGraph", () => {
  const neuron = () => {
    const [w0, x0, w1, x1, w2] = [2, -1, -3, -2, -3].map(leaf);
    const f = w0.mul(x0).add(w1.mul(x1)).add(w2).neg().exp().add(1).reciprocal();
    return { f, names: { w0, x0, w1, x1, w2, f } };
  };

  test("a neuron has the numbers of the lecture at its edges", async () => {
    const { f, names } = neuron();
    const { svg } = await computationGraph(f, { names });
    const words = wordsIn(svg);
    // Values and gradients of w₀x₀ + w₁x₁ + w₂ in 1 / (1 + e⁻ᵗ), from t = 1: σ(1) = 0.73, σ′(1) = 0.20.
    for (const number of ["0.73", "1.37", "0.37", "−0.53", "−0.20", "0.20", "0.39", "−0.39", "−0.59"]) expect(words).toContain(number);
    expect(words.filter((word) => word === "0.20")).toHaveLength(5);
    for (const sign of ["×", "+", "−x", "exp", "1/x", "w0", "f"]) expect(words).toContain(sign);
    expect((await computationGraph(neuron().f, { names: neuron().names })).svg).not.toContain("NaN");
    f.backward();
    expect(names.w0.grad?.item()).toBeCloseTo(-0.1966, 4);
  });

  test("tensors have shapes at their edges, and changes of form are no nodes", async () => {
    const x = tensor([[1, 2, 3]], { requiresGrad: true });
    const words = wordsIn((await computationGraph(x.reshape([3, 1]).square().sum(), { title: "sum" })).svg);
    expect(words).toContain("[3, 1]");
    expect(words).not.toContain("reshape");
    expect(words.slice(-2)).not.toContain("NaN");
  });

  test("what a reduction is given has the shape that was written, not the view that kernels see", async () => {
    const x = tensor([[1, 2, 3]], { requiresGrad: true });
    const words = wordsIn((await computationGraph(x.square().mean(1).sum())).svg);
    expect(words.filter((word) => word === "[1, 3]")).toHaveLength(4);
    expect(words.filter((word) => /, 1\]/.test(word))).toEqual([]);
  });

  test("a small graph is as wide as its heading", async () => {
    const { svg } = await computationGraph(leaf(2).mul(3), { title: "2x" });
    const [, width] = svg.match(/ width="([\d.]+)"/) ?? [];
    expect(Number(width)).toBeGreaterThan(
      textWidth("above an edge the value that goes forwards, below it the gradient that comes back", 13),
    );
  });

  test("as text: a line for each tensor", () => {
    const [x, y, z] = [-2, 5, -4].map(leaf);
    expect(graphText(x.add(y).mul(z).add(0.5), { names: { x, y, z }, digits: 1 }).split("\n")).toEqual([
      "tensor  is            value  gradient",
      "x       leaf             −2        −4",
      "y       leaf              5        −4",
      "v3      add(x, y)         3        −4",
      "z       leaf             −4         3",
      "v5      mul(v3, z)      −12         1",
      "v7      add(v5, 0.5)  −11.5         1",
    ]);
    expect(graphText(x.mul(2), { gradients: false })).not.toContain("gradient");
  });

  test("wrong calls", async () => {
    await expect(computationGraph(3 as never)).rejects.toThrow("graphOf: the result is 3; expected a tensor");
    await expect(computationGraph(leaf(1), { names: { x: 1 } as never })).rejects.toThrow(
      /names is .*expected an object of tensors by name/,
    );
  });
});

describe("architectureDiagram", () => {
  const inputs = (...shape: number[]) => [{ shape, dtype: "float32" as const }];
  const shown = (parts: ReturnType<typeof partsOf>) => parts.map(({ type, inputs }) => `${type}(${inputs.join()})`);
  const total = (model: Model) => model.parameters().reduce((sum, { size }) => sum + size, 0);

  test("a residual block: both ways, the sum, and relu behind it", () => {
    const model = new Sequential([...cifarResNet(20, { shortcut: "projection" }).layer2.layers].slice(0, 1));
    const parts = partsOf("test", model, inputs(16, 8, 8), 2);
    expect(shown(parts)).toEqual([
      "input()",
      "Conv2d(0)",
      "BatchNorm2d(1)",
      "Conv2d(2)",
      "BatchNorm2d(3)",
      "Sequential(0)",
      "add(4,5)",
      "relu(6)",
    ]);
    expect(parts.map(({ shape }) => shape)).toEqual([[16, 8, 8], ...new Array(7).fill([32, 4, 4])]);
    expect(parts.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(total(model));
  });

  test.each([
    [
      "resnet",
      () => cifarResNet(20),
      1,
      ["input()", "Conv2d(0)", "BatchNorm2d(1)", "Sequential(2)", "Sequential(3)", "Sequential(4)", "GlobalAvgPool2d(5)", "Linear(6)"],
    ],
    [
      "a plain block",
      () => new Sequential([...cifarResNet(20, { skip: false }).layer1.layers].slice(0, 1)),
      2,
      ["input()", "Conv2d(0)", "BatchNorm2d(1)", "Conv2d(2)", "BatchNorm2d(3)", "relu(4)"],
    ],
    [
      "what hands its input on",
      () => new Sequential([new Flatten(), new Dropout(0.5), new Linear(48, 2)]),
      1,
      ["input()", "Flatten(0)", "Dropout(1)", "Linear(2)"],
    ],
  ] as const)("%s", (_, make, depth, expected) => {
    const model = make() as Model;
    const channels = _ === "a plain block" ? 16 : 3;
    const parts = partsOf("test", model, inputs(channels, 4, 4), depth);
    expect(shown(parts)).toEqual(expected);
    expect(parts.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(total(model));
  });

  test("shapes are those that outputShape tells, in a U-Net with its two ways beside each other", () => {
    const model = uNet({ depth: 2, width: 4 });
    const parts = partsOf("test", model, inputs(3, 16, 16), 1);
    const joins = parts.filter(({ type }) => type === "concat");
    expect(joins.map(({ inputs, shape }) => [inputs.length, shape])).toEqual([[2, [16, 8, 8]], [2, [8, 16, 16]]]); // biome-ignore format: pairs
    for (const { module, shape, inputs } of parts)
      if (module !== null) expect(module.outputShape([1, ...parts[inputs[0]].shape]).slice(1)).toEqual(shape);
  });

  test("a described model with branches, in which a shared layer counts its parameters once", () => {
    const x = input([6]);
    const shared = new Dense(6);
    const model = new Model({ inputs: x, outputs: new Add().forward(shared.forward(x), shared.forward(new ReLU().forward(x))) });
    const parts = partsOf("test", model, inputs(6), 1);
    expect(shown(parts)).toEqual(["input()", "Dense(0)", "ReLU(0)", "Dense(2)", "Add(1,3)"]);
    expect(parts.map(({ parameters }) => parameters)).toEqual([0, 42, 0, 0, 0]);
  });

  test("the model stays as it was: statistics, modes, gradients, hooks", async () => {
    manualSeed(1);
    const model = cifarResNet(20, { width: 4 });
    const before = bits(model);
    const { svg } = await architectureDiagram(model);
    expect(bits(model)).toEqual(before);
    expect([...model.namedModules().values()].every(({ training, hooks }) => training && hooks.after.length === 0)).toBe(true);
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
    expect(wordsIn(svg)).toContain("CifarResNet");
    expect((await architectureDiagram(model)).svg).toBe(svg);
  });

  test("words stand on the side from which their edge does not turn away", async () => {
    const model = new Sequential([...cifarResNet(20, { shortcut: "projection" }).layer2.layers].slice(0, 1));
    const { svg } = await architectureDiagram(model, { inputShape: [16, 8, 8], depth: 2 });
    // The way around the convolutions comes to the sum from the left.
    expect(svg.match(/text-anchor="end"[^>]*>32 × 4 × 4</g)).toHaveLength(1);
    expect((await architectureDiagram(lenet5())).svg).not.toContain('text-anchor="end"');
  });

  test("opens what a page holds, and asks for the shape of a sample that it cannot know", async () => {
    expect(wordsIn((await architectureDiagram(lenet5())).svg).filter((word) => /^Conv2d/.test(word))).toHaveLength(2);
    expect(wordsIn((await architectureDiagram(cifarResNet(20, { width: 4 }))).svg).filter((word) => /^BasicBlock/.test(word))).toHaveLength(
      9,
    );
    const model = new Sequential([new Conv2d(3, 4, 3), new ReLU()]);
    await expect(architectureDiagram(model)).rejects.toThrow(/does not tell what it takes.*inputShape: \[3, 32, 32\]/s);
    expect(wordsIn((await architectureDiagram(model, { inputShape: [3, 8, 8] })).svg)).toContain("4 × 6 × 6");
    await expect(architectureDiagram({} as never)).rejects.toThrow("architectureDiagram: the model is an object; expected a Model");
  });
});
