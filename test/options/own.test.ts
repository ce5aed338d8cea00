import { expect, test } from "vitest";
import { options } from "../../src/index.js";
import { failure } from "../support/errors.js";

const { choice, count, declare, flag, number, text } = options;

test("declares as the library does", () => {
  const mine = declare(
    "Mine",
    { momentum: number({ default: 0.9, min: 0 }), kind: choice(["a", "b"], { default: "a" }), name: text({}) },
    { units: count({ required: true }) },
  );
  expect(mine.read([2, { momentum: 0.5 }])).toEqual({ units: 2, momentum: 0.5, kind: "a", name: undefined });
  expect(failure(() => mine.read([2, { momentum: -1 }]))).toBe("ARGUMENT Mine: momentum is -1; expected a number ≥ 0.");
  const f = options.callable<() => number>()("a function", {});
  expect([f.holds(() => 1), f.holds(1)]).toEqual([true, false]);
});

test("a declaration that is none", () => {
  const wrong = (...args: unknown[]): string => failure(() => (declare as (...args: unknown[]) => void)(...args));
  const mend = "Write { momentum: options.number({ default: 0.9 }) }.";
  expect(wrong(3, {})).toBe("ARGUMENT options.declare: the name is 3; expected a string.");
  expect(wrong("Mine", { momentum: 0.9 })).toBe(`ARGUMENT options.declare: the options are an object; expected options by name. ${mend}`);
  expect(wrong("Mine", {}, [])).toBe(
    `ARGUMENT options.declare: the positional arguments are an array of length 0; expected options by name. ${mend}`,
  );
  expect(wrong("Mine", {}, {}, 1)).toBe("ARGUMENT options.declare: 4 arguments were given; it takes at most 3.");
});

test.each([
  [
    "no specification",
    () => (flag as unknown as () => void)(),
    "options.flag: the specification is undefined; expected an object. Write { default: … }.",
  ],
  [
    "a specification of another kind",
    () => count(3 as never),
    "options.count: the specification is 3; expected an object. Write { default: … }.",
  ],
  ["two", () => (text as (...args: unknown[]) => void)({}, {}), "options.text: 2 arguments were given; it takes at most 1."],
  ["a range that is none", () => number({ min: "0" as never }), 'options.number: min is "0"; expected a number or true.'],
  ["a default outside the range", () => number({ default: -1, min: 0 }), "options.number: the default is -1; expected a number ≥ 0."],
  ["no words", () => choice([], {}), "options.choice: the values are an array of length 0; expected an array of words or numbers."],
])("refuses %s", (_, make, text) => expect(failure(make)).toBe(`ARGUMENT ${text}`));

test("refuses what no declaration says", () => {
  expect(failure(() => flag({ defualt: true } as never))).toMatch(
    /^ARGUMENT options\.flag: unknown "defualt"\. Known: default, required, /,
  );
});

test("a function's name in errors, and nothing else", () => {
  expect(failure(() => options.callable<() => number>()(3 as never, {}))).toBe(
    "ARGUMENT options.callable: what an error calls it is 3; expected a string.",
  );
  expect(failure(() => (options.callable as (...args: unknown[]) => void)(1))).toBe(
    "ARGUMENT options.callable: 1 argument was given; it takes none.",
  );
});
