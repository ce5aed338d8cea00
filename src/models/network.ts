import { Model } from "../model/model.js";
import { typeOf } from "../nn/architecture.js";
import type { Module } from "../nn/module.js";
import { checkArity } from "../options/arity.js";
import type { AnyDeclaration, SettingsOf } from "../options/declare.js";
import { savedSettings } from "../options/settings.js";
import { checkShape, type Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";

/**
 * A model of the library that is a chain: its fields are modules, which are applied in their order, under the names that torchvision gives
 * them. What it was made with is declared, and so checked and saved.
 */
export abstract class Network<D extends AnyDeclaration> extends Model {
  /** @internal each class has its own */
  static readonly declaration: AnyDeclaration;
  readonly #settings: SettingsOf<D>;

  /** @param given `arguments.length` of the constructor @throws ArgumentError */
  constructor(given: number, options: object | undefined) {
    super();
    const { declaration } = new.target as unknown as { declaration: D };
    checkArity(declaration.op, given, 1);
    this.#settings = Object.freeze(declaration.readOptions(options)) as SettingsOf<D>;
    this.outputNames = ["out1"];
  }

  /** What the constructor was called with, defaults filled in. */
  protected get settings(): SettingsOf<D> {
    return this.#settings;
  }

  /** What the constructor was called with, as a saved model holds it. */
  config(): Record<string, unknown> {
    return savedSettings((this.constructor as unknown as { declaration: D }).declaration, this.#settings);
  }

  /** Its parts in the order in which they are applied. */
  get layers(): readonly Module[] {
    return [...this.children().values()];
  }

  override outputShape(...inputShapes: Shape[]): Shape {
    const [inputShape, ...others] = inputShapes.map((shape) => checkShape(typeOf(this), shape));
    return this.resultShape(inputShape, ...others);
  }

  /** The shape of the result for the inputs', all with the batch. @throws ShapeError for an input that does not fit */
  protected resultShape(inputShape: Shape, ..._others: Shape[]): Shape {
    return this.layers.reduce((shape, layer) => layer.outputShape(shape), inputShape);
  }

  override forward(x: Tensor, ..._others: Tensor[]): Tensor {
    checkArity(typeOf(this), arguments.length, 1);
    return this.layers.reduce((result, layer) => layer.forward(result), x);
  }
}
