import type { Tensor } from "../../tensor/tensor.js";
import { type ActivationSpec, activationConfig, activationOf } from "../activations.js";
import { Module } from "../module.js";

export interface ActivationConfig {
  activation: ActivationSpec;
}

/**
 * An activation as a layer.
 * Shape:     any → same
 * @param activation its name ("relu"), its name with options, or a function of a tensor
 * @throws ArgumentError for an unknown name or option
 * @example new Sequential([new Dense(10), new Activation({ name: "leakyRelu", slope: 0.2 })])
 */
export class Activation extends Module {
  static readonly type: string = "Activation";
  readonly #spec: ActivationSpec;
  readonly #activate: (x: Tensor) => Tensor;

  constructor(activation: ActivationSpec) {
    super();
    this.#spec = activation;
    this.#activate = activationOf("Activation", activation);
  }

  static fromConfig(config: ActivationConfig): Activation {
    return new Activation(config.activation);
  }

  /** @internal fit does not capture what it does not know */
  get holdsFunction(): boolean {
    return typeof this.#spec === "function";
  }

  config(): ActivationConfig {
    return { activation: activationConfig("Activation", this.#spec) };
  }

  forward(x: Tensor): Tensor {
    return this.#activate(x);
  }
}
