import { describe, expect, it } from "vitest";
import { Dense, manualSeed, randn, Sequential } from "../../src/index.js";
import {
  geneticSearch,
  gridSearch,
  halvingSearch,
  integer,
  logUniform,
  type Objective,
  randomSearch,
  type SearchResult,
  type Space,
  type Trial,
  uniform,
} from "../../src/search.js";

const space = { x: uniform(-1, 1), y: uniform(-1, 1), z: ["a", "b", "c"] };
const bowl = ({ x, y, z }: { x: number; y: number; z: string }): number => (x - 0.3) ** 2 + (y + 0.5) ** 2 + (z === "b" ? 0 : 0.2);

const configs = ({ trials }: SearchResult): unknown[] => trials.map(({ config }) => config);

describe("every search", () => {
  const searches: Record<string, (objective: Objective, options?: object) => Promise<SearchResult>> = {
    gridSearch: (objective, options) => gridSearch(objective, { x: [0, 1, 2], y: [0, 1] }, { mode: "max", ...options }),
    randomSearch: (objective, options) =>
      randomSearch(objective, { x: [0, 1, 2], y: uniform(0, 1) }, { mode: "max", trials: 6, ...options }),
    halvingSearch: (objective, options) =>
      halvingSearch(objective, { x: [0, 1, 2], y: uniform(0, 1) }, { mode: "max", trials: 6, maxBudget: 3, ...options }),
    geneticSearch: (objective, options) =>
      geneticSearch(objective, { x: [0, 1, 2], y: uniform(0, 1) }, { mode: "max", population: 4, generations: 2, ...options }),
  };

  it.each(Object.keys(searches))("%s is a function of its seed, and leaves the random numbers outside alone", async (name) => {
    const objective = (config: Record<string, unknown>): number => (config.x as number) + randn([1]).item();
    manualSeed(3);
    const expected = [...randn([3]).data];
    manualSeed(3);
    const first = await searches[name](objective, { seed: 7 });
    expect([...randn([3]).data]).toEqual(expected);
    const again = await searches[name](objective, { seed: 7 });
    expect(again.trials.map(({ seconds, ...rest }) => rest)).toEqual(first.trials.map(({ seconds, ...rest }) => rest));
    const other = await searches[name](objective, { seed: 8 });
    expect(other.trials.map(({ value }) => value)).not.toEqual(first.trials.map(({ value }) => value));
  });

  it.each(Object.keys(searches))("%s goes on where a trial fails, and says why if all do", async (name) => {
    let calls = 0;
    const found = await searches[name](({ y }) => {
      if (calls++ === 0) throw new Error("out of luck");
      return calls === 2 ? Number.NaN : (y as number);
    });
    expect(found.trials.slice(0, 2).map(({ status, error, value }) => [status, error, value])).toEqual([
      ["failed", "out of luck", Number.NaN],
      ["failed", "the objective returned NaN", Number.NaN],
    ]);
    expect(found.best.status).toBe("done");
    expect(found.rows()[0].trial).toBe(found.best.number);
    const none = searches[name](() => "good" as never);
    await expect(none).rejects.toThrow(
      new RegExp(`^${name}: none of \\d+ trials ended with a number; the first: the objective returned "good"; expected a number\\.$`),
    );
  });

  it.each(Object.keys(searches))("%s tells each trial, and is aborted by a signal", async (name) => {
    const controller = new AbortController();
    const seen: number[] = [];
    const onTrial = ({ number }: { number: number }): void => {
      seen.push(number);
      if (number === 2) controller.abort(new Error("enough"));
    };
    await expect(searches[name](() => 1, { onTrial, signal: controller.signal })).rejects.toThrow("enough");
    expect(seen).toEqual([0, 1, 2]);
  });

  it.each(Object.keys(searches))("%s refuses what is no objective, no mode, and threads for a function", async (name) => {
    await expect(searches[name](3 as never)).rejects.toThrow(
      `${name}: the objective is 3; expected a function of a configuration, or the URL of a module that exports one.`,
    );
    await expect(searches[name](() => 1, { mode: "best" })).rejects.toThrow(`${name}: mode is "best"; expected "min" or "max".`);
    await expect(searches[name](() => 1, { workers: 2 })).rejects.toThrow(
      `${name}: workers is 2, and the objective is a function, which stays in its thread. Put it into a module of its own`,
    );
  });
});

describe("randomSearch", () => {
  it("goes on with more trials where fewer ended", async () => {
    const [few, many] = await Promise.all([5, 12].map((trials) => randomSearch(bowl, space, { mode: "min", trials, seed: 2 })));
    expect(configs(many).slice(0, 5)).toEqual(configs(few));
    expect(many.best.value).toBe(Math.min(...many.trials.map(({ value }) => value)));
  });
});

