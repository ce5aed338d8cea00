import type { OptionOfCommand } from "./trainOptions.js";
import * as value from "./values.js";

/** The options of `search`, beside the settings of a training. */
export const SEARCH_OPTIONS = {
  method: {
    takes: value.oneOf("name", ["random", "grid", "halving"]),
    about:
      "random, grid: all combinations, halving: many for few epochs, the best third of them for three times as many … (default: random)",
  },
  trials: { takes: value.count, about: "of random and halving: how many are drawn (default: 20, of halving 27)" },
  figure: { takes: value.text("name"), about: "what is compared, of the last epoch (default: valLoss)" },
  maximize: { takes: value.flag, about: "more of it is better, such as of valAccuracy" },
  prune: { takes: value.flag, about: "ends trials that are worse than the median of earlier ones" },
  workers: { takes: value.count, about: "trials at once (default: as many as there are cores)" },
  log: { takes: value.text("file"), about: "trials as JSON, one a line (default: <data>.trials.jsonl)" },
  best: { takes: value.text("file"), about: "where the best settings go, for train --config (default: <data>.best.json)" },
} satisfies Record<string, OptionOfCommand<unknown>>;

type ValueOf<O> = O extends OptionOfCommand<infer T> ? T : never;

/** What was given to `search`. */
export type SearchOptions = { readonly [K in keyof typeof SEARCH_OPTIONS]?: ValueOf<(typeof SEARCH_OPTIONS)[K]> };
