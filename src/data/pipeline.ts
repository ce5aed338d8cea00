import { ArgumentError, SimdgradError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { declare } from "../options/declare.js";
import { option } from "../options/option.js";
import { Preprocessor, type PreprocessorJson, type Revive } from "./preprocessor.js";

const STEPS = { required: true, saved: false } as const;
const PIPELINE = declare(
  "Pipeline",
  {},
  { steps: option<readonly Preprocessor[], typeof STEPS>("a list of preprocessors", isSteps, STEPS) },
);

/** Told by the methods, since there may be two copies of the class. */
export function isPreprocessor(value: unknown): value is Preprocessor {
  const { fit, transform, toJSON } = (value ?? {}) as Partial<Preprocessor>;
  return [fit, transform, toJSON].every((method) => typeof method === "function");
}

function isSteps(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isPreprocessor);
}

/**
 * Preprocessors one after the other, as one: each learns of what those before it made of the training data. As scikit-learn's Pipeline.
 *
 * @param steps in the order in which they are applied
 * @throws ArgumentError for anything but preprocessors
 * @example
 * const pipeline = new Pipeline([new RobustScaler(), new MinMaxScaler({ range: [-1, 1] })]);
 * pipeline.fitTransform([[1], [2], [3]]);   // [[-1], [0], [1]]
 */
export class Pipeline extends Preprocessor<unknown, unknown, typeof PIPELINE> {
  static override readonly declaration = PIPELINE;

  constructor(steps: readonly Preprocessor[]) {
    super(arguments.length, steps);
  }

  static override fromJSON({ state }: PreprocessorJson, revive: Revive): Pipeline {
    const steps = (state as { steps?: unknown } | null)?.steps;
    if (!Array.isArray(steps))
      throw new ArgumentError(message("Pipeline.fromJSON", `its steps are ${kindText(steps)}`, "Pass what toJSON gave."));
    return new Pipeline(steps.map(revive));
  }

  get steps(): readonly Preprocessor[] {
    return this.settings.steps;
  }

  get fitted(): boolean {
    return this.steps.every(({ fitted }) => fitted);
  }

  fit(x: unknown): this {
    checkArity("fit", arguments.length, 1);
    this.#run("fit", x, this.steps, (step, data, isLast) => (isLast ? step.fit(data) : step.fitTransform(data)));
    return this;
  }

  transform(x: unknown): unknown {
    checkArity("transform", arguments.length, 1);
    return this.#run("transform", x, this.steps, (step, data) => step.transform(data));
  }

  override inverse(z: unknown): unknown {
    checkArity("inverse", arguments.length, 1);
    return this.#run("inverse", z, [...this.steps].reverse(), (step, data) => step.inverse(data));
  }

  override toJSON(): PreprocessorJson {
    return { type: this.op, config: {}, state: this.state() };
  }

  protected state(): Record<string, unknown> {
    return { steps: this.steps.map((step) => step.toJSON()) };
  }

  protected restore(): void {}

  /** Errors name the step. */
  #run(
    method: string,
    x: unknown,
    steps: readonly Preprocessor[],
    apply: (step: Preprocessor, data: unknown, isLast: boolean) => unknown,
  ): unknown {
    let data = x;
    for (const [i, step] of steps.entries()) {
      try {
        data = apply(step, data, i === steps.length - 1);
      } catch (error) {
        if (error instanceof SimdgradError) error.message = `${this.op}.${method}: step ${this.steps.indexOf(step)}: ${error.message}`;
        throw error;
      }
    }
    return data;
  }
}
