import { expect, test } from "vitest";
import { PositionalEncoding, zeros } from "../../../src/index.js";
import { failure } from "../../support/errors.js";

test("sines and cosines of position · base^(−2i/size), also of an odd size, and behind others", () => {
  for (const size of [4, 5]) {
    const layer = new PositionalEncoding({ base: 100 });
    const found = layer.forward(zeros([2, 3, size]), { start: 2 });
    expect(found.shape).toEqual([2, 3, size]);
    for (let i = 0; i < found.size; i++) {
      const [position, at] = [2 + (Math.floor(i / size) % 3), i % size];
      const angle = position * 100 ** (-(at - (at % 2)) / size);
      expect(found.data[i]).toBeCloseTo(at % 2 === 0 ? Math.sin(angle) : Math.cos(angle), 5);
    }
  }
});

test("errors", () => {
  expect(failure(() => new PositionalEncoding().forward(zeros([3])))).toBe(
    "SHAPE PositionalEncoding: x has shape [3]; expected [..., length, size].",
  );
});
