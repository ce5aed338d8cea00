import { expect, test } from "vitest";
import { Plainly } from "../../src/options/plainly.js";
import { failure } from "../support/errors.js";

class Brush {
  constructor(readonly width: number) {}
  paint(): void {}
}

test("an object is taken as it is; what it is made of only where the class is known", () => {
  const brushes = new Plainly<Brush>("Brush", "paint");
  const brush = new Brush(3);
  expect(brushes.take("draw", "brush", brush)).toBe(brush);
  expect(failure(() => brushes.take("draw", "brush", { width: 3 }))).toBe(
    "ARGUMENT draw: brush is an object. A bundle takes an object: import Brush and write brush: new Brush({ … }).",
  );
  brushes.know(({ width }: { width: number }) => new Brush(width));
  expect(brushes.take("draw", "brush", { width: 5 }).width).toBe(5);
  expect(brushes.take("draw", "brush", brush)).toBe(brush);
});
