import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { orNull, type Part, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { Callback } from "../train/callbacks.js";
import { flagOf } from "./trainOptions.js";

type Value = number | string;
const VALUE: Part<Value> = ["a number or a text", (value): value is Value => typeof value === "number" || typeof value === "string"];

/** Refuses to go on from a checkpoint of a training with another seed or share to test on: its rows to test on were others. */
export class SameSplit extends Callback {
  constructor(private readonly now: { readonly seed: Value; readonly test?: Value }) {
    super();
  }

  override stateDict(): SavedState {
    return { seed: this.now.seed, test: this.now.test ?? null };
  }

  override loadStateDict(state: SavedState): void {
    const before = savedParts("train", state, { seed: VALUE, test: orNull(VALUE) });
    for (const name of ["seed", "test"] as const) {
      const [was, is] = [before[name] ?? "not given", this.now[name] ?? "not given"];
      if (was === is) continue;
      const mend = "Go on with the same, or begin anew without --resume.";
      throw new ArgumentError(
        message("train", `the checkpoint is of a training whose ${flagOf(name)} was ${was}, and it is ${is} now`, mend),
      );
    }
  }
}
