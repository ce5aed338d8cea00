import type { SkippedRecords } from "./skipped.js";
import type { Walk } from "./walk.js";

/** A walk over items that is under way. A pull or skip that throws ends it: only `close` comes after. */
export interface Cursor<T> {
  /** The next items: at least one, at most `most`; null at the end, and ever after. No more are made than are asked for. */
  pull(most: number): Promise<readonly T[] | null>;
  /** Passes over items, without making them where that is possible. @returns how many: fewer than `count` only at the end */
  skip(count: number): Promise<number>;
  /** As `pull`, with functions that make the items: for those of which most are passed over. */
  defer?(most: number): Promise<readonly Deferred<T>[] | null>;
  /** Ends the walk, and closes what it has opened. It may come while a pull is waiting. */
  close(): Promise<void>;
}

/** Makes an item. */
export type Deferred<T> = () => T | Promise<T>;

/** What items come from: each walk over it is a cursor. */
export interface Source<T> {
  /** Begins a walk. Files and iterators are opened by the first pull or skip. */
  open(walk: Walk): Cursor<T>;
  /** Why it can be walked once only; null: it can be walked as often as wanted. */
  readonly oneShot: string | null;
  /** The reports of bad records here and above. */
  readonly skipped: readonly SkippedRecords[];
}

/** A source that is made of others. */
export function derived<T>(sources: readonly Source<unknown>[], open: (walk: Walk) => Cursor<T>): Source<T> {
  return {
    open,
    oneShot: sources.find(({ oneShot }) => oneShot !== null)?.oneShot ?? null,
    skipped: sources.flatMap(({ skipped }) => skipped),
  };
}

/** Items that may be passed over, as functions. */
export async function deferred<T>(cursor: Cursor<T>, most: number): Promise<readonly Deferred<T>[] | null> {
  if (cursor.defer !== undefined) return cursor.defer(most);
  return (await cursor.pull(most))?.map((item) => () => item) ?? null;
}

/** The items that a pull of those that are passed over asks for. */
const RUN = 256;

/** Passes over items by making them. @returns how many */
export async function skipByPulling(cursor: Pick<Cursor<unknown>, "pull">, count: number): Promise<number> {
  let done = 0;
  while (done < count) {
    const items = await cursor.pull(Math.min(RUN, count - done));
    if (items === null) break;
    done += items.length;
  }
  return done;
}
