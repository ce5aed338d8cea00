import { defineOp } from "../graph/define.js";
import type { BackwardPass } from "../graph/pass.js";
import { Activation } from "../kernels/generated/constants.js";
import type { DType } from "../memory/views.js";
import { type AnyDeclaration, declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { checkTensor, checkTensorArity, describeCall } from "../tensor/check.js";
import { Tensor } from "../tensor/tensor.js";
import { floating } from "./operands.js";

/** What layers know of an activation, as properties of its function. A composed one without parameters may leave all of it out. */
export interface ActivationTraits<S = never> {
  /** Other libraries' words for it. */
  readonly aka?: readonly string[];
  /** The initializer for the weights in front of it, by its paper. Default: Glorot's. */
  readonly initializer?: "heNormal" | "lecunNormal";
  /** Its parameters. */
  readonly declaration?: AnyDeclaration;
  /** Calls it with all its settings. */
  readonly withSettings?: (x: Tensor, settings: S) => Tensor;
  /** The form that operations apply to their own results; null where these settings allow none. */
  readonly fused?: (settings: S) => Fused | null;
  /** Whether the result has another shape than x. Only a layer of its own can then apply it. */
  readonly reshapes?: true;
  /** Whether its result can be 0 for whatever a unit sees, and lets no gradient through then. */
  readonly dies?: true;
  /** The two numbers between which its result stays, where its derivative vanishes near both. */
  readonly asymptotes?: readonly [number, number];
}

/** How an activation is computed. Kernels run over n elements of one type; what they read and write may be the same addresses. */
interface Rule<S> extends Pick<ActivationTraits, "aka" | "initializer" | "dies" | "asymptotes"> {
  /** out = act(x) */
  readonly forward: (x: number, out: number, n: number, dtype: DType, settings: S) => void;
  /** What act′ is computed from: the operand or the result. */
  readonly saves: "x" | "out";
  /** out = g · act′ */
  readonly gradient: (g: number, saved: number, out: number, n: number, dtype: DType, settings: S) => void;
  /** The gradient of g · act′ with respect to what is saved, given its own gradient gg. Absent: act′ is piecewise constant. */
  readonly curvature?: (gg: Tensor, g: Tensor, saved: Tensor, settings: S) => Tensor;
  /** Whether the result alone tells act′, so that what it was computed from need not be kept. Default: where `saves` is "out". */
  readonly fuses?: (settings: S) => boolean;
  /** The code by which kernels apply it while they write. Default: none does. */
  readonly act?: number;
  /** Is told the result of each call and the operand, which has a floating type. @returns the result */
  readonly note?: (result: Tensor, x: Tensor) => Tensor;
}

/** A rule, and settings that its declaration has read: the types of the parameters matter only where an activation is declared. */
type AnyRule = Rule<never>;
type Settings = object;

/**
 * Makes an activation out of its kernels: a function of a tensor and options that can be differentiated twice, fused, and found by
 * name. Operand: any floating type; integers become float32.
 * @param declaration its name and parameters
 */
export function activation<D extends AnyDeclaration>(
  declaration: D,
  rule: Rule<SettingsOf<D>>,
): (x: Tensor, options?: OptionsOf<D>) => Tensor {
  const { op: name } = declaration;
  const { saves, fuses = () => saves === "out", note, aka, initializer, dies, asymptotes } = rule;
  const derivative = derivativeOf(name, rule as AnyRule);
  const operation = operationOf(name, rule as AnyRule, derivative);
  const fused = (settings: SettingsOf<D>): Fused | null => (fuses(settings) ? new Fused(rule as AnyRule, derivative, settings) : null);
  const compute = note === undefined ? operation : (x: Tensor, settings: Settings) => note(operation(x, settings), x);
  return composed(declaration, compute, { aka, initializer, fused, dies, asymptotes });
}

/**
 * Makes an activation out of operations, with the checks of the others. Its derivatives are those of the operations.
 * @param compute of a tensor of floating type and the settings
 */
export function composed<D extends AnyDeclaration>(
  declaration: D,
  compute: (x: Tensor, settings: SettingsOf<D>) => Tensor,
  traits: Omit<ActivationTraits<SettingsOf<D>>, "declaration" | "withSettings"> = {},
): (x: Tensor, options?: OptionsOf<D>) => Tensor {
  const { op: name } = declaration;
  const most = Object.keys(declaration.options).length > 0 ? 2 : 1;
  const withSettings = (x: Tensor, settings: SettingsOf<D>): Tensor => {
    checkTensor(name, "x", x);
    return compute(floating(x), settings);
  };
  const activate = function (x: Tensor, options?: OptionsOf<D>): Tensor {
    checkTensorArity(name, arguments.length, most);
    if (!(x instanceof Tensor)) return describeCall(name, "x", x, [x, options]);
    return withSettings(x, declaration.readOptions(options) as SettingsOf<D>);
  };
  const own: ActivationTraits<SettingsOf<D>> = { ...traits, declaration, withSettings };
  return Object.assign(activate, own);
}

/** An activation along an axis, which calls give behind x and layers by name. Default: the last. */
export function alongAxis(
  name: string,
  compute: (x: Tensor, axis: number) => Tensor,
  { reshapes }: Pick<ActivationTraits, "reshapes"> = {},
): (x: Tensor, axis?: number) => Tensor {
  const activate = function (x: Tensor, axis = -1): Tensor {
    checkTensorArity(name, arguments.length, 2);
    if (!(x instanceof Tensor)) return describeCall(name, "x", x, [x, axis]);
    return compute(x, axis);
  };
  const traits: ActivationTraits<{ axis: number }> = {
    declaration: declare(name, { axis: number({ default: -1, whole: true, aka: ["dim"] }) }),
    withSettings: (x, { axis }) => compute(x, axis),
    reshapes,
  };
  return Object.assign(activate, traits);
}

function operationOf(name: string, { forward, saves }: AnyRule, derivative: Derivative): (x: Tensor, settings: Settings) => Tensor {
  return defineOp({
    name,
    inputs: ["x"],
    save: [saves],
    shape: ({ x }) => x.shape,
    forward: ({ x, out }, settings: Settings) => forward(x.at, out.at, out.size, out.dtype, settings as never),
    grad: { x: (g, saved, settings) => derivative(g, saved[saves] as Tensor, settings) },
  });
}

/** g · act′ as an operation, of g and what act′ is computed from. */
type Derivative = (g: Tensor, saved: Tensor, settings: Settings) => Tensor;

function derivativeOf(name: string, { gradient, curvature }: AnyRule): Derivative {
  const derivative: Derivative = defineOp({
    name: `${name}Grad`,
    inputs: ["g", "saved"],
    save: ["g", "saved"],
    shape: ({ g }) => g.shape,
    forward: ({ g, saved, out }, settings: Settings) => gradient(g.at, saved.at, out.at, out.size, out.dtype, settings as never),
    grad: {
      g: (gg, { saved }, settings) => derivative(gg, saved, settings),
      saved: curvature && ((gg, { g, saved }, settings) => curvature(gg, g, saved, settings as never)),
    },
  });
  return derivative;
}

/**
 * An activation with its settings, which an operation applies to its own result: its kernels are told `act`, its forward calls
 * `finish`, its backward `back` and its gradient formulas `derivative`.
 */
export class Fused {
  readonly #apply: (at: number, n: number, dtype: DType) => void;
  readonly #gradient: (g: number, y: number, out: number, n: number, dtype: DType) => void;
  /** g · act′ as an operation, told by the activation's result y. */
  readonly derivative: (g: Tensor, y: Tensor) => Tensor;
  /** What kernels are told that apply activations while they write. */
  readonly act: number;

  constructor(rule: AnyRule, derivative: Derivative, settings: Settings) {
    const own = settings as never;
    this.#apply = (at, n, dtype) => rule.forward(at, at, n, dtype, own);
    this.#gradient = (g, y, out, n, dtype) => rule.gradient(g, y, out, n, dtype, own);
    this.derivative = (g, y) => derivative(g, y, settings);
    this.act = rule.act ?? Activation.None;
  }

  /** Applies the activation in place to what a kernel wrote, unless that kernel did. */
  finish(out: Tensor): void {
    if (this.act === Activation.None) this.#apply(out.at, out.size, out.dtype);
  }

  /** g · act′, in the place of g unless something else still reads it. */
  back(pass: BackwardPass<never>, out: Tensor): Tensor {
    const d = pass.spent();
    this.#gradient(pass.g.at, out.at, d.at, d.size, d.dtype);
    return d;
  }
}
