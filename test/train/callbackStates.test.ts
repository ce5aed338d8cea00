/** Every callback of the library goes on from a saved state as if it had never been interrupted, or remembers nothing. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as library from "../../src/index.js";
import {
  Adam,
  Callback,
  Checkpoint,
  CSVLogger,
  Dense,
  Diagnosis,
  EarlyStopping,
  ExponentialMovingAverage,
  History,
  LearningRateScheduler,
  type Logs,
  NewBob,
  oneCycle,
  type Parameter,
  ReduceLROnPlateau,
  Sequential,
  SGD,
  Snapshots,
  StochasticWeightAveraging,
} from "../../src/index.js";
import { isPlain } from "../../src/options/plain.js";
import type { SavedState } from "../../src/tensor/savedState.js";
import type { TrainingContext } from "../../src/train/callbacks.js";
import { failure } from "../support/errors.js";
import { folderOf } from "../support/folder.js";
import { elements, setGradients } from "../support/optimizers.js";
import { throughFile } from "../support/savedState.js";

type Make = (path: string) => Callback;
/** Why a callback has no state. */
const REMEMBERS_NOTHING = {
  Callback: "it is the base of all",
  LambdaCallback: "what its functions remember is theirs",
  ProgressBar: "it shows the epoch under way, and measures the time since training went on",
};

const CASES: Record<string, readonly [Make, ...Make[]]> = {
  Checkpoint: [(path) => new Checkpoint({ path, best: "valLoss" })],
  CSVLogger: [(path) => new CSVLogger(path), (path) => new CSVLogger(path, { append: true })],
  Diagnosis: [() => new Diagnosis()],
  EarlyStopping: [
    () => new EarlyStopping({ patience: 2 }),
    () => new EarlyStopping({ patience: 3, minDelta: 0.6, restoreBest: false }),
    () => new EarlyStopping({ mode: "max" }),
  ],
  ExponentialMovingAverage: [
    () => new ExponentialMovingAverage({ decay: 0.9 }),
    () => new ExponentialMovingAverage({ decay: 0.9, keep: false, warmUp: false }),
  ],
  History: [() => new History()],
  LearningRateScheduler: [
    () => new LearningRateScheduler((_, rate) => 0.9 * rate),
    () => new LearningRateScheduler(oneCycle(0.1, { steps: 9 })),
  ],
  NewBob: [() => new NewBob(), () => new NewBob({ startThreshold: 0.1, stopThreshold: 0.01 })],
  ReduceLROnPlateau: [
    () => new ReduceLROnPlateau({ patience: 0, factor: 0.5, cooldown: 1 }),
    () => new ReduceLROnPlateau({ patience: 0, factor: 0.5, minLr: [1e-3] }),
  ],
  Snapshots: [() => new Snapshots({ every: 2 })],
  StochasticWeightAveraging: [
    () => new StochasticWeightAveraging({ start: 2, every: 2 }),
    () => new StochasticWeightAveraging({ start: 1, learningRate: 0.01, annealEpochs: 3 }),
  ],
};

const EPOCHS = 7;
const BATCHES = 3;
const FIGURES = [5, 4, 4.5, 3, 3.5, 3.6, 3.7];

/** A training that can be left, and gone on with, between any two steps. */
class Trial {
  readonly model = new Sequential([new Dense(2, { inputShape: [3] }), new Dense(2)]);
  readonly #params = [...this.model.parameters()] as Parameter[];
  readonly optimizer = new SGD(this.model.parameters(), { learningRate: 0.1, momentum: 0.5 });
  stopped = false;
  /** Steps that are done. */
  done = 0;

