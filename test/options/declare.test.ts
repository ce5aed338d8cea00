import { runInNewContext } from "node:vm";
import { describe, expect, expectTypeOf, test } from "vitest";
import { declare, type OptionsOf, type SettingsOf } from "../../src/options/declare.js";
import { callable, choice, count, flag, number, text } from "../../src/options/kinds.js";
import { argumentsOf, checkSettings, savedSettings } from "../../src/options/settings.js";
import { failure } from "../support/errors.js";

const LAYER = declare(
  "Layer",
  {
    /** ε. Default 1e-5. */
    epsilon: number({ default: 1e-5, above: 0, aka: ["eps"] }),
    /** Default true. */
    bias: flag({ default: true, formerly: ["useBias"] }),
    /** Default 0.1. */
    momentum: number({ default: 0.1, min: 0, max: 1, nullable: true }),
    /** Default null. */
    activation: choice(["relu", "tanh"], { default: null }),
    /** Default none. */
    name: text({ saved: false }),
    /** Default none. */
    start: callable<(n: number) => number>()("a function of a number", {}),
  },
  { units: count({ required: true, aka: ["outFeatures"] }) },
);

interface LayerOptions extends OptionsOf<typeof LAYER> {}

test("types: what a user gives, and what is read", () => {
  interface Written {
    epsilon?: number;
    bias?: boolean;
    momentum?: number | null;
    activation?: "relu" | "tanh" | null;
    name?: string;
    start?: (n: number) => number;
  }
  expectTypeOf<LayerOptions>().toExtend<Written>();
  expectTypeOf<Required<Written>>().toExtend<Required<LayerOptions>>();
  expectTypeOf<keyof LayerOptions>().toEqualTypeOf<keyof Written>();
  expectTypeOf<SettingsOf<typeof LAYER>["units"]>().toEqualTypeOf<number>();
  expectTypeOf<SettingsOf<typeof LAYER>["name"]>().toEqualTypeOf<string | undefined>();
  const needs = declare("stepDecay", { stepSize: count({ required: true }) });
  expectTypeOf<OptionsOf<typeof needs>>().toExtend<{ stepSize: number }>();
  expect(failure(() => needs.readOptions(undefined))).toBe("ARGUMENT stepDecay: stepSize is undefined; expected a whole number ≥ 1.");
  expect(needs.readOptions({ stepSize: 2 })).toEqual({ stepSize: 2 });
});

