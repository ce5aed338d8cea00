import type { Change } from "./change.js";

/**
 * Tells what changed in a value since it was looked at last, so that a page gets the points that are new and not the curves again. Arrays are
 * compared element by element, by identity: most only grow. One that was thinned out is told from where it differs.
 */
export class Mirror {
  #seen: unknown;

  /** The changes since the last call; the first call tells everything. */
  changes(value: unknown): Change[] {
    const changes: Change[] = [];
    this.#seen = compare(this.#seen, value, [], changes);
    return changes;
  }
}

/** @returns what to compare with the next time: arrays and objects are copied, for they grow where they are */
function compare(before: unknown, now: unknown, path: readonly string[], changes: Change[]): unknown {
  if (Array.isArray(now) && Array.isArray(before)) return compareArrays(before, now, path, changes);
  if (isRecord(now) && isRecord(before) && Object.keys(before).every((key) => key in now)) {
    return Object.fromEntries(Object.entries(now).map(([key, value]) => [key, compare(before[key], value, [...path, key], changes)]));
  }
  if (!Object.is(before, now)) changes.push({ path, value: now });
  return copied(now);
}

function compareArrays(
  before: readonly unknown[],
  now: readonly unknown[],
  path: readonly string[],
  changes: Change[],
): readonly unknown[] {
  let from = 0;
  while (from < before.length && from < now.length && Object.is(before[from], now[from])) from++;
  if (from === before.length && from === now.length) return before;
  changes.push({ path, from, items: now.slice(from) });
  return [...now];
}

function copied(value: unknown): unknown {
  if (Array.isArray(value)) return [...value];
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copied(part)]));
}

/** An object that is no array. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
