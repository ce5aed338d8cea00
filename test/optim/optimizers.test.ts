/** What every optimizer must do: the registry is walked, so that none is left out. */
import { describe, expect, it, test } from "vitest";
import { capture, Parameter, type Tensor, tensor } from "../../src/index.js";
import type { OptimizerParameters, OptimizerState } from "../../src/optim/index.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";
import {
  allOptimizers,
  disposedOf,
  elements,
  flagsOf,
  isAccepted,
  type OptimizerClass,
  parameters,
  registry,
  richOptions,
  setGradients,
} from "../support/optimizers.js";
import { follow, optionsOf, trajectories } from "../support/trajectories.js";

/** Values of every kind, of which some are in the range of an option and some are not. */
const VALUES = [-1, 0, 1e-50, 0.25, 1, 2, Infinity, Number.NaN, "1", null, true, false, {}, [0.5]];

/** Options that belong to the groups, with their declarations. */
function optionsToChange(optimizer: OptimizerClass) {
  return Object.entries(optimizer.options.options).filter(([name]) => name !== "learningRate");
}

test("the registry holds classes under their own names", () => {
  expect(registry.length).toBeGreaterThan(3);
  for (const [name, optimizer] of allOptimizers) expect([optimizer.name, optimizer.type]).toEqual([name, name]);
});

