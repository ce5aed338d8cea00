import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { type Declared, declare, type OptionsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { learningRate } from "./options.js";

/** What every optimizer takes beside its own options. */
export const CLIPPING = declare("clipping", {
  /**
   * Limits every element of the gradients to [−clipValue, clipValue] as the update reads them. `grad` keeps the whole ones; to
   * see them limited, as after PyTorch's clip_grad_value_, call `clipGradValue` before step(). Default none.
   */
  clipValue: number({ above: 0, infinite: true, aka: ["gradientClipValue"] }),
  /** Scales each tensor's gradient so that its norm is at most this. Default none. */
  clipNorm: number({ above: 0, infinite: true }),
  /** Scales all gradients by one factor so that their common norm is at most this, as `clipGradNorm` does. Default none. */
  globalClipNorm: number({ above: 0, infinite: true, aka: ["maxNorm", "maxGradNorm", "gradientClipNorm"] }),
  /**
   * Scales the gradient of each unit, that is of each output, so that its norm is at most this times the norm of the unit's weights, as
   * `clipGradAdaptive` does: 0.01 for large batches. Default none.
   */
  adaptiveClip: number({ above: 0, aka: ["agc", "clipFactor", "clipping"] }),
});

/** At most one of the four ways to clip. */
export interface ClippingOptions extends OptionsOf<typeof CLIPPING> {}

/** Takes the ways to clip out of an optimizer's options. @throws ArgumentError for more than one */
export function takeClipping(op: string, settings: Record<string, unknown>): ClippingOptions {
  const clipping: Record<string, unknown> = {};
  for (const name of Object.keys(CLIPPING.options)) {
    if (settings[name] !== undefined) clipping[name] = settings[name];
    delete settings[name];
  }
  const given = Object.keys(clipping);
  if (given.length > 1) throw new ArgumentError(message(op, `${given.join(" and ")} are both set; expected at most one way to clip`));
  return clipping;
}

/** An optimizer's class, as far as its options go. */
export interface OptimizerClass {
  readonly type: string;
  readonly options: { readonly options: Declared };
}

const complete = new WeakMap<OptimizerClass, ReturnType<typeof completed>>();

/** An optimizer's declaration with what all optimizers take: for the optimizer as a whole, and for one of its groups. */
export function declarationsOf(optimizer: OptimizerClass): ReturnType<typeof completed> {
  let found = complete.get(optimizer);
  if (found === undefined) {
    found = completed(optimizer.type, optimizer.options.options);
    complete.set(optimizer, found);
  }
  return found;
}

function completed(op: string, own: Declared) {
  const standard = (own.learningRate?.default as number | undefined) ?? 0.01;
  // What Keras' older optimizers called decay is a schedule of the rate, except where it is an option.
  const rate = learningRate(standard, ...("decay" in own ? [] : ["decay"]));
  const group = { ...own, learningRate: rate };
  return { whole: declare<Declared>(op, { ...group, ...CLIPPING.options }), group: declare<Declared>(op, group) };
}
