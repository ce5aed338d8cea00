import { note } from "../errors/note.js";
import type { Parameter } from "../graph/parameter.js";
import { CELL, CELL_BYTES as COMMON_BYTES } from "../kernels/generated/constants.js";
import { during, observer } from "../kernels/observer.js";
import { type Recorder, recorder } from "../kernels/recorder.js";
import { views } from "../memory/memory.js";
import { ageTogether, alike, type Cohort, grow, type Member, rejuvenate } from "./cohorts.js";
import type { ClippingOptions } from "./declaration.js";
import { clampGradient, GradientNorm } from "./gradientNorm.js";
import { type OptimizerOptions, type ParameterGroup, rateAt, type Settings } from "./group.js";
import type { Holdings } from "./holdings.js";
import { type Segment, segmentsOf } from "./segment.js";
import { writeScalars } from "./update.js";

/** Behind what the kernels read stand two scalars for an update written with tensors: see update.ts. */
const CELL_BYTES = COMMON_BYTES + 16;

/** What makes one optimizer different from the others. */
export interface Formula<O> {
  readonly type: string;
  /** Whether kernels carry it out, which clip and scale the gradients as they read them. */
  readonly fused: boolean;
  stateNames(settings: Settings<O>): readonly string[];
  decayRates(settings: Settings<O>): readonly number[];
  effectiveRate(rate: number, settings: Settings<O>, step: number): number;
  update(segment: Segment, settings: Settings<O>): void;
}

/**
 * Makes an optimizer's steps: sorts the parameters that have a gradient into cohorts and segments, writes what the step needs to the
 * cohorts' cells, clips, updates, and counts the age of each cohort.
 */
export class Stepper<O extends OptimizerOptions> {
  stepCount = 0;
  readonly members: Member<O>[] = [];
  #cohorts: Cohort<O>[] = [];
  /** The parameters that had a gradient when the cohorts were made. */
  #active: Parameter[] = [];
  /** The cohorts must be made anew though the same parameters have gradients. */
  #stale = true;
  /** The recording that has seen an update, which holds for one. */
  #recordedBy: Recorder | null = null;

  constructor(
    readonly formula: Formula<O>,
    readonly groups: readonly ParameterGroup<O>[],
    readonly clipping: ClippingOptions,
    readonly holdings: Holdings,
  ) {}

  add(group: ParameterGroup<O>): void {
    for (const [i, parameter] of group.params.entries()) {
      const age = { steps: 0, products: [], before: [] };
      this.members.push({ parameter, name: group.names[i] ?? "", group, age, active: false });
    }
    this.#stale = true;
  }

  /** Forgets the cohorts: the next step makes them anew. */
  reset(): void {
    this.#cohorts = [];
    this.#active = [];
    this.#stale = true;
  }

