import { ArgumentError, SimdgradError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare } from "../options/declare.js";
import { option } from "../options/option.js";
import { Preprocessor, type PreprocessorJson, type Revive, type Step } from "./preprocessor.js";

const STEPS = { required: true, saved: false } as const;
const PIPELINE = declare("Pipeline", {}, { steps: option<readonly Step[], typeof STEPS>("a list of preprocessors", isSteps, STEPS) });

/** Told by the methods, since there may be two copies of the class. */
export function isStep(value: unknown): value is Step {
  const { fit, transform, toJSON } = (value ?? {}) as Partial<Step>;
  return [fit, transform, toJSON].every((method) => typeof method === "function");
}

function isSteps(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isStep);
}

/**
 * Preprocessors one after the other, as one: each learns of what those before it made of the training data. As scikit-learn's Pipeline.
 * With steps that learn asynchronously, such as `PCA`, call `fitAsync`.
 *
 * @param steps in the order in which they are applied
 * @throws ArgumentError for anything but preprocessors
 * @example
 * const pipeline = new Pipeline([new RobustScaler(), new MinMaxScaler({ range: [-1, 1] })]);
 * pipeline.fitTransform([[1], [2], [3]]);   // [[-1], [0], [1]]
 */
export class Pipeline extends Preprocessor<unknown, unknown, typeof PIPELINE> {
  static override readonly declaration = PIPELINE;

  constructor(steps: readonly Step[]) {
    super(arguments.length, steps);
  }

  static override fromJSON({ state }: PreprocessorJson, revive: Revive): Pipeline {
    const steps = (state as { steps?: unknown } | null)?.steps;
    if (!Array.isArray(steps))
      throw new ArgumentError(message("Pipeline.fromJSON", `its steps are ${kindText(steps)}`, "Pass what toJSON gave."));
    return new Pipeline(steps.map(revive));
  }

  get steps(): readonly Step[] {
    return this.settings.steps;
  }

  get fitted(): boolean {
    return this.steps.every(({ fitted }) => fitted !== false);
  }

  /** @throws ArgumentError where a step learns asynchronously, as `PCA` does: see `fitAsync` */
  fit(x: unknown): this {
    checkArity("fit", arguments.length, 1);
    for (const learned of this.#fitting(x)) {
      const promise = learned as Promise<unknown>;
      if (typeof promise?.then !== "function") continue;
      // Its own error would come later, and nobody would wait for it.
      promise.then(undefined, () => {});
      throw new ArgumentError(message(`${this.op}.fit`, "one of the steps learns asynchronously", "Write await pipeline.fitAsync(x)."));
    }
    return this;
  }

  /** As `fit`, with steps among them that learn asynchronously. @returns this @example await new Pipeline([new StandardScaler()]).fitAsync(x) */
  async fitAsync(x: unknown): Promise<this> {
    checkArity("fitAsync", arguments.length, 1);
    for (const learned of this.#fitting(x)) await learned;
    return this;
  }

  transform(x: unknown): unknown {
    checkArity("transform", arguments.length, 1);
    return this.steps.reduce((data, step) => this.#named("transform", step, () => step.transform(data as never)), x);
  }

  override inverse(z: unknown): unknown {
    checkArity("inverse", arguments.length, 1);
    return this.steps.reduceRight((data, step) => this.#named("inverse", step, () => step.inverse(data as never)), z);
  }

  override toJSON(): PreprocessorJson {
    return { type: this.op, config: {}, state: this.state() };
  }

  protected state(): Record<string, unknown> {
    return { steps: this.steps.map((step) => step.toJSON()) };
  }

  protected restore(): void {}

  /** What each step's `fit` returns, one after the other: the next one begins when it is asked for. */
  *#fitting(x: unknown): Generator<unknown, void> {
    let data = x;
    for (const [i, step] of this.steps.entries()) {
      yield this.#named("fit", step, () => step.fit(data as never));
      if (i + 1 < this.steps.length) data = this.#named("fit", step, () => step.transform(data as never));
    }
  }

  /** Errors name the step. */
  #named<T>(method: string, step: Step, run: () => T): T {
    try {
      return run();
    } catch (error) {
      if (error instanceof SimdgradError) error.message = `${this.op}.${method}: step ${this.steps.indexOf(step)}: ${error.message}`;
      throw error;
    }
  }
}
