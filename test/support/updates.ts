import { describe, expect, it } from "vitest";
import { CELL, CELL_BYTES } from "../../src/kernels/generated/constants.js";
import type * as kernels from "../../src/kernels/generated.js";
import type { DType } from "../../src/memory/views.js";
import { Block, builds, normals, withBuild } from "./kernels.js";

type Update = (record: kernels.UpdateArgs, from: number, to: number, dtype?: DType) => void;

/** One way to call an optimizer's kernel. */
export interface Variant {
  /** Which of the states 1, 2, 3 there are. */
  readonly states: readonly boolean[];
  /** Fields of the optimizer's own part of the cell. */
  readonly own: Readonly<Record<string, number>>;
  /** Fields of the common part. */
  readonly common?: Partial<Record<keyof typeof CELL, number>>;
}

/** Parameters, gradients, states and a cell for n elements. */
export class Operands {
  readonly p: Block;
  readonly g: Block;
  readonly states: Block[];
  readonly cell: Block;

  constructor(
    readonly n: number,
    layout: Readonly<Record<string, number>>,
    { own, common, states }: Variant,
    readonly dtype: DType = "float32",
  ) {
    [this.p, this.g, ...this.states] = Array.from({ length: 5 }, () => Block.of(new Float32Array(n), dtype));
    this.cell = Block.of(new Float64Array(16), "float64");
    this.present = states;
    for (const [name, value] of Object.entries(own)) this.cell.view()[CELL_BYTES / 8 + layout[name]] = value;
    this.set({ learningRate: 0.1, gradientFactor: 1, clipValue: Infinity, ...common });
  }

  readonly present: readonly boolean[];

  set(fields: Partial<Record<keyof typeof CELL, number>>): void {
    for (const [name, value] of Object.entries(fields)) this.cell.view()[CELL[name as keyof typeof CELL]] = value;
  }

  /** The cell before update t = 1, 2, … of Adam's usual decay rates. */
  step(t: number): void {
    this.set({ step: t, biasCorrection1: 1 - 0.9 ** t, biasCorrection2: 1 - 0.999 ** t });
  }

  run(update: Update, from = 0, to = this.n): void {
    const [state1, state2, state3] = this.states.map(({ at }, i) => (this.present[i] ? at : 0));
    update({ p: this.p.at, g: this.g.at, state1, state2, state3, cell: this.cell.at }, from, to, this.dtype);
  }

  /** Parameters and states. */
  all(): number[] {
    return [this.p, ...this.states].flatMap((block) => [...block.read()]);
  }

  free(): void {
    for (const block of [this.p, this.g, ...this.states, this.cell]) block.free();
  }
}

/** What holds for every variant of every optimizer's kernel. */
export function describeUpdate(
  update: Update,
  layout: Readonly<Record<string, number>>,
  variants: Readonly<Record<string, Variant>>,
): void {
  const named = Object.entries(variants);

  describe.each(builds)("%s", (build) => {
    /** What is left of three steps over n elements, each step in the given parts. */
    function threeSteps(n: number, cuts: number[], variant: Variant): number[] {
      const operands = new Operands(n, layout, variant);
      operands.p.view().set(normals(n, 1));
      for (let t = 1; t <= 3; t++) {
        operands.g.view().set(normals(n, 10 + t));
        operands.step(t);
        operands.set({ gradientFactor: 0.25 * t });
        [...cuts, n].reduce((from, to) => {
          operands.run(update, from, to);
          return to;
        }, 0);
      }
      const all = operands.all();
      operands.free();
      return all;
    }

    describe.each(named)("%s", (_, variant) => {
      it.each([0, 1, 3, 4, 5, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100])("%i elements: any parts alike, near the twin", (n) => {
        const whole = withBuild(build, () => threeSteps(n, [], variant));
        expect(withBuild(build, () => threeSteps(n, [Math.floor(n / 3), Math.floor(n / 2)], variant))).toEqual(whole);
        const twin = withBuild("js", () => threeSteps(n, [], variant));
        for (const [i, x] of whole.entries()) expect(Math.abs(x - twin[i])).toBeLessThan(2e-6 * Math.max(1, Math.abs(twin[i])));
      });

      it("takes the gradients limited to ±clipValue, and leaves them as they are", () => {
        const extremes = [3, -3, 0.1, -0.1, 0.25, -0.25, Infinity, -Infinity, -0, Number.NaN, 1, 2, 3, 4, 5, 6, 7];
        const run = (gradients: number[], clipValue: number) => {
          const operands = new Operands(gradients.length, layout, variant);
          operands.p.view().set(normals(gradients.length, 1));
          operands.g.view().set(gradients);
          operands.step(1);
          operands.set({ clipValue });
          withBuild(build, () => operands.run(update));
          expect([...operands.g.read()]).toEqual([...Float32Array.from(gradients)]);
          const all = operands.all();
          operands.free();
          return all;
        };
        const limited = run(extremes, 0.25);
        expect(limited).toEqual(
          run(
            extremes.map((g) => Math.max(-0.25, Math.min(0.25, g))),
            Infinity,
          ),
        );
        expect(limited.slice(0, extremes.length).map(Number.isNaN)).toEqual(extremes.map(Number.isNaN));
      });

      it("touches nothing beside its range", () => {
        const operands = new Operands(40, layout, variant);
        operands.p.view().set(normals(40, 1));
        operands.g.view().set(normals(40, 2));
        operands.step(1);
        const before = operands.all();
        withBuild(build, () => operands.run(update, 9, 22));
        const inside = (i: number) => i % 40 >= 9 && i % 40 < 22;
        expect(operands.all().filter((_, i) => !inside(i))).toEqual(before.filter((_, i) => !inside(i)));
        operands.free();
      });
    });
  });
}
