import { note } from "../errors/note.js";
import { noGrad } from "../graph/mode.js";
import type { Parameter } from "../graph/parameter.js";
import { rulesVersion } from "../graph/weightRule.js";
import { CELL } from "../kernels/generated/constants.js";
import { during, observer } from "../kernels/observer.js";
import { type Recorder, recorder } from "../kernels/recorder.js";
import { clipAdaptively, LEAST_NORM } from "./adaptiveClipping.js";
import { cellBytes, scalarsIn, writeOptions, writeStep } from "./cell.js";
import { ageTogether, alike, type Cohort, grow, type Member, rejuvenate } from "./cohorts.js";
import { constrainingOf } from "./constrained.js";
import type { ClippingOptions } from "./declaration.js";
import { FiniteGradients, type ReportGradient } from "./finiteGradients.js";
import type { Formula, UpdateKernel } from "./formula.js";
import { GradientNorm } from "./gradientNorm.js";
import { type OptimizerOptions, type ParameterGroup, rateAt } from "./group.js";
import { Holdings } from "./holdings.js";
import type { Schedule } from "./schedules/schedule.js";
import { segmentsOf } from "./segment.js";
import { States } from "./states.js";
import { type Update, updatesOf } from "./update.js";

/** Counts the steps of all optimizers. */
let clock = 0;

/**
 * Makes an optimizer's steps: sorts the parameters that have a gradient into cohorts and segments, writes what the step needs to the
 * cohorts' cells, clips, updates, and counts the age of each cohort.
 */
export class Stepper<O extends OptimizerOptions> {
  stepCount = 0;
  readonly members: Member<O>[] = [];
  readonly holdings: Holdings;
  readonly states: States;
  #cohorts: Cohort<O>[] = [];
  /** The parameters that had a gradient when the cohorts were made. */
  #active: Parameter[] = [];
  /** The version of the constraints that the cohorts know. */
  #rules = 0;
  readonly #norms: GradientNorm[] = [];
  /** The gradients of `#active`. */
  #gradients: FiniteGradients | null = null;
  /** Ends a step before it changes anything where a gradient is not finite; null: gradients are not looked at. */
  report: ReportGradient | null = null;

  constructor(
    readonly formula: Formula<O>,
    readonly groups: readonly ParameterGroup<O>[],
    readonly clipping: ClippingOptions,
  ) {
    this.holdings = new Holdings(formula.type);
    this.states = new States(this.holdings);
  }

  add(group: ParameterGroup<O>): void {
    for (const [i, parameter] of group.params.entries()) {
      const age = { steps: 0, products: [], before: [] };
      this.members.push({ parameter, name: group.names[i] ?? "", group, age, active: false });
    }
    this.holdings.serve(group.params);
    this.holdings.isStale = true;
  }

  /** Forgets the cohorts: the next step makes them anew. */
  reset(): void {
    this.#cohorts = [];
    this.#active = [];
    this.#gradients = null;
    this.holdings.isStale = true;
  }

  /** @throws ArgumentError if a schedule gives no number; nothing is changed */
  step(): void {
    const { holdings } = this;
    holdings.isStepping = true;
    holdings.lastUse = ++clock;
    try {
      this.#step();
    } finally {
      holdings.isStepping = false;
    }
  }

  #step(): void {
    // All that can fail comes before the first change.
    this.#setRates();
    this.#setMomenta();
    if (this.#haveChanged()) this.#regroup();
    const cohorts = this.#cohorts;
    for (let i = 0; i < cohorts.length; i++) writeStep(cohorts[i], this.formula);
    if (observer === null) this.#update();
    else during(this.formula.type, "update", "", () => this.#update());
    const active = this.#active;
    for (let i = 0; i < active.length; i++) active[i].storage.changed("step");
    this.#age();
  }

  #update(): void {
    this.#measure();
    // A replay that ends with a fault above has made no step.
    if (recorder !== null) this.#record(recorder);
    this.#scale();
    const cohorts = this.#cohorts;
    const { kernel } = this.formula;
    for (let i = 0; i < cohorts.length; i++) {
      const { segments, updates, constraining } = cohorts[i];
      for (let j = 0; j < segments.length; j++) {
        const { record, length, dtype } = segments[j];
        (kernel as UpdateKernel).run(record, 0, length, dtype);
      }
      for (let j = 0; j < updates.length; j++) noGrad(() => this.formula.update(limited(updates[j], this.clipping)));
      for (let j = 0; j < constraining.length; j++) constraining[j]();
    }
  }

  /** Tells a recording what a replay of the step does in JavaScript instead of calling `step`. */
  #record(recording: Recorder): void {
    const cohorts = this.#cohorts;
    const again = this.holdings.fix(recording);
    for (const { parameter } of this.members) recording.meets(parameter);
    // Both updates would find the cells of one.
    if (again) recording.refuse(`the ${this.formula.type} makes more than one update`);
    recording.surround({
      valid: () => {
        this.#setMomenta();
        return this.#cohorts === cohorts && !this.#isStale && !this.#mustRegroup();
      },
      before: () => {
        this.holdings.lastUse = ++clock;
        this.#setRates();
        for (let i = 0; i < cohorts.length; i++) writeStep(cohorts[i], this.formula);
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

  #setMomenta(): void {
    const { groups, stepCount } = this;
    for (let i = 0; i < groups.length; i++) {
      const group = groups[i];
      (group.learningRate as Schedule).follow?.(group as never, stepCount);
    }
  }

  /** Counts the step that was made. */
  #age(): void {
    this.stepCount++;
    const cohorts = this.#cohorts;
    for (let i = 0; i < cohorts.length; i++) grow(cohorts[i].age, cohorts[i].rates);
  }

  get #isStale(): boolean {
    return this.holdings.isStale || this.#rules !== rulesVersion();
  }

