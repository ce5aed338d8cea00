/**
 * Ordering the last axis. Floats are compared as unsigned keys. The key of a positive number is its bits with the sign bit set, that
 * of a negative number its bits inverted. Both zeros share a key, and so do all NaN, which are the greatest, as in PyTorch:
 *
 *   −∞        −1        ±0        1         +∞        NaN
 *   007fffff  407fffff  80000000  bf800000  ff800000  ffffffff      (inverted for descending order)
 *
 * Equal keys keep the order of their positions.
 */
import { scratch } from "./threads";

@inline const SIGN: u32 = 0x80000000;
@inline const INFINITY: u32 = 0x7f800000;

/** Rows up to this length are sorted by insertion, without scratch: the histograms of a radix sort cost as much as 32²/4 comparisons. @host */
@inline const SHORT_ROW: u32 = 32;

/** @cost 20 + 15 * n */
@unmanaged
export class SortArgs {
  x: usize; // float32 [rows, n]
  values: usize; // float32 [rows, n], sorted
  indices: usize; // int32 [rows, n], where each value stood in x
  scratch: usize; // [rows, 2, n] 4-byte words; unused (0) where n ≤ 32
  n: u32; // length of a row
  descending: u32; // 1: greatest first
}

/** Sorts each row, stably; range: rows. @narrow */
export function sortRows(r: SortArgs, from: u32, to: u32): void {
  const bytes = <usize>r.n << 2;
  const invert: u32 = r.descending ? -1 : 0;
  for (let row = from; row < to; ++row) {
    const x = r.x + bytes * row;
    const keys = r.values + bytes * row;
    const indices = r.indices + bytes * row;
    if (r.n <= SHORT_ROW) insertionSort(x, keys, indices, bytes, invert);
    else radixSort(x, keys, indices, r.scratch + bytes * row * 2, bytes, invert);
    for (let i: usize = 0; i < bytes; i += 4) store<u32>(keys + i, load<u32>(x + (load<usize>(indices + i) << 2)));
  }
}

@inline
function keyOf(bits: u32, invert: u32): u32 {
  const magnitude = bits & ~SIGN;
  let key = bits & SIGN ? ~bits : bits | SIGN;
  if (magnitude == 0) key = SIGN;
  if (magnitude > INFINITY) key = -1;
  return key ^ invert;
}

function insertionSort(x: usize, keys: usize, indices: usize, bytes: usize, invert: u32): void {
  for (let i: usize = 0; i < bytes; i += 4) {
    const key = keyOf(load<u32>(x + i), invert);
    let hole = i;
    for (; hole != 0 && load<u32>(keys + hole - 4) > key; hole -= 4) {
      store<u32>(keys + hole, load<u32>(keys + hole - 4));
      store<u32>(indices + hole, load<u32>(indices + hole - 4));
    }
    store<u32>(keys + hole, key);
    store<u32>(indices + hole, <u32>i >> 2);
  }
}

/** Radix sort in four passes, least significant byte first. Passes go from (keys, indices) to the pair at `other` and back, twice. */
function radixSort(x: usize, keys: usize, indices: usize, other: usize, bytes: usize, invert: u32): void {
  const counts = scratch(); // u32 [4, 256]: how often each byte has each value, then where its next key goes
  memory.fill(counts, 0, 4096);
  for (let i: usize = 0; i < bytes; i += 4) {
    const key = keyOf(load<u32>(x + i), invert);
    store<u32>(keys + i, key);
    store<u32>(indices + i, <u32>i >> 2);
    for (let pass: u32 = 0; pass < 4; ++pass) {
      const count = slot(counts, pass, key);
      store<u32>(count, load<u32>(count) + 1);
    }
  }
  let otherKeys = other;
  let otherIndices = other + bytes;
  for (let pass: u32 = 0; pass < 4; ++pass) {
    let next: u32 = 0;
    for (let value: u32 = 0; value < 256; ++value) {
      const count = counts + (((pass << 8) | value) << 2);
      const n = load<u32>(count);
      store<u32>(count, next);
      next += n << 2;
    }
    for (let i: usize = 0; i < bytes; i += 4) {
      const key = load<u32>(keys + i);
      const count = slot(counts, pass, key);
      const at = load<usize>(count);
      store<usize>(count, at + 4);
      store<u32>(otherKeys + at, key);
      store<u32>(otherIndices + at, load<u32>(indices + i));
    }
    const k = keys, i = indices;
    keys = otherKeys;
    indices = otherIndices;
    otherKeys = k;
    otherIndices = i;
  }
}

