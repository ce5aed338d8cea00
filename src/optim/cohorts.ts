import type { Parameter } from "../graph/parameter.js";
import { BYTES, type DType } from "../memory/views.js";
import type { Constraining } from "./constrained.js";
import type { OptimizerOptions, ParameterGroup } from "./group.js";
import type { Segment, StateNames } from "./segment.js";
import type { Update } from "./update.js";

/** How often a parameter was updated, and the powers of the optimizer's decay rates: running products β · β · … */
export interface Age {
  steps: number;
  products: number[];
  /** The products one update ago. */
  before: number[];
}

/** Counts one update more. */
export function grow(age: Age, rates: readonly number[]): void {
  age.steps++;
  for (let i = 0; i < rates.length; i++) {
    age.before[i] = age.products[i];
    age.products[i] *= rates[i];
  }
}

/** Takes the last update back. */
export function rejuvenate(age: Age): void {
  age.steps--;
  for (let i = 0; i < age.before.length; i++) age.products[i] = age.before[i];
}

/** A parameter and what the optimizer knows of it. */
export interface Member<O extends OptimizerOptions = OptimizerOptions> {
  readonly parameter: Parameter;
  readonly name: string;
  readonly group: ParameterGroup<O>;
  age: Age;
  /** Whether it had a gradient when the cohorts were made. */
  active: boolean;
}

/** Members of one group, age and element type: one cell serves them all. */
export interface Cohort<O extends OptimizerOptions = OptimizerOptions> {
  readonly group: ParameterGroup<O>;
  readonly age: Age;
  readonly cell: number;
  readonly dtype: DType;
  readonly stateNames: StateNames;
  /** What kernels update. */
  readonly segments: readonly Segment[];
  /** What an optimizer that is written with tensors updates instead. */
  readonly updates: readonly Update<O>[];
  /** What puts constrained parameters back behind their update. */
  readonly constraining: readonly Constraining[];
  /** Decay rates whose powers are kept. */
  rates: readonly number[];
  /** The version of the group's options that stands in the cell. */
  version: number;
}

/** Sorts members into cohorts, and the members of each cohort by their places in the arena. */
export function alike<O extends OptimizerOptions>(members: readonly Member<O>[], groups: readonly ParameterGroup<O>[]): Member<O>[][] {
  const sorted = [...members].sort(
    (a, b) =>
      groups.indexOf(a.group) - groups.indexOf(b.group) ||
      a.age.steps - b.age.steps ||
      BYTES[a.parameter.dtype] - BYTES[b.parameter.dtype] ||
      a.parameter.slot.at - b.parameter.slot.at,
  );
  const cohorts: Member<O>[][] = [];
  for (const member of sorted) {
    const last = cohorts.at(-1);
    const first = last?.[0];
    const joins = first?.group === member.group && first.age.steps === member.age.steps && first.parameter.dtype === member.parameter.dtype;
    if (joins) last?.push(member);
    else cohorts.push([member]);
  }
  return cohorts;
}

/** Gives the members of a cohort an age of their own: cohorts never share one, since from now on they may age apart. */
export function ageTogether<O extends OptimizerOptions>(members: readonly Member<O>[], rates: readonly number[]): Age {
  const { steps, products } = members[0].age;
  const age: Age = { steps, products: rates.map((_, i) => (steps === 0 ? 1 : (products[i] ?? 1))), before: [] };
  for (const member of members) member.age = age;
  return age;
}
