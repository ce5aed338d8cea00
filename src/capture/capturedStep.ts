import { isPromise } from "../errors/check.js";
import { participates } from "../graph/node.js";
import { recorder } from "../kernels/recorder.js";
import { Tensor } from "../tensor/tensor.js";
import { runsEagerly } from "./eager.js";
import { asyncStep, cannotReplay, noTensor, wantsGradient } from "./errors.js";
import { type Layout, layoutOf } from "./structure.js";
import { Variant } from "./variant.js";

/** Variants that a captured step keeps; one more displaces the oldest. */
const MOST_VARIANTS = 8;

/** Whether a captured step is replayed, and if not, why. */
export interface CaptureStatus {
  /**
   * What is done with inputs like those of the last call: "recording" in the first calls, then "replaying"; "eager" where the step
   * cannot be replayed, and before the first call.
   */
  readonly state: "eager" | "recording" | "replaying";
  /** Why calls, or those with some of the inputs, are not replayed; null if nothing is in the way. */
  readonly reason: string | null;
  /** Steps that were replayed. */
  readonly replays: number;
  /** Bytes of linear memory that replays hold for inputs and intermediate results. */
  readonly bytes: number;
}

/**
 * A step that is replayed where it can be, in a variant for each kind of inputs (shapes, dtypes) and each mode (training, evaluation,
 * with gradients, without). `capture` and `fit` share it.
 */
export class CapturedStep<A extends unknown[], R> {
  readonly #variants: Variant[] = [];
  /** The variant of the last call. */
  #latest: Variant | null = null;
  /** Replays of variants that were forgotten. */
  #replaysBefore = 0;
  /** The variant forgotten last had never been replayed. */
  #crowded = false;

  /** @param strict whether a step at fault and inputs that want a gradient are errors; if not, a step at fault just runs eagerly */
  constructor(
    private readonly step: (...inputs: A) => R,
    private readonly strict: boolean,
  ) {}

  /**
   * Runs the step, or replays it.
   * @param inputs tensors, or arrays, plain objects and Maps of tensors
   * @returns what the step returns, with tensors as data
   * @throws ArgumentError for other inputs and for an async step; GraphError for a step at fault, if strict
   */
  run(inputs: A): R {
    // A step within a step is part of it.
    if (recorder !== null || runsEagerly) return this.step(...inputs);
    let tensors = inputs as unknown as Tensor[];
    let layout: Layout | null = null;
    if (!areTensors(inputs)) {
      const others: unknown[] = [];
      tensors = [];
      layout = layoutOf(inputs, tensors, others);
      const other = others.find((value) => value !== undefined);
      if (other !== undefined) throw noTensor(other);
    }
    if (this.strict) checkData(tensors);
    const variant = this.#find(tensors, layout) ?? this.#add(tensors, layout);
    this.#latest = variant;
    return variant.run(tensors) as R;
  }

  /** Whether the last call ran eagerly because such calls cannot be replayed. */
  get refused(): boolean {
    return this.#latest?.state === "eager";
  }

  status(): CaptureStatus {
    const variants = this.#variants;
    const state = this.#latest?.state ?? "eager";
    const refused = this.#latest?.reason ?? variants.find(({ reason }) => reason !== null)?.reason ?? null;
    return {
      state,
      reason: refused ?? (this.#crowded && state === "recording" ? CROWDED : null),
      replays: variants.reduce((sum, { replays }) => sum + replays, this.#replaysBefore),
      bytes: variants.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  }

  /** Forgets what was recorded, and gives its memory back. */
  dispose(): void {
    for (const variant of this.#variants.splice(0)) variant.dispose();
    this.#latest = null;
    this.#replaysBefore = 0;
    this.#crowded = false;
  }

  #find(tensors: readonly Tensor[], layout: Layout | null): Variant | null {
    const variants = this.#variants;
    for (let i = 0; i < variants.length; i++) if (variants[i].fits(tensors, layout)) return variants[i];
    return null;
  }

  #add(tensors: readonly Tensor[], layout: Layout | null): Variant {
    const variants = this.#variants;
    if (variants.length === MOST_VARIANTS) {
      const oldest = variants.shift() as Variant;
      this.#replaysBefore += oldest.replays;
      this.#crowded = oldest.replays === 0;
      oldest.dispose();
    }
    const step = (...inputs: unknown[]): unknown => settled(this.step(...(inputs as A)));
    const made = new Variant(tensors, layout, step, ({ reason, isFault }) => {
      if (this.strict && isFault) throw cannotReplay(reason);
    });
    variants.push(made);
    return made;
  }
}

const CROWDED = `more than ${MOST_VARIANTS} kinds of inputs (shapes, dtypes, modes) take turns: each is forgotten before it can be replayed`;

function areTensors(inputs: readonly unknown[]): boolean {
  for (let i = 0; i < inputs.length; i++) if (!(inputs[i] instanceof Tensor)) return false;
  return true;
}

function checkData(inputs: readonly Tensor[]): void {
  for (let i = 0; i < inputs.length; i++) if (inputs[i].requiresGrad && participates(inputs[i])) throw wantsGradient(i);
}

/** What a step returned. @throws ArgumentError for a promise: what an async step does later cannot be recorded */
function settled(value: unknown): unknown {
  if (isPromise(value)) throw asyncStep();
  return value;
}
