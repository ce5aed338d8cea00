import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { forgetNotes } from "../../src/errors/note.js";
import { capture, tensor as data, Parameter, type Tensor } from "../../src/index.js";
import { heapStatistics } from "../../src/memory/heap.js";
import { blockView } from "../../src/memory/views.js";
import { Adam, AdamW, clipGradNorm, clipGradValue, Optimizer, SGD, type Update } from "../../src/optim/index.js";
import { failure } from "../support/errors.js";
import { builds, withBuild } from "../support/kernels.js";
import { elements, everyOptimizer, parameters, setGradients } from "../support/optimizers.js";

const SIZES = [7, 64, 1, 33, 16];
const tensor = (...values: number[]): Tensor => data(values);

/** Five steps on all parameters. */
function train(optimizer: Optimizer, params: Parameter[], from = 0, to = 5): void {
  for (let step = from; step < to; step++) {
    setGradients(params, step);
    optimizer.step();
    optimizer.zeroGrad();
  }
}

/** Everything behind the last element of each parameter, its gradient included. */
function padding(params: Parameter[]): number[] {
  return params.flatMap((parameter) =>
    [parameter.slot.at, parameter.gradientStorage().at].flatMap((at) => [
      ...blockView("float32", at + 4 * parameter.size, parameter.slot.bytes / 4 - parameter.size),
    ]),
  );
}

