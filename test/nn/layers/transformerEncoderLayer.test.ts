import { expect, test } from "vitest";
import { manualSeed, noGrad, randn, recompute, Sequential, type Tensor, TransformerEncoderLayer } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("a causal one does not look ahead", () => {
  const layer = new TransformerEncoderLayer(8, 2, { feedForward: 16, causal: true }).eval();
  const x = randn([2, 6, 8]);
  const changed = x.add(randn([2, 6, 8]).mul(randn([1, 6, 1]).mul(0).add(1).cumsum(1).gt(3)));
  const [a, b] = [x, changed].map((each) =>
    noGrad(() => layer.forward(each))
      .slice([null, [0, 3]])
      .toArray(),
  );
  expect(a).toEqual(b);
});

test("takes the width of its input, and starts with the seed at its construction", () => {
  const starts = [8, null].map((size) => {
    manualSeed(4);
    const net = new Sequential([new TransformerEncoderLayer(size, 2)]);
    manualSeed(9);
    net.forward(randn([1, 2, 8])).detach();
    return [...net.stateDict()].map(([name, value]) => [name, value.toArray()]);
  });
  expect(starts[0]).toEqual(starts[1]);
});

test("recomputed, its gradients are the same, dropout included", () => {
  const run = (apply: (layer: TransformerEncoderLayer, x: Tensor) => Tensor): unknown => {
    manualSeed(4);
    const net = new Sequential([new TransformerEncoderLayer(8, 2, { feedForward: 16, dropout: 0.3 })]);
    const x = randn([2, 5, 8], { requiresGrad: true });
    apply(net.layers[0] as TransformerEncoderLayer, x)
      .square()
      .sum()
      .backward();
    return [x.grad?.toArray(), net.parameters().map(({ grad }) => grad?.toArray())];
  };
  expect(run((layer, x) => recompute(() => layer.forward(x)))).toEqual(run((layer, x) => layer.forward(x)));
});

test("errors", () => {
  expect(failure(() => new TransformerEncoderLayer(8, 3))).toContain("numHeads is 3, which does not divide embedDim 8");
  expect(failure(() => new TransformerEncoderLayer(8, 2).forward([1] as never))).toContain("x is an array of length 1; expected a tensor");
  expect(failure(() => new TransformerEncoderLayer(8, 2).forward(randn([2, 5, 6])))).toBe(
    "SHAPE TransformerEncoderLayer: x has shape [2, 5, 6]; expected [batch, length, 8], or without batch.",
  );
  expect(failure(() => new TransformerEncoderLayer(8, 2, { dimFeedforward: 3 } as object))).toContain('Did you mean "feedForward"?');
});