describe("halvingSearch", () => {
  it("gives the best third of the configurations three times the budget", async () => {
    const budgets: number[] = [];
    const found = await halvingSearch(
      (config: { x: number; y: number; z: string }, trial: Trial) => {
        budgets.push(trial.budget);
        return bowl(config) + 1 / trial.budget;
      },
      space,
      { mode: "min", trials: 27, maxBudget: 20 },
    );
    expect(budgets).toEqual([...Array(27).fill(1), ...Array(9).fill(3), ...Array(3).fill(9), 20]);
    expect(found.best.budget).toBe(20);
    const first = found.trials
      .slice(0, 27)
      .map(({ value }) => value)
      .sort((a, b) => a - b);
    expect(found.best.value).toBeCloseTo(first[0] - 1 + 1 / 20, 9);
    await expect(halvingSearch(bowl, space, { mode: "min", minBudget: 3, maxBudget: 2 })).rejects.toThrow(
      "halvingSearch: minBudget is 3, maxBudget 2; expected minBudget ≤ maxBudget.",
    );
  });
});

describe("geneticSearch", () => {
  it("finds better ones than a random search with as many trials", async () => {
    let [bred, drawn] = [0, 0];
    for (let seed = 0; seed < 5; seed++) {
      const found = await geneticSearch(bowl, space, { mode: "min", population: 16, generations: 8, elite: 2, seed });
      expect(found.trials.length).toBe(16 + 7 * 14);
      bred += found.best.value;
      drawn += (await randomSearch(bowl, space, { mode: "min", trials: found.trials.length, seed })).best.value;
    }
    expect(bred).toBeLessThan(drawn / 3);
  });

  it("refuses an elite that leaves no room", async () => {
    await expect(geneticSearch(bowl, space, { mode: "min", population: 4, elite: 4 })).rejects.toThrow(
      "geneticSearch: elite is 4, population 4; expected elite < population.",
    );
  });
});

describe("prune", () => {
  const steps = 10;
  const objective = async ({ x }: { x: number }, trial: Trial): Promise<number> => {
    for (let step = 1; step <= steps; step++) if (trial.report(x + 1 / step)) return x + 1 / step;
    return x;
  };

  it("ends trials below the median of earlier rounds, not the best", async () => {
    const options = { mode: "min", trials: 40, seed: 4 } as const;
    const all = await randomSearch(objective, { x: uniform(0, 1) }, options);
    const pruned = await randomSearch(objective, { x: uniform(0, 1) }, { ...options, prune: true });
    expect(all.trials.every(({ status }) => status === "done")).toBe(true);
    expect(pruned.trials.slice(0, 8).every(({ status }) => status === "done")).toBe(true);
    const ended = pruned.trials.filter(({ status }) => status === "pruned");
    expect(ended.length).toBeGreaterThan(8);
    expect(ended.every(({ reports }) => reports.length < steps)).toBe(true);
    expect(pruned.best.config).toEqual(all.best.config);
  });

  it("works through a callback of fit", async () => {
    const x = randn([32, 2]);
    const y = x.sum(1, { keepDims: true });
    const found = await randomSearch(
      async ({ learningRate }: { learningRate: number }, trial: Trial) => {
        const model = new Sequential([new Dense(1)]);
        model.compile({ optimizer: { name: "sgd", learningRate }, loss: "mse" });
        const { history } = await model.fit(
          { x, y },
          { epochs: 8, validationSplit: 0.25, verbose: 0, callbacks: [trial.callback("valLoss")] },
        );
        return history.valLoss.at(-1) as number;
      },
      { learningRate: logUniform(1e-4, 0.5) },
      { mode: "min", trials: 16, prune: true },
    );
    expect(found.trials.some(({ status, reports }) => status === "pruned" && reports.length < 8)).toBe(true);
    expect(found.best.reports.length).toBe(8);
    const unknown = randomSearch(
      async (_: object, trial: Trial) => {
        const model = new Sequential([new Dense(1)]);
        model.compile({ optimizer: "sgd", loss: "mse" });
        await model.fit({ x, y }, { verbose: 0, callbacks: [trial.callback("valLoss")] });
        return 0;
      },
      { units: integer(1, 2) },
      { mode: "min", trials: 1 },
    );
    await expect(unknown).rejects.toThrow(
      'none of 1 trials ended with a number; the first: trial.callback: there is no figure "valLoss"; the training has loss',
    );
  });
});

describe("the table of a result", () => {
  it("has a row for each trial, the best first, and columns of text", async () => {
    const found = await gridSearch(
      ({ rate, act }: { rate: number; act: string }) => (act === "tanh" ? rate : 3),
      { rate: [0.5, 0.123456], act: ["relu", "tanh"] } as Space as { rate: number[]; act: string[] },
      { mode: "min" },
    );
    expect(found.rows().map(({ seconds, ...row }) => row)).toEqual([
      { trial: 3, rate: 0.123456, act: "tanh", value: 0.123456, status: "done", budget: 1 },
      { trial: 1, rate: 0.5, act: "tanh", value: 0.5, status: "done", budget: 1 },
      { trial: 0, rate: 0.5, act: "relu", value: 3, status: "done", budget: 1 },
      { trial: 2, rate: 0.123456, act: "relu", value: 3, status: "done", budget: 1 },
    ]);
    const [head, first] = found.toString().split("\n");
    expect(head).toMatch(/^trial {2}rate {4}act {3}value {3}status {2}budget {2}seconds$/);
    expect(first).toMatch(/^3 {6}0\.1235 {2}tanh {2}0\.1235 {2}done {4}1 {7}0/);
  });
});
