import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { noGrad } from "../graph/mode.js";
import { Parameter } from "../graph/parameter.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { typeOf } from "./architecture.js";
import { isModule } from "./forward.js";
import type { StateShapes } from "./layer.js";
import type { Module } from "./module.js";

/** Parameters that a weight is computed of, by the field that holds them; null where there is none. */
export type Parts = Readonly<Record<string, Parameter | null>>;

/** How a module's weight is computed of other parameters, at each forward. */
export interface WeightRule {
  /** The function that a user calls, and its options: what a saved model holds. */
  readonly described: Reparameterized;
  /** The parameters in place of a weight. Where one of them is called `weight`, it keeps that field. */
  split(weight: Parameter): Parts;
  /** Their shapes for that of the weight. */
  shapes(weight: Shape): StateShapes;
  /** @param module whose forward runs; null outside of one */
  compute(parts: Readonly<Record<string, Tensor | null>>, module: Module | null): Tensor;
}

/** What a saved model holds of a rule. */
export interface Reparameterized {
  readonly by: string;
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * The weight of a module that follows a rule. The field `weight` becomes an accessor: within forward it has the computed weight, and a
 * parameter that `build` assigns to it is split.
 */
export class ComputedWeight {
  #parts: Parts | null = null;
  /** What the accessor has while forward runs, or while shapes are told. */
  #current: Tensor | null = null;

  constructor(
    private readonly module: Module,
    readonly rule: WeightRule,
  ) {
    const { weight } = module as { weight?: unknown };
    this.#define(false);
    if (weight instanceof Parameter) this.#take(weight);
  }

  /** Runs forward with the weight computed once. */
  during<T>(forward: () => T): T {
    return this.#with(this.rule.compute(this.#taken(), this.module), forward);
  }

  /** Runs what asks for the weight's shape alone: nothing is computed, and no initial value is drawn. */
  describing<T>(run: () => T): T {
    return this.#parts === null ? run() : this.#with(this.#shaped(), run);
  }

  /** A state by the names that the module's class knows: it tells the shape of a weight by that of the part of the same shape. */
  told(state: ReadonlyMap<string, Tensor>): ReadonlyMap<string, Tensor> {
    const found = state.get("weight") ?? state.get("weight_v");
    return found === undefined ? state : new Map([...state, ["weight", found]]);
  }

  /** Gives the module a weight of its own again, which holds what was computed last. */
  end(): void {
    const weight = this.#parts === null ? undefined : new Parameter(noGrad(() => this.rule.compute(this.#taken(), null)));
    for (const name of Object.keys(this.#parts ?? {})) delete (this.module as unknown as Record<string, unknown>)[name];
    Object.defineProperty(this.module, "weight", { value: weight, configurable: true, enumerable: true, writable: true });
  }

  #with<T>(weight: Tensor, run: () => T): T {
    this.#current = weight;
    try {
      return run();
    } finally {
      this.#current = null;
    }
  }

  #taken(): Parts {
    if (this.#parts !== null) return this.#parts;
    throw new ArgumentError(message(typeOf(this.module), "it has no weight to compute", "Its build must assign a Parameter to weight."));
  }

  #take(weight: Parameter): void {
    this.#parts = this.rule.split(weight);
    this.#define("weight" in this.#parts);
    for (const [name, part] of Object.entries(this.#parts)) if (name !== "weight") Object.assign(this.module, { [name]: part });
  }

  /** Without a part called weight, the field is none that is walked. */
  #define(enumerable: boolean): void {
    Object.defineProperty(this.module, "weight", {
      configurable: true,
      enumerable,
      get: () => this.#current ?? this.#atRest(),
      set: (weight: Parameter) => this.#take(weight),
    });
  }

  #atRest(): Tensor | undefined {
    if (this.#parts === null) return undefined;
    return this.#parts.weight ?? noGrad(() => this.rule.compute(this.#taken(), null));
  }

  /** The part of the weight's shape. */
  #shaped(): Tensor {
    const { weight, weightV } = this.#taken();
    return (weight ?? weightV) as Parameter;
  }
}

/** Lets a module's weight follow a rule. @returns the module @throws ArgumentError unless it has a weight that follows none */
export function reparameterize<M extends Module>(module: M, rule: WeightRule): M {
  const op = rule.described.by;
  checkModule(op, module);
  const { computed } = module.hooks;
  if (computed !== null) {
    const what = `the weight of ${typeOf(module)} is computed by ${computed.rule.described.by} already`;
    throw new ArgumentError(message(op, what, `Call ${undoing(computed.rule.described.by)}(layer) first.`));
  }
  const { weight } = module as { weight?: unknown };
  const waits = "weight" in module && weight === undefined && !module.built;
  if (!waits && !(weight instanceof Parameter)) {
    throw new ArgumentError(message(op, `${typeOf(module)} has no weight`, "Pass a layer such as Dense or Conv2d."));
  }
  module.hooks.computed = new ComputedWeight(module, rule);
  return module;
}

/** Takes a rule away. @param by the function that gave it @returns the module @throws ArgumentError */
export function restore<M extends Module>(module: M, by: string): M {
  const op = undoing(by);
  checkModule(op, module);
  const { computed } = module.hooks;
  if (computed?.rule.described.by !== by) {
    throw new ArgumentError(message(op, `the weight of ${typeOf(module)} is not computed by ${by}`, `Call ${by}(layer) before.`));
  }
  computed.end();
  module.hooks.computed = null;
  return module;
}

function undoing(by: string): string {
  return `remove${by[0].toUpperCase()}${by.slice(1)}`;
}

function checkModule(op: string, module: unknown): void {
  if (isModule(module)) return;
  throw new ArgumentError(message(op, `the layer is ${kindText(module)}; expected a layer`, `Write ${op}(new Dense(64)).`));
}
