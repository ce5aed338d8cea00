import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { crc32 } from "../io/crc32.js";
import { COUNT, savedParts } from "../tensor/savedParts.js";
import type { SavedState } from "../tensor/savedState.js";
import { Callback } from "../train/callbacks.js";
import type { Fitted } from "./saved.js";

/**
 * Refuses to go on from a checkpoint of a training on other rows. Weights belong to the preprocessing that was learned with them; and rows that
 * are to test on would be among those that were trained on, where a table was divided otherwise.
 */
export class SameTable extends Callback {
  readonly #rows: number;
  readonly #learned: number;

  /** @param rows how many are trained on @param fitted what was learned of them before the network is trained */
  constructor(
    private readonly op: string,
    rows: number,
    { features, scaler }: Fitted,
  ) {
    super();
    this.#rows = rows;
    this.#learned = crc32(new TextEncoder().encode(JSON.stringify({ features, scaler })));
  }

  override stateDict(): SavedState {
    return { rows: this.#rows, learned: this.#learned };
  }

  override loadStateDict(state: SavedState): void {
    const { rows, learned } = savedParts(this.op, state, { rows: COUNT, learned: COUNT });
    if (rows === this.#rows && learned === this.#learned) return;
    const what = rows === this.#rows ? "other rows" : `${kindText(rows)} rows, of which there are ${kindText(this.#rows)} now`;
    const mend = "Resume with the table, its division and the columns of that training, or give another path to begin anew.";
    throw new ArgumentError(message(this.op, `the checkpoint is of a training on ${what}`, mend));
  }
}