describe.each(everyOptimizer)("%s", (_, make) => {
  it("agrees between the builds", () => {
    const trained = builds.map((build) =>
      withBuild(build, () => {
        const params = parameters(SIZES);
        train(make(params), params);
        return elements(params).flat();
      }),
    );
    for (const other of trained.slice(1)) {
      other.forEach((x, i) => {
        expect(Math.abs(x - trained[0][i])).toBeLessThan(1e-5 * Math.max(1, Math.abs(x)));
      });
    }
  });

  it.each(builds)("one run or many: the same bits, %s", (build) => {
    withBuild(build, () => {
      const together = parameters(SIZES);
      // Each from a set of its own, so that no two are neighbours.
      const apart = SIZES.map((_, i) => parameters(SIZES)[i]);
      train(make(together), together);
      train(make(apart), apart);
      expect(elements(apart)).toEqual(elements(together));
    });
  });

  it("leaves a parameter without a gradient alone, and no trace in the others", () => {
    const params = parameters(SIZES);
    const alone = parameters(SIZES);
    const before = elements(params);
    const [first, , third] = params;
    train(make(params), [first, third]);
    expect(elements(params).filter((_, i) => i !== 0 && i !== 2)).toEqual(before.filter((_, i) => i !== 0 && i !== 2));
    train(make([alone[0], alone[2]]), [alone[0], alone[2]]);
    expect(elements([first, third])).toEqual(elements([alone[0], alone[2]]));
  });

  it("a parameter's first update is a first step whenever it comes", () => {
    const params = parameters([5, 6]);
    const optimizer = make(params);
    train(optimizer, [params[0]]);
    const late = parameters([5, 6])[1];
    const fresh = make([late]);
    for (const [one, mine] of [
      [params[1], optimizer],
      [late, fresh],
    ] as const) {
      for (let step = 0; step < 3; step++) {
        one.grad = data([...one.data].map((x, i) => x + i + step));
        mine.step();
        one.grad = null;
      }
    }
    expect(elements([params[1]])).toEqual(elements([late]));
  });

  it("what stands in the padding between parameters changes nothing: it may become NaN", () => {
    const [clean, spoilt] = [parameters(SIZES), parameters(SIZES)];
    const [optimizer, other] = [make(clean, { globalClipNorm: 1 }), make(spoilt, { globalClipNorm: 1 })];
    train(optimizer, clean);
    train(other, spoilt);
    const state = other.stateDict();
    const after = elements(spoilt);
    // A NaN factor times a gradient of 0.
    setGradients(spoilt, 0);
    spoilt[0].grad = data(new Float32Array(SIZES[0]).fill(Number.NaN));
    other.step();
    // A kernel goes on over the padding; operations of tensors leave it alone.
    expect(padding(spoilt).some(Number.isNaN)).toBe((other.constructor as typeof Optimizer).kernel !== null);
    expect(elements(spoilt).flat().every(Number.isNaN)).toBe(true);
    for (const [i, parameter] of spoilt.entries()) parameter.assign(data(after[i]));
    other.loadStateDict(state);
    train(optimizer, clean, 5, 10);
    train(other, spoilt, 5, 10);
    expect(elements(spoilt)).toEqual(elements(clean));
    for (const one of [optimizer, other]) one.dispose();
  });

  it("clipValue limits what the update reads, not grad", () => {
    const [inside, outside] = [parameters(SIZES), parameters(SIZES)];
    const [optimizer, other] = [make(inside, { clipValue: 0.5 }), make(outside)];
    for (let step = 0; step < 3; step++) {
      setGradients(inside, step);
      setGradients(outside, step);
      const before = inside.map(({ grad }) => [...(grad?.data ?? [])]);
      optimizer.step();
      expect(inside.map(({ grad }) => [...(grad?.data ?? [])])).toEqual(before);
      clipGradValue(outside, 0.5);
      other.step();
    }
    expect(elements(inside)).toEqual(elements(outside));
    for (const one of [optimizer, other]) one.dispose();
  });

  it("trains float64 beside float32", () => {
    const wide = parameters(SIZES, "float64");
    const narrow = parameters(SIZES);
    const mixed = wide.flatMap((parameter, i) => [parameter, narrow[i]]);
    const optimizer = make(mixed);
    const alone = parameters(SIZES, "float64");
    const single = make(alone);
    for (let step = 0; step < 3; step++) {
      setGradients(wide, step);
      setGradients(narrow, step);
      setGradients(alone, step);
      optimizer.step();
      single.step();
    }
    expect(elements(wide)).toEqual(elements(alone));
    elements(narrow).forEach((values, i) => {
      values.forEach((x, j) => {
        expect(Math.abs(x - wide[i].data[j])).toBeLessThan(1e-5);
      });
    });
  });

  it("is bound later as well as at once", () => {
    const [now, later] = [parameters(SIZES), parameters(SIZES)];
    train(make(now), now);
    const optimizer = make();
    expect(optimizer.bound).toBe(false);
    train(optimizer.bind(later), later);
    expect(optimizer.bound).toBe(true);
    expect(elements(later)).toEqual(elements(now));
  });
});