@inline
function slot(counts: usize, pass: u32, key: u32): usize {
  return counts + (((pass << 8) | ((key >> (pass << 3)) & 255)) << 2);
}

/** @cost 20 + 2 * n */
@unmanaged
export class TopkArgs {
  x: usize; // float32 [rows, n]
  values: usize; // float32 [rows, k], best first
  indices: usize; // int32 [rows, k], where each value stood in x; of equals the first
  n: u32; // length of a row
  k: u32; // how many to keep, 1 … n
  largest: u32; // 1: the greatest, 0: the least
}

/**
 * The k greatest (or least) elements of each row, in order. A heap holds the best so far, with the worst of them at its root. Range: rows.
 * @narrow
 */
export function topk(r: TopkArgs, from: u32, to: u32): void {
  const invert: u32 = r.largest ? -1 : 0;
  for (let row = from; row < to; ++row) {
    const x = r.x + ((<usize>row * r.n) << 2);
    const keys = r.values + ((<usize>row * r.k) << 2);
    const indices = r.indices + ((<usize>row * r.k) << 2);
    for (let i: u32 = 0; i < r.k; ++i) put(keys, indices, i, pair(keyOf(load<u32>(x + (<usize>i << 2)), invert), i));
    for (let i = r.k >> 1; i-- > 0; ) sink(keys, indices, i, r.k, at(keys, indices, i));
    for (let i = r.k; i < r.n; ++i) {
      const key = keyOf(load<u32>(x + (<usize>i << 2)), invert);
      if (key < load<u32>(keys)) sink(keys, indices, 0, r.k, pair(key, i));
    }
    // Empties the heap from its root: the worst element goes to the last place, the next to the place before it, …
    for (let end = r.k - 1; end > 0; --end) {
      const last = at(keys, indices, end);
      put(keys, indices, end, at(keys, indices, 0));
      sink(keys, indices, 0, end, last);
    }
    for (let i: usize = 0, bytes = <usize>r.k << 2; i < bytes; i += 4) store<u32>(keys + i, load<u32>(x + (load<usize>(indices + i) << 2)));
  }
}

/** Key (upper half) and index in one word. So no two words are equal, and of equal keys that with the smaller index is the better. */
@inline
function pair(key: u32, index: u32): u64 {
  return (<u64>key << 32) | index;
}

@inline
function at(keys: usize, indices: usize, i: u32): u64 {
  return pair(load<u32>(keys + (<usize>i << 2)), load<u32>(indices + (<usize>i << 2)));
}

@inline
function put(keys: usize, indices: usize, i: u32, value: u64): void {
  store<u32>(keys + (<usize>i << 2), <u32>(value >> 32));
  store<u32>(indices + (<usize>i << 2), <u32>value);
}

/** Puts a pair into a max-heap of n pairs, at node i or below it. The children of node i must be heaps already. */
function sink(keys: usize, indices: usize, i: u32, n: u32, value: u64): void {
  for (let child: u32 = 2 * i + 1; child < n; child = 2 * i + 1) {
    if (child + 1 < n && at(keys, indices, child + 1) > at(keys, indices, child)) ++child;
    const greater = at(keys, indices, child);
    if (greater <= value) break;
    put(keys, indices, i, greater);
    i = child;
  }
  put(keys, indices, i, value);
}