describe("read", () => {
  test("fills the defaults in", () => {
    const standard = { epsilon: 1e-5, bias: true, momentum: 0.1, activation: null, name: undefined, start: undefined };
    expect(LAYER.read([3])).toEqual({ units: 3, ...standard });
    expect(LAYER.read([3, undefined])).toEqual({ units: 3, ...standard });
    expect(LAYER.read([3, { momentum: null, bias: false, epsilon: undefined }])).toEqual({
      units: 3,
      ...standard,
      momentum: null,
      bias: false,
    });
  });

  test("takes options of another realm, and without a prototype", () => {
    expect(LAYER.read([3, runInNewContext("({ bias: false })")]).bias).toBe(false);
    expect(LAYER.read([3, Object.assign(Object.create(null), { bias: false })]).bias).toBe(false);
  });

  test.each<[string, unknown[], string]>([
    ["no argument", [], "units is undefined; expected a whole number ≥ 1."],
    ["the options first", [{ units: 3 }], "units is an object; expected a whole number ≥ 1."],
    ["a fraction", [1.5], "units is 1.5; expected a whole number ≥ 1."],
    ["beyond the whole numbers", [2 ** 53], "units is 9007199254740992; expected a whole number ≥ 1."],
    ["one too many", [1, {}, 2], "3 arguments were given; it takes at most 2."],
    ["a number for the options", [1, 2], "the options are 2; expected an object. Write { epsilon: … }."],
    ["a flag for the options", [1, true], "the options are true; expected an object. Write { bias: true }."],
    ["null for the options", [1, null], "the options are null; expected an object. Write { epsilon: … }."],
    ["a Map for the options", [1, new Map()], "the options are a Map; expected an object. Write { epsilon: … }."],
    ["a Date for the options", [1, new Date(0)], "the options are a Date; expected an object. Write { epsilon: … }."],
    ["an unknown name", [1, { foo: 1 }], 'unknown option "foo". Known: epsilon, bias, momentum, activation, name, start.'],
    [
      "another library's word",
      [1, { eps: 1 }],
      'unknown option "eps". Known: epsilon, bias, momentum, activation, name, start. Did you mean "epsilon"?',
    ],
    [
      "another spelling",
      [1, { Epsilon_: 1 }],
      'unknown option "Epsilon_". Known: epsilon, bias, momentum, activation, name, start. Did you mean "epsilon"?',
    ],
    [
      "an argument among the options",
      [1, { units: 2 }],
      'unknown option "units". Known: epsilon, bias, momentum, activation, name, start. Pass units in front of the options.',
    ],
    [
      "a name of yesterday",
      [1, { useBias: true }],
      'unknown option "useBias". Known: epsilon, bias, momentum, activation, name, start. It is called "bias" now.',
    ],
    [
      "a name of yesterday in another spelling",
      [1, { use_bias: true }],
      'unknown option "use_bias". Known: epsilon, bias, momentum, activation, name, start. Did you mean "bias"?',
    ],
    ["0 for a flag", [1, { bias: 0 }], "bias is 0; expected true or false."],
    ["an array for a flag", [1, { bias: [0, 0] }], "bias is an array of length 2; expected true or false."],
    ["NaN", [1, { epsilon: Number.NaN }], "epsilon is NaN; expected a number > 0."],
    ["a limit", [1, { epsilon: 0 }], "epsilon is 0; expected a number > 0."],
    ["Infinity", [1, { epsilon: Infinity }], "epsilon is Infinity; expected a number > 0."],
    ["text for a number", [1, { epsilon: "1" }], 'epsilon is "1"; expected a number > 0.'],
    ["outside", [1, { momentum: 2 }], "momentum is 2; expected a number from 0 to 1, or null."],
    ["another word", [1, { activation: "elu" }], 'activation is "elu"; expected "relu" or "tanh", or null.'],
    ["no text", [1, { name: 3 }], "name is 3; expected a string."],
    ["no function", [1, { start: 3 }], "start is 3; expected a function of a number."],
  ])("%s", (_, args, text) => expect(failure(() => LAYER.read(args))).toBe(`ARGUMENT Layer: ${text}`));

  test("a function without options takes none", () => {
    const none = declare("Flatten", {});
    expect(none.read([])).toEqual({});
    expect(failure(() => none.read([0, 1]))).toBe("ARGUMENT Flatten: 2 arguments were given; it takes none.");
    expect(failure(() => none.read([{}]))).toBe("ARGUMENT Flatten: 1 argument was given; it takes none.");
    expect(failure(() => none.readOptions({ gain: 1 }))).toBe('ARGUMENT Flatten: unknown option "gain". It takes none.');
  });
});

describe("saving", () => {
  test("holds what can be saved, and makes the same again", () => {
    const settings = LAYER.read([3, { bias: false, name: "x", start: (n) => n } satisfies LayerOptions]);
    const config = savedSettings(LAYER, settings);
    expect(config).toEqual({ units: 3, epsilon: 1e-5, bias: false, momentum: 0.1, activation: null });
    expect(LAYER.read(argumentsOf(LAYER, config))).toEqual({ ...settings, name: undefined, start: undefined });
  });

  test("names of earlier versions are read", () => expect(argumentsOf(LAYER, { units: 2, useBias: false })).toEqual([2, { bias: false }]));

  test("a damaged config is refused", () => {
    expect(failure(() => argumentsOf(LAYER, null))).toBe("ARGUMENT Layer: its config is null; expected an object.");
    expect(failure(() => argumentsOf(LAYER, { units: 2, extra: 1 }))).toMatch(/^ARGUMENT Layer: unknown option "extra"/);
    expect(failure(() => LAYER.read(argumentsOf(LAYER, { units: 2, useBias: [0, 0] })))).toBe(
      "ARGUMENT Layer: bias is an array of length 2; expected true or false.",
    );
  });
});

test("check: values that are set later", () => {
  checkSettings(LAYER, { epsilon: 1, units: 2 });
  expect(failure(() => checkSettings(LAYER, { epsilon: 0 }, "loadStateDict"))).toBe(
    "ARGUMENT loadStateDict: epsilon is 0; expected a number > 0.",
  );
  expect(failure(() => checkSettings(LAYER, { eps: 0 }))).toMatch(/Did you mean "epsilon"/);
});
