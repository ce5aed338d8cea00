import { kindText } from "../errors/message.js";
import type { ActivationTraits } from "../ops/activation.js";
import { checkTensor } from "../ops/operands.js";
import { type AnyDeclaration, type Declared, declare } from "../options/declare.js";
import type { Option } from "../options/option.js";
import { isPlain } from "../options/plain.js";
import type { Tensor } from "../tensor/tensor.js";
import { Composed } from "./composed.js";
import type { LayerClass } from "./layer.js";

/** A class of layers that apply one activation. `Args` are what its constructor takes. */
export interface ActivationLayerClass<Args extends readonly unknown[]> {
  new (...args: Args): ActivationLayer;
  /** @internal */
  readonly declaration: AnyDeclaration;
  /** @internal */
  readonly stateShapes: LayerClass["stateShapes"];
  /** The layer that `config()` tells of. @throws ArgumentError for a damaged config */
  fromConfig(config: unknown): ActivationLayer;
}

/** An activation as a layer. Its shapes are those that the function tells. */
export abstract class ActivationLayer extends Composed {
  forward(x: Tensor): Tensor {
    checkTensor(this.op, "x", x);
    return this.compute(x);
  }

  protected abstract override compute(x: Tensor): Tensor;
}

/**
 * Makes the class of layers for an activation: its function's declaration tells what the constructor takes.
 * @param name of the class, PyTorch's where it has one
 * @param positional the options that stand as arguments, in their order; the others stand in an object behind them. Default: all
 */
export function layerOf<Args extends readonly unknown[]>(
  name: string,
  activate: (x: Tensor) => Tensor,
  positional?: readonly string[],
): ActivationLayerClass<Args> {
  const { declaration, withSettings } = activate as unknown as Required<ActivationTraits<object>>;
  const { options } = declaration;
  const inFront = positional ?? Object.keys(options);
  const behind = Object.entries(options).filter(([option]) => !inFront.includes(option));
  const own = declare<Declared, Declared>(
    name,
    Object.fromEntries(behind),
    Object.fromEntries(inFront.map((option) => [option, withoutObject(name, options[option], inFront, options)])),
  );
  const made = class extends ActivationLayer {
    static override readonly declaration = own;
    static readonly activation = activate;

    constructor(...args: Args) {
      super(args.length, ...args);
    }

    protected compute(x: Tensor): Tensor {
      return withSettings(x, this.settings);
    }
  };
  return Object.defineProperty(made, "name", { value: name }) as unknown as ActivationLayerClass<Args>;
}

/** The option as an argument: whoever writes an object of options is shown the arguments. */
function withoutObject(
  name: string,
  option: Option<unknown, boolean>,
  names: readonly string[],
  options: Declared,
): Option<unknown, boolean> {
  const shown = (each: string): string => (options[each].default === undefined ? each : kindText(options[each].default));
  const call = `new ${name}(${names.map(shown).join(", ")})`;
  return { ...option, mend: (value) => (isPlain(value) ? `Write ${call}.` : option.mend?.(value)) };
}
