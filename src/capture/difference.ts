import type { Call, Reference } from "./calls.js";
import type { StepRecorder } from "./stepRecorder.js";

/**
 * The first difference between two recordings of a step, in words; null if replaying one does what the other recorded. Addresses are
 * compared by what they mean: intermediate results by their order, data by their elements.
 */
export function difference(a: StepRecorder, b: StepRecorder): string | null {
  const n = Math.min(a.calls.length, b.calls.length);
  const order = new Map([...a.intermediates.entries(), ...b.intermediates.entries()].map(([i, block]) => [block, i]));
  for (let i = 0; i < n; i++) {
    const found = callDifference(a.calls[i], b.calls[i], (x, y) => sameReference(a, b, order, x, y));
    if (found !== null) return `call ${i + 1}, ${found}`;
  }
  if (a.calls.length !== b.calls.length) {
    const longer = a.calls.length > b.calls.length ? a : b;
    return `one time it made ${a.calls.length} calls of kernels, the next time ${b.calls.length}; the first that is too many is "${longer.calls[n].kernel.name}"`;
  }
  return null;
}

type Same = (x: Reference, y: Reference) => boolean;

function callDifference(a: Call, b: Call, same: Same): string | null {
  const { name } = a.kernel;
  const { pointers, doubles } = a.kernel.record;
  if (a.kernel !== b.kernel) return `was "${name}" and then "${b.kernel.name}"`;
  if (a.from !== b.from || a.to !== b.to) return `"${name}", ran over ${a.to - a.from} and then over ${b.to - b.from} elements`;
  const fields = new Set(Object.values(pointers).map((field) => field >>> 2));
  for (let word = 0; word < a.record.length; word++) {
    if (fields.has(word) || a.record[word] === b.record[word]) continue;
    const double = doubles.find((field) => field >>> 3 === word >>> 1);
    const [was, is] = [a, b].map(({ record }) => (double === undefined ? numberAt(record, word) : doubleAt(record, double)));
    return `"${name}", was given another number: ${was} and then ${is}`;
  }
  for (const [i, x] of a.references.entries()) {
    const y = b.references[i];
    if (x === null || y === null ? x !== y : !same(x, y)) return `"${name}", was given another "${(x ?? y)?.name}"`;
  }
  return null;
}

/** The number that a word of a record most likely is. */
function numberAt(record: Uint32Array, word: number): number {
  const whole = record[word];
  return whole < 1e6 ? whole : new Float32Array(record.buffer, record.byteOffset + 4 * word, 1)[0];
}

function doubleAt(record: Uint32Array, offset: number): number {
  return new DataView(record.buffer, record.byteOffset).getFloat64(offset, true);
}

function sameReference(a: StepRecorder, b: StepRecorder, order: ReadonlyMap<object, number>, x: Reference, y: Reference): boolean {
  if (x.block.kind !== y.block.kind || x.offset !== y.offset || x.block.bytes !== y.block.bytes) return false;
  if (x.block.kind === "intermediate") return order.get(x.block) === order.get(y.block);
  if (x.block.at === y.block.at) return true;
  if (x.block.kind === "fixed") return isCell(a, b, x, y);
  const [p, q] = [a, b].map(({ kept }, i) => kept.constants.find(({ at }) => at === [x, y][i].block.at)?.host);
  return p != null && q != null && sameElements(p, q);
}

/** Each recording has its own cells. Two are the same if they were made in the same order. */
function isCell(a: StepRecorder, b: StepRecorder, x: Reference, y: Reference): boolean {
  const i = a.kept.cells.indexOf(x.block);
  return i >= 0 && b.kept.cells.indexOf(y.block) === i;
}

/** Whether two lists hold the same elements, bit by bit but for NaNs. */
export function sameElements(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return false;
  return true;
}
