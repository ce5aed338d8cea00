import type { OptionOfCommand } from "./trainOptions.js";
import * as value from "./values.js";

/** The options of `lr-find`, beside the settings of a training. */
export const RATE_OPTIONS = {
  from: { takes: value.positive, about: "the first learning rate (default: 1e-7)" },
  to: { takes: value.positive, about: "the last one (default: 10)" },
  plot: { takes: value.picture, about: "draws the curve, too: a name that ends in .svg or .png" },
  sweep: { takes: value.number("n", { min: 2, whole: true }), about: "steps from the first to the last (default: 100)" },
} satisfies Record<string, OptionOfCommand<unknown>>;

/** What was given to `lr-find`. */
export type RateOptions = {
  readonly [K in keyof typeof RATE_OPTIONS]?: (typeof RATE_OPTIONS)[K] extends OptionOfCommand<infer T> ? T : never;
};
