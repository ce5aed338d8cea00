import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { CELL } from "../../src/kernels/generated/constants.js";
import * as kernels from "../../src/kernels/generated.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, normals, withBuild } from "../support/kernels.js";

interface Golden {
  name: string;
  optimizer: string;
  problem: string;
  x0: number[];
  config: {
    lr: number;
    momentum?: number;
    nesterov?: boolean;
    maximize?: boolean;
    betas?: [number, number];
    eps?: number;
    weight_decay?: number;
    amsgrad?: boolean;
    alpha?: number;
    centered?: boolean;
  };
  grads: { shape: number[]; data: number[] };
  params: { shape: number[]; data: number[] };
  err: { params: number };
}

const golden = JSON.parse(readFileSync(new URL("../golden/optimizers.json", import.meta.url), "utf8")) as { cases: Golden[] };
const cases = golden.cases.filter(({ optimizer }) => ["SGD", "Adam", "AdamW", "RMSprop"].includes(optimizer));

/** Parameters, gradients, two moments, the greatest second moment and a cell for n elements. */
class Bench {
  readonly p: Block;
  readonly g: Block;
  readonly m: Block;
  readonly v: Block;
  readonly vMax: Block;
  readonly cell = Block.of([0.1, 1, 1, 1, 0, Infinity], "float64");

  constructor(
    readonly n: number,
    readonly dtype: DType = "float32",
  ) {
    [this.p, this.g, this.m, this.v, this.vMax] = Array.from({ length: 5 }, () => Block.of(new Float32Array(n), dtype));
  }

  /** The cell before step t = 1, 2, … of Adam. */
  step(t: number, learningRate: number, beta1: number, beta2: number): void {
    const cell = this.cell.view();
    cell[CELL.learningRate] = learningRate;
    cell[CELL.biasCorrection1] = 1 - beta1 ** t;
    cell[CELL.biasCorrection2] = 1 - beta2 ** t;
    cell[CELL.first] = t === 1 ? 1 : 0;
  }

  sgd(options: Partial<kernels.SgdArgs> = {}, from = 0, to = this.n): void {
    const args = { momentum: 0.9, dampening: 0, weightDecay: 0, nesterov: 0, maximize: 0, ...options };
    kernels.sgd({ p: this.p.at, g: this.g.at, v: this.m.at, cell: this.cell.at, ...args }, from, to, this.dtype);
  }

  adam(options: Partial<kernels.AdamArgs> = {}, from = 0, to = this.n): void {
    const args = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, coupledDecay: 0, decoupledDecay: 0, maximize: 0, vMax: 0, ...options };
    kernels.adam({ p: this.p.at, g: this.g.at, m: this.m.at, v: this.v.at, cell: this.cell.at, ...args }, from, to, this.dtype);
  }

  rmsprop(options: Partial<kernels.RmspropArgs> = {}, from = 0, to = this.n): void {
    const args = { rho: 0.9, epsilon: 1e-8, momentum: 0, weightDecay: 0, maximize: 0, mean: 0, velocity: this.m.at, ...options };
    kernels.rmsprop({ p: this.p.at, g: this.g.at, v: this.v.at, cell: this.cell.at, ...args }, from, to, this.dtype);
  }

  free(): void {
    for (const block of [this.p, this.g, this.m, this.v, this.vMax, this.cell]) block.free();
  }
}

/** Follows a trajectory on the gradients that PyTorch saw; returns the parameters after each step. */
function follow({ optimizer, config, grads, x0 }: Golden, dtype: DType): number[] {
  const [steps, n] = grads.shape;
  const bench = new Bench(n, dtype);
  const [beta1, beta2] = config.betas ?? [0.9, 0.999];
  const decay = config.weight_decay ?? (optimizer === "AdamW" ? 0.01 : 0);
  const maximize = Number(config.maximize ?? false);
  const seen: number[] = [];
  bench.p.view().set(x0);
  for (let t = 1; t <= steps; t++) {
    bench.g.view().set(grads.data.slice((t - 1) * n, t * n));
    bench.step(t, config.lr, beta1, beta2);
    if (optimizer === "SGD") {
      bench.sgd({ momentum: config.momentum ?? 0, nesterov: Number(config.nesterov ?? false), weightDecay: decay, maximize });
    } else if (optimizer === "RMSprop") {
      const rho = config.alpha ?? 0.99;
      const mean = config.centered ? bench.vMax.at : 0;
      bench.rmsprop({ rho, epsilon: config.eps ?? 1e-8, momentum: config.momentum ?? 0, weightDecay: decay, mean, maximize });
    } else {
      const kind = optimizer === "AdamW" ? "decoupledDecay" : "coupledDecay";
      bench.adam({ beta1, beta2, epsilon: config.eps ?? 1e-8, [kind]: decay, vMax: config.amsgrad ? bench.vMax.at : 0, maximize });
    }
    seen.push(...bench.p.view());
  }
  bench.free();
  return seen;
}

