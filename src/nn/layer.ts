import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import type { AnyDeclaration, SettingsOf } from "../options/declare.js";
import { argumentsOf, checkSettings, functionSettings, savedSettings } from "../options/settings.js";
import { checkShape, type Shape } from "../tensor/shape.js";
import { Module } from "./module.js";

/** A class of layers: what its constructor takes is declared. */
export interface LayerClass<D extends AnyDeclaration = AnyDeclaration> {
  new (...args: never[]): Layer<D>;
  /** The layer's type in saved models, its constructor's arguments and options. */
  readonly declaration: D;
  stateShapes(settings: SettingsOf<D>, inputShape: Shape): StateShapes;
}

/** Shapes of parameters and buffers by field; null where these settings leave one out. */
export type StateShapes = Readonly<Record<string, Shape | null>>;

/**
 * A layer of the library. Its class declares once what its constructor takes, as `static declaration`; from there come the checks,
 * the settings, what a saved model holds and how a layer is made of that again.
 */
export abstract class Layer<D extends AnyDeclaration = AnyDeclaration> extends Module {
  /** @internal each class has its own */
  static readonly declaration: AnyDeclaration;
  /**
   * @internal the shapes of what such a layer holds, before it is made: a file is held against them
   * @param _inputShape what a lazy layer is built for
   * @throws ShapeError for an input that the layer does not take
   */
  static stateShapes(_settings: never, _inputShape: Shape): StateShapes {
    return {};
  }

  /** Frozen: what the layer may change goes through `change`. */
  #settings: SettingsOf<D>;

  /**
   * @param given `arguments.length` of the constructor
   * @param args its arguments
   * @throws ArgumentError
   */
  constructor(given: number, ...args: unknown[]) {
    super();
    const { declaration } = new.target as unknown as LayerClass<D>;
    checkArity(declaration.op, given, args.length);
    this.#settings = Object.freeze(declaration.read(args)) as SettingsOf<D>;
  }

  /** The layer that `config()` tells of. @throws ArgumentError for a damaged config */
  static fromConfig<L extends Layer>(this: new (...args: never[]) => L, config: unknown): L {
    // biome-ignore-start lint/complexity/noThisInStatic: a class that inherits this makes its own layers
    const { declaration } = this as unknown as LayerClass;
    return new this(...(argumentsOf(declaration, config) as never[]));
    // biome-ignore-end lint/complexity/noThisInStatic: until here
  }

  /** @internal the shapes of what this layer holds when it is built for an input */
  stateShapesFor(inputShape: Shape): StateShapes {
    return (this.constructor as unknown as LayerClass<D>).stateShapes(this.#settings, inputShape);
  }

  /** The layer's type, which is its name in errors. */
  protected get op(): string {
    return this.#declaration.op;
  }

  /** What the constructor was called with, defaults filled in. */
  protected get settings(): SettingsOf<D> {
    return this.#settings;
  }

  /** Changes settings of a layer that is in use already. @throws ArgumentError */
  protected change(values: Partial<SettingsOf<D>>): void {
    checkSettings(this.#declaration, values);
    this.#settings = Object.freeze({ ...this.#settings, ...values }) as SettingsOf<D>;
  }

  /** @internal fit captures no layer that calls a user's function */
  get holdsFunction(): boolean {
    return functionSettings(this.#declaration, this.#settings).length > 0;
  }

  /** What the constructor was called with, as a saved model holds it. @throws ArgumentError for a function, which no file can hold */
  config(): Record<string, unknown> {
    const [name] = functionSettings(this.#declaration, this.#settings);
    if (name === undefined) return savedSettings(this.#declaration, this.#settings);
    const place = this.path === "" ? "" : ` of layer "${this.path}"`;
    throw new ArgumentError(
      message(
        this.#declaration.op,
        `${name}${place} is a function, which a saved model cannot hold`,
        "Write a Module of your own, and pass its class to loadModel as custom. saveWeights(path, model.stateDict()) saves the numbers.",
      ),
    );
  }

  override outputShape(inputShape: Shape, ...others: Shape[]): Shape {
    const { op } = this;
    const told = (): Shape => this.resultShape(checkShape(op, inputShape), ...others.map((shape) => checkShape(op, shape)));
    return this.hooks.computed?.describing(told) ?? told();
  }

  /** The shape of the result for the inputs', all with the batch. @throws ShapeError for an input that does not fit */
  protected resultShape(inputShape: Shape, ..._others: Shape[]): Shape {
    return inputShape;
  }

  get #declaration(): AnyDeclaration {
    return (this.constructor as unknown as LayerClass).declaration;
  }
}