  constructor(readonly callback: Callback) {
    for (const [i, parameter] of this.#params.entries()) setValues(parameter, i);
  }

  async begin(resumed: boolean): Promise<void> {
    const context: TrainingContext = {
      model: this.model,
      optimizer: this.optimizer,
      epochs: EPOCHS,
      initialEpoch: Math.floor(this.done / BATCHES),
      resumed,
      steps: BATCHES,
      figures: ["loss", "valLoss"],
      callbacks: [this.callback],
      failure: null,
      greaterIsBetter: () => false,
      stop: () => {
        this.stopped = true;
      },
    };
    await this.callback.onTrainBegin?.(context);
  }

  /** Goes on to before a step. @param again whether the epoch begins once more, if it is under way */
  async run(end: number, again = false): Promise<void> {
    const { callback } = this;
    for (let first = true; this.done < end && !this.stopped; first = false) {
      const [epoch, batch] = [Math.floor(this.done / BATCHES), this.done % BATCHES];
      if (batch === 0 || (first && again)) await callback.onEpochBegin?.(epoch);
      setGradients(this.#params, this.done);
      // Two batches make a step.
      if (this.done % 2 === 1) this.optimizer.step();
      this.optimizer.zeroGrad();
      const logs: Logs = { loss: 1 / (this.done + 1) };
      if (callback instanceof History) callback.steps.loss.push(logs.loss);
      await callback.onBatchEnd?.(batch, logs);
      this.done++;
      if (batch < BATCHES - 1) continue;
      await callback.onValidationBegin?.();
      logs.valLoss = FIGURES[epoch];
      await callback.onEpochEnd?.(epoch, logs);
    }
  }

  async end(): Promise<unknown[]> {
    const state = this.callback.stateDict?.();
    await this.callback.onTrainEnd?.();
    const { model, optimizer, stopped, done } = this;
    return [optimizer.stateDict(), optimizer.currentLearningRate, state, stopped, done, model.stateDict()].map(shown);
  }
}

function setValues(parameter: Parameter, seed: number): void {
  parameter.assign(
    library.tensor(
      Array.from(parameter.data, (_, j) => Math.fround(Math.sin(7 * seed + j))),
      { shape: parameter.shape },
    ),
  );
}

/** A state with its tensors as lists, which can be compared. */
function shown(state: unknown): unknown {
  if (state instanceof library.Tensor) return [state.dtype, state.shape, [...state.data]];
  if (state instanceof Map) return ["Map", ...[...state].map(([name, value]) => [name, shown(value)])];
  if (Array.isArray(state)) return state.map(shown);
  return isPlain(state) ? Object.entries(state).map(([name, value]) => [name, shown(value)]) : state;
}

const textOf = (callback: Callback, path: string): string => (callback instanceof CSVLogger ? readFileSync(path, "utf8") : "");

describe.each(Object.entries(CASES))("%s", (name, cases) => {
  describe.each(cases.map((make, i) => [i, make] as const))("case %i", (_, make) => {
    test("goes on from a saved state to the bit, whenever training was left", async () => {
      const folder = folderOf({});
      const path = join(folder, "whole.csv");
      const whole = new Trial(make(path));
      await whole.begin(false);
      await whole.run(EPOCHS * BATCHES);
      const result = await whole.end();
      for (const again of [false, true]) {
        for (let left = 0; left <= whole.done; left++) {
          const own = join(folder, `${left}${again}.csv`);
          const before = new Trial(make(own));
          await before.begin(false);
          await before.run(left);
          const saved = throughFile({ model: before.model.stateDict(), callback: before.callback.stateDict?.() });
          const optimizer = library.parseOptimizerState(library.serializeOptimizerState(before.optimizer.stateDict()));
          // What is done after the state was saved is lost.
          await before.run(Math.min(left + 4, whole.done));
          const after = new Trial(make(own));
          for (const parameter of after.model.parameters()) setValues(parameter, 9);
          after.done = left;
          after.model.loadStateDict(saved.model);
          after.optimizer.loadStateDict(optimizer);
          await after.begin(true);
          after.callback.loadStateDict?.(saved.callback as SavedState);
          await after.run(EPOCHS * BATCHES, again);
          expect(await after.end(), `left after ${left} steps`).toEqual(result);
          expect(textOf(after.callback, own)).toBe(textOf(whole.callback, path));
        }
      }
    });
  });

  test("refuses a state of another form, and changes nothing", async () => {
    const trial = new Trial(cases[0](join(folderOf({}), "log.csv")));
    await trial.begin(false);
    await trial.run(7);
    const { callback } = trial;
    const state = callback.stateDict?.() as Record<string, SavedState>;
    const load = (wrong: unknown): string => failure(() => callback.loadStateDict?.(wrong as SavedState));
    expect(load(3)).toMatch(/^ARGUMENT \w+: the (saved )?state is 3; expected /);
    if (!(state instanceof Map)) {
      expect(load({ ...state, extra: 1 })).toMatch(new RegExp(`^ARGUMENT ${name}: the saved state has a part "extra"; expected `));
      for (const part of Object.keys(state))
        expect(load({ ...state, [part]: "1" })).toMatch(new RegExp(`^ARGUMENT ${name}: the saved state has "1" as "${part}"; expected `));
    } else expect(load(new Map())).toMatch(/^ARGUMENT loadStateDict: "updates" is missing/);
    expect(callback.stateDict?.()).toEqual(state);
  });
});

test("all callbacks are walked: each has a state, or is known to remember nothing", () => {
  const found = Object.entries(library)
    .filter(([, value]) => value === Callback || (typeof value === "function" && value.prototype instanceof Callback))
    .map(([name, value]) => [name, "stateDict" in (value as typeof Callback).prototype] as const);
  const expected = [...Object.keys(CASES).map((name) => [name, true]), ...Object.keys(REMEMBERS_NOTHING).map((name) => [name, false])];
  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
});

test("EarlyStopping refuses weights of another model, and a state without the weights that it would restore", async () => {
  const trial = new Trial(new EarlyStopping());
  await trial.begin(false);
  const state = { bestEpoch: 3, best: 0.5, waited: 0, weights: new Map() };
  expect(failure(() => trial.callback.loadStateDict?.(state))).toContain("ARGUMENT loadStateDict: missing ");
  expect(failure(() => trial.callback.loadStateDict?.({ ...state, weights: null }))).toContain("no weights of the best epoch");
});

test("an average in the place of the weights is saved with the weights, and refuses a state in which one of them is missing", () => {
  const model = new Dense(2, { inputShape: [3] });
  const optimizer = new Adam(model.parameters());
  const average = new ExponentialMovingAverage(model, { decay: 0.5 });
  const params = [...model.parameters()] as Parameter[];
  for (let step = 0; step < 3; step++) {
    setGradients(params, step);
    optimizer.step();
    average.update();
  }
  const trained = elements(params);
  const state = average.swapIn().stateDict();
  const other = new Dense(2, { inputShape: [3] });
  const averages = new ExponentialMovingAverage(other, { decay: 0.5 });
  averages.loadStateDict(state);
  const found = [...other.parameters()] as Parameter[];
  expect(elements(found)).toEqual(elements(params));
  averages.swapOut();
  expect(elements(found)).toEqual(trained);
  state.delete("trained weight");
  expect(failure(() => averages.loadStateDict(state))).toBe(
    'ARGUMENT loadStateDict: "trained weight" is missing; expected a tensor of shape [2, 3].',
  );
});
