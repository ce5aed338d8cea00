import { expect, test } from "vitest";
import { randn, Transformer } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("encoder, then decoder; a masked source position does not matter", () => {
  const net = new Transformer(8, 2, { numEncoderLayers: 1, numDecoderLayers: 2, feedForward: 16, causal: true }).eval();
  const [source, target] = [randn([1, 4, 8]), randn([1, 3, 8])];
  const padding = randn([1, 4]).mul(0).add(1).cumsum(1).gt(3);
  const options = { sourceKeyPaddingMask: padding, memoryKeyPaddingMask: padding };
  const changed = source.add(padding.unsqueeze(2).mul(5));
  expect(net.forward(changed, target, options).toArray()).toEqual(net.forward(source, target, options).toArray());
  expect(net.forward(changed, target).toArray()).not.toEqual(net.forward(source, target).toArray());
});

test("errors", () => {
  const net = new Transformer(8, 2, { numEncoderLayers: 1, numDecoderLayers: 1 });
  expect(failure(() => net.forward(randn([1, 4, 6]), randn([1, 3, 8])))).toContain("expected [batch, length, 8]");
  expect(failure(() => net.forward(randn([1, 4, 8]), randn([1, 3, 8]), { tgtMask: null } as object))).toContain(
    'Did you mean "targetMask"?',
  );
  expect(failure(() => net.forward(randn([1, 4, 8]), undefined as never))).toContain("Transformer: target is undefined; expected a tensor");
  expect(failure(() => new Transformer({ dModel: 8 } as never, 2))).toContain("Its arguments are dModel, numHeads and options");
});
