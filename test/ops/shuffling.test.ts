import { describe, expect, test } from "vitest";
import { arange, channelShuffle, input, pixelShuffle, pixelUnshuffle, randn, type Tensor, tensor } from "../../src/index.js";
import { checkOp } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

// biome-ignore-start format: matrices
describe("pixelShuffle, pixelUnshuffle", () => {
  test("PyTorch's order, for any number of axes in front", () => {
    const x = arange(16).reshape([8, 1, 2]);
    const shuffled = [
      [
        [0, 2, 1, 3],
        [4, 6, 5, 7],
      ],
      [
        [8, 10, 9, 11],
        [12, 14, 13, 15],
      ],
    ];
    expect(pixelShuffle(x, 2).toArray()).toEqual(shuffled);
    expect(pixelShuffle(x.reshape([1, 1, 8, 1, 2]), 2).toArray()).toEqual([[shuffled]]);
    expect(pixelUnshuffle(tensor(shuffled), 2).toArray()).toEqual(x.toArray());
  });
  test("each takes the other back", () => {
    const x = randn([2, 18, 3, 4]);
    expect(pixelUnshuffle(pixelShuffle(x, 3), 3).data).toEqual(x.data);
    expect(pixelShuffle(x, 1).data).toEqual(x.data);
  });
  test("gradients of both orders", () => {
    checkOp({ op: (x) => pixelShuffle(x, 2), shapes: [[2, 4, 1, 3]], result: [2, 1, 2, 6] });
    checkOp({ op: (x) => pixelUnshuffle(x, 2), shapes: [[1, 2, 2, 4]], result: [1, 8, 1, 2] });
  });
  test("errors", () => {
    const x = randn([1, 6, 4, 3]);
    expect(failure(() => pixelShuffle(x, 2))).toBe("SHAPE pixelShuffle: x [1, 6, 4, 3] has 6 channels; expected a multiple of 4.");
    expect(failure(() => pixelUnshuffle(x, 2))).toBe("SHAPE pixelUnshuffle: x [1, 6, 4, 3] has 3 columns; expected a multiple of 2.");
    expect(failure(() => pixelUnshuffle(x, 3))).toContain("has 4 rows; expected a multiple of 3.");
    expect(failure(() => pixelShuffle(randn([2, 4]), 2))).toBe("SHAPE pixelShuffle: x has shape [2, 4]; expected [..., channels, h, w].");
    expect(failure(() => pixelShuffle(x, 0))).toBe(
      "ARGUMENT pixelShuffle: factor is 0; expected a whole number ≥ 1. Write a whole number such as 2.",
    );
    expect(failure(() => pixelShuffle(input([4, 2, 2]), 2))).toContain("Use the layer: new PixelShuffle(…).forward(x).");
    expect(failure(() => pixelUnshuffle(input([4, 2, 2]), 2))).toContain("new PixelUnshuffle(…)");
  });
});

describe("channelShuffle", () => {
  test("PyTorch's order", () => {
    expect(channelShuffle(tensor([[1, 2, 3, 4, 5, 6]]), 2).toArray()).toEqual([[1, 4, 2, 5, 3, 6]]);
    expect(channelShuffle(arange(8).reshape([1, 4, 2]), 2).toArray()).toEqual([
      [
        [0, 1],
        [4, 5],
        [2, 3],
        [6, 7],
      ],
    ]);
  });
  test("gradients of both orders", () => {
    checkOp({ op: (x) => channelShuffle(x, 3), shapes: [[2, 6, 2]], result: [2, 6, 2] });
  });
  test("errors", () => {
    expect(failure(() => channelShuffle(randn([1, 6, 2]), 4))).toBe(
      "SHAPE channelShuffle: x [1, 6, 2] has 6 channels; expected a multiple of 4.",
    );
    expect(failure(() => channelShuffle(randn([6]), 2))).toBe("SHAPE channelShuffle: x has shape [6]; expected [n, channels, ...].");
    expect(failure(() => channelShuffle(input([4]), 2))).toContain("new ChannelShuffle(…)");
    expect(failure(() => channelShuffle(3 as never as Tensor, 2))).toContain("x is 3; expected a tensor");
  });
});
// biome-ignore-end format: until here
