import type { Parameter } from "../graph/parameter.js";
import { GRADIENTS } from "../graph/parameter.js";
import { CELL, CELL_BYTES } from "../kernels/generated/constants.js";
import { type Recorder, recorder } from "../kernels/recorder.js";
import type { Chunk } from "../memory/arena.js";
import { allocate, release } from "../memory/heap.js";
import { views } from "../memory/memory.js";
import { BYTES, blockView, type DType, type FloatArray } from "../memory/views.js";
import type { GradientNorm } from "./clipping.js";
import type { OptimizerOptions, ParameterGroup } from "./group.js";

/** How often a parameter was updated, and the powers of the optimizer's decay rates: running products β · β · … */
export interface Age {
  steps: number;
  products: number[];
  /** The products one update ago. */
  before: number[];
}

/** One update more. */
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
  /** Whether it had a gradient when the runs were made. */
  active: boolean;
}

/** Members of one group, age and type: one cell serves them all. */
export interface Cohort<O extends OptimizerOptions = OptimizerOptions> {
  readonly group: ParameterGroup<O>;
  readonly age: Age;
  readonly members: Member<O>[];
  readonly cell: number;
  /** Decay rates whose powers are kept. */
  readonly rates: readonly number[];
  runs: readonly Run[];
}

/** Why an update that works on elements and rates itself, and not by kernels, is not to be replayed. */
const IN_JAVASCRIPT = "the optimizer's update is written in JavaScript";

/** Neighbouring parameters with their gradients and states: what one kernel call updates. */
export class Run {
  constructor(
    /** Address of the parameters, `length` elements, those of the padding between two parameters included. */
    readonly p: number,
    /** Address of the gradients. */
    readonly g: number,
    /** Addresses of the states, in the order of `stateNames`. */
    readonly states: readonly number[],
    /** Address of the cell; see CELL. */
    readonly cell: number,
    readonly length: number,
    readonly dtype: DType,
  ) {}

  /** The parameters where they are. */
  get parameters(): FloatArray {
    return this.#elements(this.p);
  }

  /** The gradients where they are; the update takes them, limited to ±`clipValue` if it `clipsValues`, times `gradientFactor`. */
  get gradients(): FloatArray {
    return this.#elements(this.g);
  }

  /** State i where it is. */
  state(i: number): FloatArray {
    return this.#elements(this.states[i]);
  }

  /** The learning rate of this step. */
  get learningRate(): number {
    return this.#number(CELL.learningRate);
  }

  /** What each element of the gradients is limited to; Infinity where nothing is. */
  get clipValue(): number {
    return this.#number(CELL.clipValue);
  }

  /** 1, or less where globalClipNorm clips. */
  get gradientFactor(): number {
    return this.#number(CELL.gradientFactor);
  }

  #elements(at: number): FloatArray {
    recorder?.refuse(IN_JAVASCRIPT);
    return blockView(this.dtype, at, this.length) as FloatArray;
  }

  #number(i: number): number {
    recorder?.refuse(IN_JAVASCRIPT);
    return views.f64[this.cell / 8 + i];
  }
}

/** The linear memory of an optimizer. It knows nothing of the optimizer, so that it can outlive it and be given back. */
export class Holdings {
  #cells = 0;
  #cellBytes = 0;
  readonly #sisters = new Map<string, Set<Chunk>>();
  norms: GradientNorm[] = [];

  /** @param prefix of the names of the sister chunks */
  constructor(readonly prefix: string) {}

  /** The address in the sister chunk of what belongs to a parameter. */
  place(parameter: Parameter, name: string): number {
    const { chunk, at } = parameter.slot;
    let chunks = this.#sisters.get(name);
    if (chunks === undefined) {
      chunks = new Set();
      this.#sisters.set(name, chunks);
    }
    chunks.add(chunk);
    return chunk.sister(this.prefix + name) + (at - chunk.at);
  }

