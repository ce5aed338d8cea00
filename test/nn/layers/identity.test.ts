import { expect, test } from "vitest";
import { tensor } from "../../../src/index.js";
import { Identity } from "../../../src/nn/index.js";

test("gives back what it gets, whatever it is", () => {
  const x = tensor([1, 2]);
  expect(new Identity().forward(x)).toBe(x);
  expect(new Identity().forward([x, 3])).toEqual([x, 3]);
  expect(new Identity().describe()).toEqual({ type: "Identity", config: {} });
});

test("takes no argument", () => {
  const Any = Identity as unknown as new (options: object) => Identity;
  expect(() => new Any({ foo: 1 })).toThrow("Identity: 1 argument was given; it takes none.");
});
