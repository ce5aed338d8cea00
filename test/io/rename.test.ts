import { describe, expect, test } from "vitest";
import { type Rename, renameWeights, tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";

const state = (...names: string[]) => Object.fromEntries(names.map((name, i) => [name, tensor([i])]));
/** The number of the tensor by its new name. */
const renamed = (rename: Rename, ...names: string[]) =>
  Object.fromEntries([...renameWeights(state(...names), rename)].map(([name, t]) => [name, t.item()]));
const refused = (rename: unknown, ...names: string[]) => failure(() => renamed(rename as Rename, ...names));

describe("a function", () => {
  test("gives each name", () => {
    expect(renamed((name) => (name === "b" ? null : `net.${name}`), "a", "b", "c")).toEqual({ "net.a": 0, "net.c": 2 });
  });

  test.each<[unknown, string]>([
    [undefined, 'the new name of "a" is undefined; expected a string.'],
    [3, 'the new name of "a" is 3; expected a string.'],
    ["", 'the new name of "a" is empty. null as its new name leaves a tensor out.'],
    ["\ud800", 'the new name of "a" is "\\ud800"; expected a string of whole characters.'],
  ])("that gives %j is refused", (given, text) => {
    expect(refused(() => given, "a")).toBe(`ARGUMENT renameWeights: ${text}`);
  });
});

describe("an object", () => {
  test("has new names, null for what is left out; other names stay", () => {
    expect(renamed({ a: "x", b: null }, "a", "b", "c")).toEqual({ x: 0, c: 2 });
    expect(renamed({ a: "b", b: "a" }, "a", "b")).toEqual({ a: 1, b: 0 });
    expect(renamed({}, "constructor")).toEqual({ constructor: 0 });
  });

  test("with a name that there is not is refused", () => {
    expect(refused({ wieght: "w" }, "weight", "bias")).toBe(
      'ARGUMENT renameWeights: rename has "wieght", which no tensor\'s name fits. Names: "weight", "bias". Did you mean "weight"?',
    );
  });
});

describe("rules", () => {
  test("of strings take whole parts of names, in the first place", () => {
    expect(renamed([["attn", "attention"]], "0.attn.bias", "attn.attn", "0.attns.bias", "xattn")).toEqual({
      "0.attention.bias": 0,
      "attention.attn": 1,
      "0.attns.bias": 2,
      xattn: 3,
    });
    expect(renamed([["module", ""]], "module.fc.weight", "module.bias")).toEqual({ "fc.weight": 0, bias: 1 });
    expect(renamed([["a.b", "c"]], "x.a.b.d", "a.bb", "a.b")).toEqual({ "x.c.d": 0, "a.bb": 1, c: 2 });
    // No part of String.replace's language.
    expect(renamed([["a", "$&"]], "a.b")).toEqual({ "$&.b": 0 });
  });

  test("of regular expressions take what fits", () => {
    expect(renamed([[/^h\.(\d+)\./, "layers.$1."]], "h.0.w", "h.11.w", "x")).toEqual({ "layers.0.w": 0, "layers.11.w": 1, x: 2 });
    expect(renamed([[/_/g, "."]], "a_b_c", "d_e")).toEqual({ "a.b.c": 0, "d.e": 1 });
  });

  test("are applied one after the other; null ends", () => {
    const rules: Rename = [
      ["a", "b"],
      ["b", "c"],
      [/^d/, null],
      [/\.w$/, ".weight"],
    ];
    expect(renamed(rules, "a.w", "d.w")).toEqual({ "c.weight": 0 });
  });

  test("that fit no name are refused", () => {
    expect(
      refused(
        [
          ["x", "y"],
          ["a", "b"],
          [/^q/, null],
        ],
        "a",
        "b.c",
      ),
    ).toMatch(/^ARGUMENT renameWeights: rename has "x", \/\^q\/, which no tensor's name fits\. Names: "a", "b\.c"\./);
    expect(refused([["module.", ""]], "module.a")).toMatch(/Whole parts are written without the points around them\.$/);
    expect(
      refused(
        [
          ["a", null],
          ["b", "c"],
        ],
        "a.b",
      ),
    ).toMatch(/rename has "b", which/);
    const many = Array.from({ length: 7 }, (_, i) => [`r${i}`, "x"]);
    expect(refused(many, "a", "b", "c", "d", "e", "f")).toMatch(
      /rename has "r0", "r1", "r2", "r3", "r4" and 2 more, which .* Names: "a", "b", "c", "d", "e", …\./,
    );
  });
});

test("two tensors of one name are refused", () => {
  expect(refused({ a: "b" }, "a", "b")).toBe(
    'ARGUMENT renameWeights: "a" and "b" would both be called "b". null as its new name leaves a tensor out.',
  );
});

test.each<[unknown, string]>([
  [undefined, "undefined"],
  [null, "null"],
  ["a", '"a"'],
  [[["a"]], "an array of length 1"],
  [[["a", 1]], "an array of length 1"],
  [[[1, "a"]], "an array of length 1"],
  [new Array(1), "an array of length 1"],
  [{ a: 1 }, "an object"],
  [new Map(), "a Map"],
])("%j is no renaming", (rename, text) => {
  expect(refused(rename, "a")).toBe(
    `ARGUMENT renameWeights: rename is ${text}; expected a function of the name, an object of new names by old ones, or an array of [pattern, replacement].`,
  );
});
