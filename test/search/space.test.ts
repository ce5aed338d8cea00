import { describe, expect, it } from "vitest";
import { ArgumentError } from "../../src/index.js";
import { type ConfigOf, choice, gridSearch, integer, logUniform, randomSearch, uniform } from "../../src/search.js";

const zero = (): number => 0;

describe("a space", () => {
  it("gives an objective a value for each name, with its type", async () => {
    const space = {
      rate: logUniform(1e-4, 1e-1),
      units: integer(16, 64, { step: 16 }),
      act: ["relu", "tanh"],
      kind: choice([true, null]),
      epochs: 5,
    };
    const seen: ConfigOf<typeof space>[] = [];
    await randomSearch(
      (config) => {
        seen.push(config);
        return config.units + config.rate + config.act.length;
      },
      space,
      { mode: "min", trials: 64 },
    );
    for (const { rate, units, act, kind, epochs } of seen) {
      expect(rate).toBeGreaterThanOrEqual(1e-4);
      expect(rate).toBeLessThan(1e-1);
      expect([16, 32, 48, 64]).toContain(units);
      expect(["relu", "tanh"]).toContain(act);
      expect([true, null]).toContain(kind);
      expect(epochs).toBe(5);
    }
    expect(new Set(seen.map(({ units }) => units)).size).toBe(4);
    // A logarithm that is uniform: about a third in each decade.
    const decade = seen.filter(({ rate }) => rate < 1e-3).length;
    expect(decade).toBeGreaterThan(10);
    expect(decade).toBeLessThan(35);
  });

  it("has a grid: lists whole, ranges by points with both ends", async () => {
    const values = async (space: Record<string, unknown>): Promise<unknown[]> =>
      (await gridSearch(zero, space, { mode: "min" })).trials.map(({ config }) => Object.values(config)[0]);
    expect(await values({ a: uniform(-1, 1) })).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(await values({ a: uniform(0, 1, { points: 1 }) })).toEqual([0.5]);
    expect(await values({ a: integer(1, 3) })).toEqual([1, 2, 3]);
    expect(await values({ a: integer(0, 100, { points: 3 }) })).toEqual([0, 50, 100]);
    expect(await values({ a: ["x", "y"] })).toEqual(["x", "y"]);
    const logs = (await values({ a: logUniform(0.01, 1, { points: 3 }) })) as number[];
    [0.01, 0.1, 1].forEach((value, i) => {
      expect(logs[i]).toBeCloseTo(value, 12);
    });
    const { trials } = await gridSearch(zero, { a: [1, 2], b: [3, 4] }, { mode: "min" });
    expect(trials.map(({ config }) => config)).toEqual([
      { a: 1, b: 3 },
      { a: 1, b: 4 },
      { a: 2, b: 3 },
      { a: 2, b: 4 },
    ]);
  });

  it.each([
    [() => uniform(1, 1), "uniform: low 1, high 1; expected low < high"],
    [() => logUniform(0, 1), "logUniform: low is 0; expected a number > 0. For a range with 0 take uniform."],
    [() => integer(3, 2), "integer: low 3, high 2; expected low ≤ high"],
    [() => integer(0.5, 2), "integer: low is 0.5; expected a whole number"],
    [() => choice([]), "choice: the values are an array of length 0; expected an array of at least one"],
    [() => uniform(0, 1, { points: 0 }), "uniform: points is 0; expected a whole number ≥ 1"],
  ])("%s is refused", (make, text) => {
    expect(make).toThrow(new ArgumentError(`${text}.`.replace("..", ".")));
  });

  it("that is empty is refused", async () => {
    await expect(randomSearch(zero, {}, { mode: "min" })).rejects.toThrow(
      "randomSearch: the space is empty. Write { learningRate: logUniform(1e-4, 1e-1), … }.",
    );
    await expect(gridSearch(zero, { a: [] }, { mode: "min" })).rejects.toThrow("gridSearch: a has no values; expected at least one.");
    await expect(gridSearch(zero, 3 as never, { mode: "min" })).rejects.toThrow(
      "gridSearch: the space is 3; expected { name: values, … }.",
    );
  });
});