describe.each(builds)("optimizer updates, %s", (build) => {
  it.each(cases.map((one) => [one.name, one] as const))("%s follows PyTorch", (_, one) => {
    for (const dtype of ["float32", "float64"] as const) {
      const seen = withBuild(build, () => follow(one, dtype));
      const bound = Math.max(1e-5, 10 * one.err.params);
      seen.forEach((x, i) => {
        expect(Math.abs(x - one.params.data[i])).toBeLessThan(bound + 1e-5 * Math.abs(one.params.data[i]));
      });
    }
  });

  /** What is left of three steps over n elements, each step in the given parts. */
  function threeSteps(n: number, cuts: number[], update: (bench: Bench, from: number, to: number) => void): Float32Array {
    const bench = new Bench(n);
    bench.p.view().set(normals(n, 1));
    for (let t = 1; t <= 3; t++) {
      bench.g.view().set(normals(n, 10 + t));
      bench.step(t, 0.1, 0.9, 0.999);
      bench.cell.view()[CELL.gradientFactor] = 0.25 * t;
      [...cuts, n].reduce((from, to) => {
        update(bench, from, to);
        return to;
      }, 0);
    }
    const all = [bench.p, bench.m, bench.v, bench.vMax].flatMap((block) => [...block.read()]);
    bench.free();
    return Float32Array.from(all);
  }

  const updates: [string, (bench: Bench, from: number, to: number) => void][] = [
    ["sgd", (bench, from, to) => bench.sgd({ momentum: 0, weightDecay: 0.1 }, from, to)],
    ["sgd with momentum", (bench, from, to) => bench.sgd({ dampening: 0.3, weightDecay: 0.1 }, from, to)],
    ["sgd with Nesterov momentum", (bench, from, to) => bench.sgd({ nesterov: 1, maximize: 1 }, from, to)],
    ["adam", (bench, from, to) => bench.adam({ coupledDecay: 0.1, maximize: 1 }, from, to)],
    ["rmsprop", (bench, from, to) => bench.rmsprop({ weightDecay: 0.1, maximize: 1 }, from, to)],
    ["centered rmsprop with momentum", (bench, from, to) => bench.rmsprop({ momentum: 0.9, mean: bench.vMax.at }, from, to)],
    ["adamW with AMSGrad", (bench, from, to) => bench.adam({ decoupledDecay: 0.1, vMax: bench.vMax.at }, from, to)],
  ];
  for (const [name, update] of updates) {
    it.each([0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100])(`${name} over %i elements: any parts alike, near the twin`, (n) => {
      const whole = withBuild(build, () => threeSteps(n, [], update));
      expect(withBuild(build, () => threeSteps(n, [Math.floor(n / 3), Math.floor(n / 2)], update))).toEqual(whole);
      const twin = withBuild("js", () => threeSteps(n, [], update));
      whole.forEach((x, i) => {
        expect(Math.abs(x - twin[i])).toBeLessThan(2e-6 * Math.max(1, Math.abs(twin[i])));
      });
    });
  }

  it.each(updates)("%s takes the gradients limited to ±clipValue, and leaves them as they are", (_, update) => {
    const extremes = [3, -3, 0.1, -0.1, 0.25, -0.25, Infinity, -Infinity, -0, Number.NaN, 1, 2, 3, 4, 5, 6, 7];
    const run = (gradients: number[], clipValue: number) => {
      const bench = new Bench(gradients.length);
      bench.p.view().set(normals(gradients.length, 1));
      bench.g.view().set(gradients);
      bench.step(1, 0.1, 0.9, 0.999);
      bench.cell.view()[CELL.clipValue] = clipValue;
      withBuild(build, () => update(bench, 0, gradients.length));
      expect([...bench.g.read()]).toEqual([...Float32Array.from(gradients)]);
      const all = [bench.p, bench.m, bench.v, bench.vMax].map((block) => [...block.read()]);
      bench.free();
      return all;
    };
    const limited = run(extremes, 0.25);
    expect(limited).toEqual(
      run(
        extremes.map((g) => Math.max(-0.25, Math.min(0.25, g))),
        Infinity,
      ),
    );
    expect(limited[0].map(Number.isNaN)).toEqual(extremes.map(Number.isNaN));
  });

  it("the first velocity is the gradient, whatever stood there", () => {
    const bench = new Bench(5);
    bench.g.view().fill(2);
    bench.m.view().fill(Number.NaN);
    bench.step(1, 0.5, 0, 0);
    withBuild(build, () => bench.sgd({ dampening: 0.5 }));
    expect([...bench.p.read()]).toEqual(new Array(5).fill(-1));
    expect([...bench.m.read()]).toEqual(new Array(5).fill(2));
    bench.free();
  });

  it("a variance that rounding makes negative counts as 0, and NaN stays", () => {
    const bench = new Bench(4);
    bench.g.view().set([1, 0, Number.NaN, -1]);
    bench.m.view().fill(0);
    bench.v.view().set([0.5, 0, 0, 0.5]);
    bench.vMax.view().set([1, 1, 0, -1]);
    withBuild(build, () => bench.rmsprop({ epsilon: 1, mean: bench.vMax.at }));
    const [first, second, third, fourth] = bench.p.read();
    expect([first, second, fourth]).toEqual([Math.fround(-0.1), 0, Math.fround(0.1)]);
    expect(third).toBeNaN();
    bench.free();
  });
});