  #haveChanged(): boolean {
    if (this.#isStale || this.#mustRegroup()) return true;
    const { members } = this;
    for (let i = 0; i < members.length; i++) if (members[i].active !== members[i].parameter.hasGradient) return true;
    return false;
  }

  /** Takes over options that were set. @returns whether the cohorts must be made anew for them */
  #mustRegroup(): boolean {
    const cohorts = this.#cohorts;
    for (let i = 0; i < cohorts.length; i++) {
      const cohort = cohorts[i];
      const { group, stateNames } = cohort;
      if (cohort.version === group.version) continue;
      // What is written with tensors has its options as numbers in recorded calls.
      if (this.formula.kernel === null) return true;
      const names = this.formula.stateNames(group.settings);
      if (names.some((name, j) => name !== stateNames[j])) return true;
      writeOptions(cohort, this.formula, this.clipping);
    }
    return false;
  }

  /** Makes the cohorts of the parameters that have a gradient now. */
  #regroup(): void {
    const { members, holdings, states, formula } = this;
    // Until all is made: cells may move, and what the cohorts point to is gone if memory runs out then.
    holdings.isStale = true;
    holdings.forgetStorages();
    const active = members.filter(({ parameter }) => parameter.hasGradient);
    for (const { parameter } of active) if (parameter.storage.lazy !== null) parameter.storage.settle();
    const cohorts = alike(active, this.groups);
    const bytes = cellBytes(formula);
    const cells = holdings.cells(bytes * cohorts.length);
    this.#cohorts = cohorts.map((mates, i) => {
      const { group } = mates[0];
      const stateNames = formula.stateNames(group.settings);
      const cell = cells + bytes * i;
      const parameters = mates.map(({ parameter }) => parameter);
      const fused = formula.kernel !== null;
      const rates = formula.decayRates(group.settings, mates[0].age.products);
      const cohort: Cohort<O> = {
        group,
        age: ageTogether(mates, rates),
        cell,
        dtype: parameters[0].dtype,
        stateNames,
        segments: fused ? segmentsOf(parameters, cell, states, stateNames) : [],
        updates: fused ? [] : updatesOf<O>(parameters, scalarsIn(cell, formula), holdings, states, formula, group.settings),
        constraining: constrainingOf(parameters, scalarsIn(cell, formula), holdings, states),
        rates,
        version: group.version,
      };
      writeOptions(cohort, this.formula, this.clipping);
      return cohort;
    });
    this.#active = active.map(({ parameter }) => parameter);
    this.#makeNorms();
    this.#gradients = new FiniteGradients(this.#active);
    for (const member of members) member.active = member.parameter.hasGradient;
    this.#rules = rulesVersion();
    this.holdings.isStale = false;
    if (active.length === 0) {
      note("step() found no gradient and changed nothing. Call loss.backward() before step(), and zeroGrad() after it.");
    }
  }

  #makeNorms(): void {
    const { clipNorm, globalClipNorm } = this.clipping;
    const active = this.#active;
    this.holdings.forgetNorms();
    this.#norms.length = 0;
    const add = (parameters: readonly Parameter[]): void => {
      const norm = new GradientNorm(parameters);
      this.holdings.addNorm(norm.block);
      this.#norms.push(norm);
    };
    if (globalClipNorm !== undefined && active.length > 0) add(active);
    else if (clipNorm !== undefined) for (const parameter of active) add([parameter]);
  }

  /** Reads the gradients once: measures the norms by which they are clipped, reports what is not finite. Changes nothing. */
  #measure(): void {
    const { clipping, formula, report } = this;
    const { clipNorm, globalClipNorm } = clipping;
    const norms = this.#norms;
    if (norms.length === 0) {
      if (report !== null) this.#gradients?.require(report);
      return;
    }
    for (let i = 0; i < norms.length; i++) {
      if (globalClipNorm !== undefined && formula.kernel !== null) {
        const copies = { factor: this.#cohorts[0].cell + 8 * CELL.gradientFactor, count: this.#cohorts.length, stride: cellBytes(formula) };
        norms[i].measure(globalClipNorm, report, copies);
      } else norms[i].measure((globalClipNorm ?? clipNorm) as number, report);
    }
  }

  /** Clips by the norms, unless the update's kernel does it. */
  #scale(): void {
    const { clipping, formula } = this;
    const { adaptiveClip } = clipping;
    if (adaptiveClip !== undefined) for (const parameter of this.#active) clipAdaptively(parameter, adaptiveClip, LEAST_NORM, "step");
    if (clipping.globalClipNorm !== undefined && formula.kernel !== null) return;
    const norms = this.#norms;
    for (let i = 0; i < norms.length; i++) norms[i].scale("step");
  }
}

/** An update whose gradient is limited to ±clipValue; the parameter's `grad` stays whole. */
function limited<O>(update: Update<O>, { clipValue }: ClippingOptions): Update<O> {
  return clipValue === undefined ? update : { ...update, gradient: update.gradient.clamp(-clipValue, clipValue) };
}
