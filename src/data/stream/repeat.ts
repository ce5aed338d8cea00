import { ArgumentError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { type Cursor, derived, type Source } from "./source.js";

/** The items `times` times, each time with random numbers of its own. */
export function repeated<T>(source: Source<T>, times: number): Source<T> {
  return derived([source], (walk) => {
    let round = 0;
    let found = false;
    let above: Cursor<T> | null = null;
    /** The cursor of this round. */
    const current = (): Cursor<T> => {
      above ??= source.open(walk.part(`round ${round}`));
      return above;
    };
    /** Ends a round. @returns whether another follows */
    const next = async (): Promise<boolean> => {
      await above?.close();
      above = null;
      if (!found) round = times;
      else round++;
      found = false;
      if (round < times && source.oneShot !== null) throw new ArgumentError(message("repeat", source.oneShot));
      return round < times;
    };
    return {
      async pull(most) {
        while (round < times) {
          const items = await current().pull(most);
          if (items !== null) {
            found = true;
            return items;
          }
          if (!(await next())) break;
        }
        return null;
      },
      async skip(count) {
        let done = 0;
        while (round < times) {
          const passed = await current().skip(count - done);
          if (passed > 0) found = true;
          done += passed;
          if (done === count || !(await next())) break;
        }
        return done;
      },
      async close() {
        // A pull that waits begins no other round.
        round = times;
        await above?.close();
      },
    };
  });
}