describe("Optimizer", () => {
  it("any sequence of present and absent gradients: each parameter as if it were alone", () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 6 }), (present) => {
        const sizes = [3, 17, 2, 5];
        const together = parameters(sizes);
        const optimizer = new Adam(together, { learningRate: 0.1, weightDecay: 0.1 });
        const alone = parameters(sizes);
        const singles = alone.map((parameter) => new Adam([parameter], { learningRate: 0.1, weightDecay: 0.1 }));
        for (const [step, row] of present.entries()) {
          for (const [i, has] of row.entries()) {
            if (!has) continue;
            setGradients([together[i]], step);
            setGradients([alone[i]], step);
            singles[i].step();
          }
          if (row.some(Boolean)) optimizer.step();
          optimizer.zeroGrad();
          for (const single of singles) single.zeroGrad();
        }
        expect(elements(together)).toEqual(elements(alone));
        for (const one of [optimizer, ...singles]) one.dispose();
      }),
      { numRuns: 50 },
    );
  });

  it("group options override", () => {
    const [a, b, c] = [tensor(1), tensor(1), tensor(1)].map((value) => new Parameter(value));
    const optimizer = new SGD([{ params: [a], learningRate: 0.5 }, { params: b, weightDecay: 0.5 }, { params: new Map([["c", c]]) }], {
      learningRate: 0.25,
    });
    for (const parameter of [a, b, c]) parameter.grad = tensor(1);
    optimizer.step();
    expect([a, b, c].map((parameter) => parameter.item())).toEqual([0.5, 0.625, 0.75]);
    expect(optimizer.groups.map(({ learningRate }) => learningRate)).toEqual([0.5, 0.25, 0.25]);
  });

  it("a rate set later holds for the groups that have none of their own", () => {
    const [a, b] = [new Parameter(tensor(1)), new Parameter(tensor(1))];
    const optimizer = new SGD([{ params: [a], learningRate: 0.5 }, { params: [b] }]);
    optimizer.learningRate = 0.25;
    a.grad = tensor(1);
    b.grad = tensor(1);
    optimizer.step();
    expect([a.item(), b.item()]).toEqual([0.5, 0.75]);
    optimizer.groups[0].learningRate = (step) => step;
    expect(optimizer.currentLearningRate).toBe(1);
    optimizer.step();
    expect([a.item(), b.item()]).toEqual([-0.5, 0.5]);
    expect(() => {
      optimizer.learningRate = -1;
    }).toThrow("learningRate: learningRate is -1; expected a number ≥ 0, or a function of the step.");
  });

  it("asks a schedule for every step, and tells the rate in force", () => {
    const x = new Parameter(tensor(0));
    const optimizer = new SGD([x], { learningRate: (step) => 1 / (1 + step) });
    const seen: number[] = [];
    for (let step = 0; step < 3; step++) {
      seen.push(optimizer.currentLearningRate);
      x.grad = tensor(-6);
      optimizer.step();
    }
    expect(seen).toEqual([1, 1 / 2, 1 / 3]);
    expect(x.item()).toBeCloseTo(11, 5);
    expect(optimizer.stepCount).toBe(3);
    expect(new SGD([x], { decay: 1 }).currentLearningRate).toBe(0.01);
  });

  it("a schedule that gives no number changes nothing", () => {
    const x = new Parameter(tensor(1));
    const optimizer = new SGD([x], { learningRate: () => Number.NaN });
    x.grad = tensor(1);
    expect(() => optimizer.step()).toThrow("step: the learning rate's schedule gave NaN at step 0; expected a number ≥ 0.");
    expect([x.item(), optimizer.stepCount]).toEqual([1, 0]);
  });

  it.each(builds)("globalClipNorm is clipGradNorm before the step, bit for bit, %s", (build) => {
    withBuild(build, () => {
      const [inside, outside] = [parameters(SIZES), parameters(SIZES)];
      const optimizer = new AdamW(inside, { globalClipNorm: 0.5 });
      const other = new AdamW(outside);
      for (let step = 0; step < 5; step++) {
        setGradients(inside, step);
        setGradients(outside, step);
        optimizer.step();
        clipGradNorm(outside, 0.5);
        other.step();
      }
      // The twins round the clipped gradient only where it is stored.
      if (build === "js")
        expect(
          Math.max(
            ...elements(inside)
              .flat()
              .map((x, i) => Math.abs(x - elements(outside).flat()[i])),
          ),
        ).toBeLessThan(1e-6);
      else expect(elements(inside)).toEqual(elements(outside));
    });
  });

  it("clipNorm clips each tensor, clipValue each element", () => {
    for (const option of ["clipNorm", "clipValue"] as const) {
      const [inside, outside] = [parameters(SIZES), parameters(SIZES)];
      const optimizer = new SGD(inside, { [option]: 0.5 });
      const other = new SGD(outside);
      for (let step = 0; step < 3; step++) {
        setGradients(inside, step);
        setGradients(outside, step);
        optimizer.step();
        if (option === "clipValue") clipGradValue(outside, 0.5);
        else for (const parameter of outside) clipGradNorm(parameter, 0.5);
        other.step();
      }
      expect(elements(inside)).toEqual(elements(outside));
    }
  });

  it("globalClipNorm holds over groups", () => {
    const [a, b] = [new Parameter(tensor(0)), new Parameter(tensor(0))];
    const optimizer = new SGD(
      [
        { params: a, learningRate: 1 },
        { params: b, learningRate: 2 },
      ],
      { globalClipNorm: 1 },
    );
    a.grad = tensor(3);
    b.grad = tensor(4);
    optimizer.step();
    expect(a.item()).toBeCloseTo(-0.6, 6);
    expect(b.item()).toBeCloseTo(-1.6, 6);
  });

  it("notes the change of each parameter", () => {
    const [a, b] = [new Parameter(tensor(1)), new Parameter(tensor(2))];
    a.grad = tensor(1);
    new SGD([a, b]).step();
    expect([a.storage.changedBy, b.storage.changedBy]).toEqual(["step", ""]);
  });

  it("draws a parameter's first elements before it updates them", () => {
    const x = Parameter.drawn([2], (array) => array.set([1, 2]));
    x.grad = tensor(1, 1);
    new SGD([x], { learningRate: 0.5 }).step();
    expect([...x.data]).toEqual([0.5, 1.5]);
  });

  it("takes a new group of parameters along", () => {
    const [a, b] = [new Parameter(tensor(1)), new Parameter(tensor(1))];
    const optimizer = new SGD([a], { learningRate: 0.5 });
    a.grad = tensor(1);
    b.grad = tensor(1);
    optimizer.step();
    optimizer.addGroup({ params: [b], learningRate: 0.25 }).step();
    expect([a.item(), b.item()]).toEqual([0, 0.75]);
  });

  it("a user's own optimizer is a first-class citizen", () => {
    class SignSGD extends Optimizer {
      protected override update({ parameter, gradient, learningRate }: Update): void {
        parameter.assign(parameter.sub(gradient.sign().mul(learningRate)));
      }
    }
    const x = new Parameter(tensor(1, 1, 1));
    x.grad = tensor(5, 0, -0.1);
    new SignSGD([x], { learningRate: 0.5 }).step();
    expect([...x.data]).toEqual([0.5, 1, 1.5]);
    // Its update is given the gradient limited to ±2; grad keeps the whole one.
    new SignSGD([x], { clipValue: 2 }).step();
    expect([...(x.grad as Tensor).data]).toEqual([5, 0, Math.fround(-0.1)]);
    expect(() => new SignSGD({ momentum: 1 } as never)).toThrow(
      'SignSGD: unknown option "momentum". Known: learningRate, clipValue, clipNorm, globalClipNorm, adaptiveClip.',
    );
  });

  it("warns once when there is no gradient", () => {
    forgetNotes();
    const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
    const optimizer = new SGD([new Parameter(tensor(1))]);
    optimizer.step();
    optimizer.step();
    expect(warn.mock.calls).toEqual([
      ["simdgrad: step() found no gradient and changed nothing. Call loss.backward() before step(), and zeroGrad() after it."],
    ]);
    expect(optimizer.stepCount).toBe(2);
    warn.mockRestore();
  });

  it("gives its memory back", () => {
    const params = parameters(SIZES);
    setGradients(params, 0);
    const before = heapStatistics().liveBytes;
    for (const options of [{}, { globalClipNorm: 1 }, { clipNorm: 1 }]) {
      const optimizer = new Adam(params, { amsgrad: true, ...options });
      optimizer.step();
      expect(heapStatistics().liveBytes).toBeGreaterThan(before);
      optimizer.dispose();
      optimizer.dispose();
      expect(heapStatistics().liveBytes).toBe(before);
      expect(() => optimizer.step()).toThrow("step: this optimizer was disposed of. Make a new one.");
      expect(() => optimizer.stateDict()).toThrow("stateDict: this optimizer was disposed of. Make a new one.");
    }
  });

  it("gives its memory back when it is garbage", async () => {
    setFlagsFromString("--expose-gc");
    const gc = runInNewContext("gc") as () => void;
    const collect = async () => {
      gc();
      await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const params = parameters(SIZES);
    setGradients(params, 0);
    // So that no parameter of another test is counted.
    for (let i = 0; i < 5; i++) await collect();
    const before = heapStatistics().liveBytes;
    new Adam(params, { globalClipNorm: 1 }).step();
    expect(heapStatistics().liveBytes).toBeGreaterThan(before);
    for (let i = 0; i < 100 && heapStatistics().liveBytes > before; i++) await collect();
    expect(heapStatistics().liveBytes).toBeLessThanOrEqual(before);
  });

  it("does not share its state with another optimizer of the same parameters", () => {
    const [shared, alone] = [parameters([9]), parameters([9])];
    const other = new Adam(shared);
    setGradients(shared, 9);
    const start = elements(shared);
    other.step();
    shared[0].assign(data(start[0]));
    train(new Adam(shared), shared);
    train(new Adam(alone), alone);
    expect(elements(shared)).toEqual(elements(alone));
  });

  it("a group's options read and list as an object does, and refuse what is none of them", () => {
    const [group] = new SGD([new Parameter(tensor(1))], { momentum: 0.5 }).groups;
    const { options } = group;
    expect({ ...options }).toEqual({ momentum: 0.5, dampening: 0, nesterov: false, weightDecay: 0, maximize: false, decay: 0 });
    expect(["momentum" in options, "lr" in options]).toEqual([true, false]);
    options.momentum = 0.25;
    expect(group.options.momentum).toBe(0.25);
    expect(failure(() => Object.assign(options, { momentum: -1 }))).toBe("ARGUMENT SGD: momentum is -1; expected a number ≥ 0.");
    expect(failure(() => Object.assign(options, { weight_decay: 1 }))).toMatch(/Did you mean "weightDecay"\?$/);
    expect(failure(() => Object.assign(options, { learningRate: 1 }))).toBe(
      "ARGUMENT SGD: the learning rate is not among a group's options. Set optimizer.learningRate, or groups[i].learningRate for one group.",
    );
    expect(failure(() => delete (options as { momentum?: number }).momentum)).toBe(
      "ARGUMENT SGD: the option momentum cannot be deleted. Set it to its default.",
    );
    options.nesterov = true;
    expect(failure(() => Object.assign(options, { momentum: 0 }))).toMatch(/^ARGUMENT SGD: nesterov with momentum 0/);
    expect(options).toMatchObject({ momentum: 0.25, nesterov: true });
  });

  it("an option that is set between two replays is read by the next: only another set of states is recorded anew", () => {
    const x = new Parameter(tensor(1, 2));
    const optimizer = new SGD([x], { momentum: 0.5 });
    const step = capture(() => {
      x.square().sum().backward();
      optimizer.step();
      optimizer.zeroGrad();
    });
    const replaysOf = (n: number) => {
      const before = step.status().replays;
      for (let i = 0; i < n; i++) step();
      return step.status().replays - before;
    };
    replaysOf(4);
    for (const change of [{ weightDecay: 0.5 }, { momentum: 0.25 }, { nesterov: true }, { nesterov: false, maximize: true }]) {
      Object.assign(optimizer.groups[0].options, change);
      expect(replaysOf(2)).toBe(2);
    }
    optimizer.groups[0].options.momentum = 0;
    expect(replaysOf(4)).toBeLessThan(4);
    expect(step.status().state).toBe("replaying");
    optimizer.dispose();
  });

  it("momentum that is switched on begins with a velocity of 0", () => {
    const x = new Parameter(data([1], { dtype: "float64" }));
    const optimizer = new SGD([x], { learningRate: 1 });
    const step = () => {
      x.grad = data([1], { dtype: "float64" });
      optimizer.step();
      return x.item();
    };
    expect(step()).toBe(0);
    optimizer.groups[0].options.momentum = 0.5;
    // v = 0.5 · 0 + 1, then 0.5 · 1 + 1
    expect([step(), step()]).toEqual([-1, -2.5]);
  });

  it("says what is wrong with its arguments", () => {
    const x = new Parameter(tensor(1));
    expect(() => new SGD([])).toThrow("SGD: the list of parameters is empty.");
    expect(() => new SGD([tensor(1)] as never)).toThrow(
      "SGD: found a tensor among the parameters. Pass model.parameters(), or wrap a tensor: new Parameter(tensor).",
    );
    expect(() => new SGD({ parameters: () => [x] } as never)).toThrow(
      "SGD: found an object; expected parameters or groups of them. Pass model.parameters().",
    );
    expect(() => new SGD("weights" as never)).toThrow(
      'SGD: found "weights"; expected parameters or groups of them. Pass model.parameters().',
    );
    expect(() => new SGD([{ params: [x] }, { params: x }])).toThrow("SGD: a parameter is in more than one group.");
    expect(() => new SGD([{ params: [x], lr: 1 } as never])).toThrow(/^SGD: unknown option "lr"\. Known: learningRate, momentum, /);
    expect(() => new SGD([{ params: [x], clipNorm: 1 } as never])).toThrow(/^SGD: unknown option "clipNorm"\. Known: /);
    expect(() => new SGD([x], { clipNorm: 1, globalClipNorm: 1 })).toThrow(
      "SGD: clipNorm and globalClipNorm are both set; expected at most one way to clip.",
    );
    expect(() => new SGD({} as never, { momentum: 0.5 })).toThrow(
      "SGD: two arguments were given without parameters. Pass the options alone, or the parameters first.",
    );
    expect(() => new SGD([x]).addGroup([x] as never)).toThrow(
      "SGD: found an array of length 1; expected a group of parameters. Write { params: layer.parameters() }.",
    );
    expect(() => new SGD([x], { clipValue: 0 })).toThrow("SGD: clipValue is 0; expected a number > 0.");
    expect(() => new SGD([x], { maximize: 1 as never })).toThrow("SGD: maximize is 1; expected true or false.");
    expect(() => new SGD([x], { learningRate: "0.1" as never })).toThrow(
      'SGD: learningRate is "0.1"; expected a number ≥ 0, or a function of the step.',
    );
    expect(() => new SGD().step()).toThrow(
      "step: this SGD has no parameters yet. Write new SGD(model.parameters(), …), or bind(model.parameters()). One that was passed to compile is bound when fit begins.",
    );
    const bound = new SGD([x]);
    expect(bound.bind([x])).toBe(bound);
    expect(() => bound.bind([new Parameter(tensor(1))])).toThrow(
      "bind: this SGD is bound to other parameters. Make a new one for each model, or add them with addGroup.",
    );
  });

  it("tells of arguments that nobody reads", () => {
    const x = new Parameter(tensor(1));
    x.grad = tensor(1);
    const optimizer = new SGD([x]);
    const call = (name: string, ...args: unknown[]) =>
      (optimizer as unknown as Record<string, (...args: unknown[]) => unknown>)[name](...args);
    expect(() => call("step", () => 1)).toThrow("step: 1 argument was given; it takes none.");
    expect(() => call("zeroGrad", true)).toThrow("zeroGrad: 1 argument was given; it takes none.");
    expect(() => call("addGroup", { params: new Parameter(tensor(2)) }, { learningRate: 1 })).toThrow(
      "addGroup: 2 arguments were given; it takes at most 1.",
    );
    expect(() => call("dispose", true)).toThrow("dispose: 1 argument was given; it takes none.");
    expect([optimizer.stepCount, optimizer.groups.length, x.item(), x.grad?.item()]).toEqual([0, 1, 1, 1]);
    expect(() => Reflect.construct(SGD, [[x], {}, { momentum: 1 }])).toThrow("SGD: 3 arguments were given; it takes at most 2.");
  });
});
