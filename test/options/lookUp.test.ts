import { expect, test } from "vitest";
import { lookUp, type Named } from "../../src/options/lookUp.js";
import { failure } from "../support/errors.js";

const silu = Object.assign((x: number) => x, { aka: ["swish"] });
const square = (x: number) => x * x;
const table = { silu, square };
const refused = (spec: unknown) => failure(() => lookUp("Dense", "activation", table, spec as Named));

test("a name, alone or with options", () => {
  expect(lookUp("Dense", "activation", table, "square")).toEqual({ found: square, name: "square", options: {} });
  expect(lookUp("Dense", "activation", table, { name: "silu", beta: 2 })).toEqual({ found: silu, name: "silu", options: { beta: 2 } });
});

test("a wrong name is told the right one: by another library's word, another spelling, or because it is close", () => {
  const known = "Known: silu, square.";
  expect(refused("swish")).toBe(`ARGUMENT Dense: unknown activation "swish". Did you mean "silu"? ${known}`);
  expect(refused("Swish")).toBe(`ARGUMENT Dense: unknown activation "Swish". Did you mean "silu"? ${known}`);
  expect(refused({ name: "SiLU" })).toBe(`ARGUMENT Dense: unknown activation "SiLU". Did you mean "silu"? ${known}`);
  expect(refused("sqare")).toBe(`ARGUMENT Dense: unknown activation "sqare". Did you mean "square"? ${known}`);
  expect(refused("hardSigmoid")).toBe(`ARGUMENT Dense: unknown activation "hardSigmoid". ${known}`);
  expect(refused("toString")).toBe(`ARGUMENT Dense: unknown activation "toString". ${known}`);
});

test.each([
  [3, "3"],
  [null, "null"],
  [undefined, "undefined"],
  [{}, "an object"],
  [["silu"], "an array of length 1"],
  [{ name: 3 }, "an object"],
  [new Map(), "a Map"],
  [square, "a function"],
])(
  "no name: %o",
  (spec, text) => // biome-ignore format: one line
    expect(refused(spec)).toBe(`ARGUMENT Dense: the activation is ${text}; expected a name or { name, … }.`),
);

test("says what else may be given", () => {
  expect(failure(() => lookUp("compile", "optimizer", table, 3 as never, "a name, { name, … } or an optimizer"))).toBe(
    "ARGUMENT compile: the optimizer is 3; expected a name, { name, … } or an optimizer.",
  );
});