  /** Room for `count` cells. */
  cells(count: number): number {
    const bytes = CELL_BYTES * count;
    if (bytes > this.#cellBytes) {
      if (this.#cellBytes > 0) release(this.#cells, this.#cellBytes);
      this.#cellBytes = 0;
      this.#cells = allocate(bytes);
      this.#cellBytes = bytes;
    }
    return this.#cells;
  }

  /** Tells a recording which memory the step's kernels use. */
  fix(recorder: Recorder, count: number): void {
    recorder.fix(this.#cells, CELL_BYTES * count);
    for (const norm of this.norms) norm.fix(recorder);
  }

  forgetNorms(): void {
    for (const norm of this.norms) norm.release();
    this.norms = [];
  }

  release(): void {
    this.forgetNorms();
    for (const [name, chunks] of this.#sisters) for (const chunk of chunks) chunk.dropSister(this.prefix + name);
    this.#sisters.clear();
    if (this.#cellBytes > 0) release(this.#cells, this.#cellBytes);
    this.#cellBytes = 0;
  }
}

/**
 * Sorts the active members into cohorts, and each cohort into runs. An age is copied, never shared between cohorts: from
 * here on their members may age apart.
 */
export function cohortsOf<O extends OptimizerOptions>(
  active: readonly Member<O>[],
  groups: readonly ParameterGroup<O>[],
  holdings: Holdings,
  stateNames: (group: ParameterGroup<O>) => readonly string[],
  decayRates: (group: ParameterGroup<O>) => readonly number[],
): Cohort<O>[] {
  const sorted = [...active].sort(
    (a, b) =>
      groups.indexOf(a.group) - groups.indexOf(b.group) ||
      a.age.steps - b.age.steps ||
      BYTES[a.parameter.dtype] - BYTES[b.parameter.dtype] ||
      a.parameter.slot.at - b.parameter.slot.at,
  );
  const alike: Member<O>[][] = [];
  for (const member of sorted) {
    const first = alike.at(-1)?.[0];
    if (first && first.group === member.group && first.age.steps === member.age.steps && first.parameter.dtype === member.parameter.dtype) {
      alike.at(-1)?.push(member);
    } else alike.push([member]);
  }
  const cells = holdings.cells(alike.length);
  return alike.map((members, i) => {
    const { group } = members[0];
    const rates = decayRates(group);
    const { steps, products } = members[0].age;
    const age: Age = { steps, products: steps === 0 ? rates.map(() => 1) : [...products], before: [] };
    for (const member of members) member.age = age;
    const cell = cells + CELL_BYTES * i;
    return { group, age, members, cell, rates, runs: runsOf(members, cell, holdings, stateNames(group)) };
  });
}

/**
 * Members that lie side by side become one run, the padding between them included. That holds zeros until a factor or a rate is
 * NaN or ∞ (0 · ∞ = NaN). It may: results on the heap have anything behind them too, so no kernel counts on what lies there,
 * and placing a parameter clears its place in all chunks.
 */
function runsOf(members: readonly Pick<Member, "parameter">[], cell: number, holdings: Holdings, stateNames: readonly string[]): Run[] {
  const runs: Run[] = [];
  for (let i = 0, next = 0; i < members.length; i = next) {
    const first = members[i].parameter;
    const { chunk, at } = first.slot;
    let last = first;
    for (next = i + 1; next < members.length; next++) {
      const { parameter } = members[next];
      if (parameter.slot.chunk !== chunk || parameter.slot.at !== last.slot.at + last.slot.bytes) break;
      last = parameter;
    }
    const { dtype } = first;
    const length = (last.slot.at - at) / BYTES[dtype] + last.size;
    const states = stateNames.map((name) => holdings.place(first, name));
    runs.push(new Run(at, chunk.sister(GRADIENTS) + (at - chunk.at), states, cell, length, dtype));
  }
  return runs;
}