  /** @throws ArgumentError if a schedule gives no number; nothing is changed */
  step(): void {
    // All that can fail comes before the first change.
    this.#setRates();
    if (this.#haveChanged()) this.#regroup();
    const cohorts = this.#cohorts;
    for (let i = 0; i < cohorts.length; i++) this.#writeCell(cohorts[i]);
    if (recorder !== null) this.#record(recorder);
    if (observer === null) this.#update();
    else during(this.formula.type, "update", "", () => this.#update());
    const active = this.#active;
    for (let i = 0; i < active.length; i++) active[i].storage.changed("step");
    this.#age();
  }

  #update(): void {
    this.#clip();
    const cohorts = this.#cohorts;
    for (let i = 0; i < cohorts.length; i++) {
      const { segments, group } = cohorts[i];
      for (let j = 0; j < segments.length; j++) this.formula.update(segments[j], group.settings);
    }
  }

  /** Tells a recording what a replay of the step does in JavaScript instead of calling `step`. */
  #record(recording: Recorder): void {
    const cohorts = this.#cohorts;
    this.holdings.fix(recording);
    for (const { parameter } of this.members) recording.meets(parameter);
    // Both updates would find the cells of one.
    if (this.#recordedBy === recording) recording.refuse(`the ${this.formula.type} makes more than one update`);
    this.#recordedBy = recording;
    recording.surround({
      valid: () => this.#cohorts === cohorts && !this.#stale && !this.#haveNewOptions(),
      before: () => {
        this.#setRates();
        for (let i = 0; i < cohorts.length; i++) this.#writeCell(cohorts[i]);
      },
      after: () => this.#age(),
      undo: () => {
        this.stepCount--;
        for (const { age } of cohorts) rejuvenate(age);
      },
    });
  }

  #setRates(): void {
    const { groups, stepCount, formula } = this;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i];
      group.rate = formula.effectiveRate(rateAt(group.learningRate, stepCount), group.settings, stepCount);
    }
  }

  /** Counts the step that was made. */
  #age(): void {
    this.stepCount++;
    const cohorts = this.#cohorts;
    for (let i = 0; i < cohorts.length; i++) grow(cohorts[i].age, cohorts[i].rates);
  }

  #haveChanged(): boolean {
    if (this.#stale || this.#haveNewOptions()) return true;
    const { members } = this;
    for (let i = 0; i < members.length; i++) if (members[i].active !== members[i].parameter.hasGradient) return true;
    return false;
  }

  #haveNewOptions(): boolean {
    const cohorts = this.#cohorts;
    for (let i = 0; i < cohorts.length; i++) if (cohorts[i].version !== cohorts[i].group.version) return true;
    return false;
  }

  /** Makes the cohorts of the parameters that have a gradient now. */
  #regroup(): void {
    const { members, holdings, formula } = this;
    const active = members.filter(({ parameter }) => parameter.hasGradient);
    for (const { parameter } of active) if (parameter.storage.lazy !== null) parameter.storage.settle();
    const cohorts = alike(active, this.groups);
    const cells = holdings.cells(CELL_BYTES * cohorts.length);
    this.#cohorts = cohorts.map((mates, i) => {
      const { group } = mates[0];
      const rates = formula.decayRates(group.settings);
      const stateNames = formula.stateNames(group.settings);
      const cell = cells + CELL_BYTES * i;
      const parameters = mates.map(({ parameter }) => parameter);
      const segments = segmentsOf(parameters, cell, holdings, stateNames);
      return { group, age: ageTogether(mates, rates), cell, stateNames, segments, rates, version: group.version };
    });
    this.#active = active.map(({ parameter }) => parameter);
    this.#measureNorms();
    for (const member of members) member.active = member.parameter.hasGradient;
    this.#stale = false;
    if (active.length === 0) {
      note("step() found no gradient and changed nothing. Call loss.backward() before step(), and zeroGrad() after it.");
    }
  }

  #measureNorms(): void {
    const { clipNorm, globalClipNorm } = this.clipping;
    const active = this.#active;
    this.holdings.forgetNorms();
    if (globalClipNorm !== undefined && active.length > 0) this.holdings.norms = [new GradientNorm(active)];
    else if (clipNorm !== undefined) this.holdings.norms = active.map((parameter) => new GradientNorm([parameter]));
  }

  /** Writes what the coming step needs to a cohort's cell. */
  #writeCell({ age, cell, group, rates, segments }: Cohort<O>): void {
    const { f64 } = views;
    const at = cell / 8;
    f64[at + CELL.learningRate] = group.rate;
    f64[at + CELL.gradientFactor] = 1;
    f64[at + CELL.biasCorrection1] = rates.length > 0 ? 1 - age.products[0] * rates[0] : 1;
    f64[at + CELL.biasCorrection2] = rates.length > 1 ? 1 - age.products[1] * rates[1] : 1;
    f64[at + CELL.first] = age.steps === 0 ? 1 : 0;
    f64[at + CELL.clipValue] = this.clipping.clipValue ?? Infinity;
    if (!this.formula.fused) writeScalars(segments[0], group.rate, age.steps + 1);
  }

  #clip(): void {
    const { clipping, formula } = this;
    const { clipValue, clipNorm, globalClipNorm } = clipping;
    if (clipValue !== undefined && !formula.fused) for (const parameter of this.#active) clampGradient(parameter, clipValue, "step");
    const { norms } = this.holdings;
    for (let i = 0; i < norms.length; i++) {
      if (globalClipNorm !== undefined && formula.fused) {
        norms[i].measure(globalClipNorm, this.#cohorts[0].cell + 8 * CELL.gradientFactor, this.#cohorts.length, CELL_BYTES);
      } else {
        norms[i].measure((globalClipNorm ?? clipNorm) as number);
        norms[i].scale("step");
      }
    }
  }
}
