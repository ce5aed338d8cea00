import { checkArray } from "../errors/check.js";
import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { type Architecture, typeOf } from "../nn/architecture.js";
import { build, place } from "../nn/forward.js";
import { Module } from "../nn/module.js";
import { checkArity } from "../options/arity.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { outputName } from "../train/figureNames.js";
import { Model } from "./model.js";
import { shapeBehind } from "./shapes.js";

/**
 * A model that applies its layers one after the other.
 *
 * If the first layer has an `inputShape`, lazy layers are built when they are added, so that the model has all its parameters at once.
 * Otherwise they are built by the first forward.
 * @param layers layers in order; `add` appends further ones
 * @throws ArgumentError for anything but layers, ShapeError for one that does not fit the layer before it
 * @example
 * const model = new Sequential([new Dense(512, { activation: "relu", inputShape: [784] }), new Dropout(0.2)]);
 * model.add(new Dense(10));
 */
export class Sequential extends Model {
  static override readonly type: string = "Sequential";
  static override readonly capturable: boolean = true;
  readonly layers: Module[] = [];
  /** The output shape of the last layer with a batch of 1; null if it is not known. */
  #shape: Shape | null = null;

  constructor(layers: readonly Module[] = []) {
    super();
    if (new.target === Sequential) {
      checkArity("Sequential", arguments.length, 1);
      this.outputNames = [outputName(null, 0)];
    }
    checkArray("Sequential", "layers", layers, "new Sequential([new Dense(10)])");
    for (const layer of layers) this.add(layer);
  }

  /** Appends a layer. @returns this @throws ArgumentError, ShapeError */
  add(layer: Module): this {
    checkArity("Sequential.add", arguments.length, 1);
    if (!(layer instanceof Module)) {
      throw new ArgumentError(message("Sequential", `layer ${this.layers.length} is ${kindText(layer)}; expected a layer`, mendOf(layer)));
    }
    const { inputShape } = layer as { inputShape?: Shape };
    const shape = this.layers.length === 0 && inputShape !== undefined ? [1, ...inputShape] : this.#shape;
    if (shape !== null) {
      build(layer, shape);
      this.#shape = shapeBehind(layer, shape);
    }
    this.layers.push(layer);
    return this;
  }

  /** The layers by their names, which are numbers as in PyTorch's Sequential: "0.weight". */
  override children(): Map<string, Module> {
    return new Map(this.layers.map((layer, i) => [String(i), layer]));
  }

  /** The input shape of the first layer, if it declares one. */
  override inputShapes(): readonly Shape[] | null {
    const { inputShape } = (this.layers[0] ?? {}) as { inputShape?: Shape };
    return inputShape === undefined ? null : [inputShape];
  }

  override describe(): Architecture {
    place(this);
    const layers = this.layers.map((layer, i) => {
      const same = this.layers.indexOf(layer);
      return same < i ? { type: typeOf(layer), same } : layer.describe();
    });
    return { ...super.describe(), below: undefined, layers };
  }

  override forward(x: Tensor): Tensor {
    checkArity("Sequential", arguments.length, 1);
    let result = x;
    for (const layer of this.layers) result = layer.passedOn(layer.forward(...layer.argumentsOf([result])));
    return result;
  }

  override outputShape(inputShape: Shape): Shape {
    return this.layers.reduce((shape, layer) => layer.outputShape(shape), inputShape);
  }
}

/** How what is no layer is made one, where it can be seen: a class, an activation or its name. */
function mendOf(layer: unknown): string | undefined {
  if (typeof layer === "string") return `For an activation, write new Activation(${JSON.stringify(layer)}).`;
  if (typeof layer !== "function") return undefined;
  const { name } = layer as { name: string };
  return /^[A-Z]/.test(name)
    ? `Write new ${name}(…).`
    : 'Write new Activation("relu") for an activation, new Lambda(f) for a function of yours.';
}