describe.each(registry)("%s", (name, optimizer) => {
  it("has a golden trajectory in test/golden/optimizers.json", () => expect(trajectories(name).length).toBeGreaterThan(0));

  describe.each(builds)("%s", (build) => {
    it.each(trajectories(name))("%s follows PyTorch", (_, one) => {
      const options = optionsOf(one, optimizer);
      for (const dtype of ["float32", "float64"] as const) withBuild(build, () => follow(one, dtype, (x) => new optimizer([x], options)));
    });
  });

  it("checks every option", () => {
    for (const [option, { holds, expected }] of Object.entries(optimizer.options.options)) {
      for (const value of VALUES) {
        const make = () => new optimizer({ [option]: value });
        if (!holds(value)) expect(failure(make)).toMatch(new RegExp(`^ARGUMENT ${name}: ${option} is .*; expected ${expected}\\.`));
        else if (value !== true) expect(make).not.toThrow();
      }
    }
    expect(failure(() => new optimizer({ foo: 1 }))).toMatch(
      new RegExp(`^ARGUMENT ${name}: unknown option "foo"\\. Known: learningRate, `),
    );
    expect(failure(() => new optimizer({ lr: 1 }))).toMatch(/Did you mean "learningRate"\?$/);
  });

  it("checks options that are set later, by the words of others too", () => {
    const made = disposedOf(new optimizer(parameters([1])));
    const [{ options }] = made.groups as unknown as { options: Record<string, unknown> }[];
    for (const [option, { holds, aka }] of optionsToChange(optimizer)) {
      for (const value of VALUES.filter((one) => !holds(one))) {
        expect(failure(() => Object.assign(options, { [option]: value }))).toMatch(new RegExp(`^ARGUMENT ${name}: ${option} is `));
      }
      for (const word of aka) {
        expect(failure(() => Object.assign(options, { [word]: 0 }))).toContain(`Did you mean "${option}"?`);
        expect(failure(() => Object.assign(made, { [word]: 0 }))).toContain(`: it has no property "${word}"`);
      }
      expect(failure(() => Object.assign(made, { [option]: 0 }))).toBe(
        `ARGUMENT ${name}: it has no property "${option}". Set it for a group: optimizer.groups[0].options.${option}.`,
      );
    }
    expect(failure(() => Object.assign(made, { lr: 1 }))).toBe(`ARGUMENT ${name}: it has no property "lr". Did you mean "learningRate"?`);
  });

  it.each([{}, { clipValue: 0.5 }, { clipNorm: 0.5 }, { globalClipNorm: 0.5 }, { adaptiveClip: 0.5 }])(
    "captured and eager, %j: the same bits, with every option changed between two replays",
    (clipping) => {
      const run = (captured: boolean): number[][] => {
        const params = parameters([7, 16, 33]);
        const made = disposedOf(new optimizer(params, { ...richOptions(optimizer), ...clipping }));
        const steps = (x: Tensor) => {
          for (const parameter of params) parameter.sub(x).square().sum().backward();
          made.step();
          made.zeroGrad();
        };
        const step = captured ? capture(steps) : steps;
        const [{ options }] = made.groups as unknown as { options: Record<string, unknown> }[];
        const seen: number[][] = [];
        const advance = (n: number) => {
          for (let i = 0; i < n; i++) step(tensor(0.125 * seen.length));
          seen.push(...elements(params));
        };
        advance(6);
        made.learningRate = 0.003;
        advance(2);
        made.learningRate = (t) => 0.01 / (1 + t);
        advance(2);
        for (const [option, { default: standard, holds }] of optionsToChange(optimizer)) {
          const values = [0.0625, 0.5, true, standard].filter(
            (value) => holds(value) && isAccepted(optimizer, { ...options, [option]: value }),
          );
          for (const value of values) {
            options[option] = value;
            advance(3);
          }
        }
        if (captured) expect((step as ReturnType<typeof capture>).status().replays).toBeGreaterThan(0);
        return seen;
      };
      expect(run(true)).toEqual(run(false));
    },
  );

  it("a group's options are those of an optimizer of its own", () => {
    const rich = richOptions(optimizer);
    const [together, apart] = [parameters([5, 6]), parameters([5, 6])];
    const groups = [{ params: together[0], ...rich, learningRate: 0.5 }, { params: [together[1]] }];
    const made = disposedOf(new optimizer(groups as OptimizerParameters<object>));
    const singles = [new optimizer([apart[0]], { ...rich, learningRate: 0.5 }), new optimizer([apart[1]])].map(disposedOf);
    for (let step = 0; step < 4; step++) {
      setGradients(together, step);
      setGradients(apart, step);
      made.step();
      for (const single of singles) single.step();
    }
    expect(elements(together)).toEqual(elements(apart));
  });

  it("takes back what it saved, options and rates too", () => {
    const params = parameters([7, 64]);
    const made = disposedOf(new optimizer(params, { ...richOptions(optimizer), learningRate: 0.125 }));
    const advance = (one: InstanceType<OptimizerClass>, of: Parameter[], from: number) => {
      for (let step = from; step < from + 4; step++) {
        setGradients(of, step);
        one.step();
      }
    };
    advance(made, params, 0);
    const saved: OptimizerState = made.stateDict();
    const copies = params.map((parameter) => new Parameter(tensor(parameter.data)));
    const other = disposedOf(new optimizer(copies));
    other.loadStateDict(saved);
    expect(other.stateDict()).toEqual(saved);
    advance(made, params, 4);
    advance(other, copies, 4);
    expect(elements(copies)).toEqual(elements(params));
  });

  it("the twin in float64 and the kernel in float32 agree", () => {
    const [wide, narrow] = [parameters([7, 33], "float64"), parameters([7, 33])];
    const [one, other] = [wide, narrow].map((params) => disposedOf(new optimizer(params, richOptions(optimizer))));
    for (let step = 0; step < 5; step++) {
      for (const params of [wide, narrow]) setGradients(params, step);
      one.step();
      other.step();
    }
    const exact = elements(wide).flat();
    for (const [i, x] of elements(narrow).flat().entries()) expect(Math.abs(x - exact[i])).toBeLessThan(1e-5 * Math.max(1, Math.abs(x)));
  });

  it.runIf(flagsOf(optimizer).includes("maximize"))("maximize is to descend along the negative gradient", () => {
    const [up, down] = [parameters([7, 64]), parameters([7, 64])];
    const rich = richOptions(optimizer);
    const [one, other] = [new optimizer(up, { ...rich, maximize: true }), new optimizer(down, rich)].map(disposedOf);
    for (let step = 0; step < 4; step++) {
      setGradients(up, step);
      for (const [i, parameter] of down.entries()) parameter.grad = (up[i].grad as Tensor).neg();
      one.step();
      other.step();
    }
    expect(elements(up)).toEqual(elements(down));
  });

  it("leaves alone what is frozen or has no gradient", () => {
    const [trained, bare, frozen] = [...parameters([4, 5]), new Parameter(tensor([1, 2]), { requiresGrad: false })];
    const before = elements([bare, frozen]);
    const made = disposedOf(new optimizer([trained, bare, frozen], richOptions(optimizer)));
    setGradients([trained], 0);
    made.step();
    expect(elements([bare, frozen])).toEqual(before);
    expect(made.stateDict().parameters.map(({ steps }) => steps)).toEqual([1, 0, 0]);
  });
});
