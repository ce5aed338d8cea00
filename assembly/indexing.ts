/**
 * Reading and adding at indices. A tensor is a view [outer, axis, inner] about the indexed axis. Indices are int32. An index outside
 * the axis is reported with its position and skipped. So are negative indices, which the caller has to normalise before.
 *
 * Ranges count outputs, never indices, so that one thread owns each output. Its terms are added in the order of the index.
 */
import { addRow, copyBytes } from "./movement";
import { Status, fail } from "./threads";

/** @cost 5 + 0.07 * inner * size @bytes 4 + 2 * inner * size */
@unmanaged
export class IndexSelectArgs {
  x: usize; // [outer, axis, inner]
  index: usize; // int32 [count]
  out: usize; // [outer, count, inner]
  axis: u32; // extent of the indexed axis
  count: u32; // number of indices
  inner: u32; // elements that an index selects
  size: u32; // bytes of an element: 4 (float32, int32) or 1 (uint8, bool); the twin also takes 8
}

/**
 * out[o, k, :] = x[o, index[k], :]. With outer = 1 this looks up rows of an embedding table. Range: rows of out, outer·count.
 * A row whose index is out of range becomes zeros.
 */
export function indexSelect(r: IndexSelectArgs, from: u32, to: u32): void {
  const bytes = <usize>r.inner * r.size;
  let out = r.out + bytes * from;
  for (let row = from; row < to; ++row, out += bytes) {
    const o = row / r.count;
    const k = row - o * r.count;
    const at = load<u32>(r.index + (<usize>k << 2)); // a negative index becomes a large unsigned number
    if (at < r.axis) {
      copyBytes(out, r.x + bytes * (o * r.axis + at), bytes);
    } else {
      memory.fill(out, 0, bytes);
      fail(Status.IndexOutOfRange, k);
    }
  }
}

/** @cost (1 + 0.3 * inner) * count / axis @bytes (4 + 12 * inner) * count / axis @even */
@unmanaged
export class IndexAddArgs {
  x: usize; // float32 [outer, count, inner]
  index: usize; // int32 [count]
  out: usize; // float32 [outer, axis, inner], added to
  axis: u32; // extent of the indexed axis
  count: u32; // number of indices
  inner: u32; // elements behind each index
}

/**
 * out[o, index[k], :] += x[o, k, :] for k = 0, 1, …: the gradient of indexSelect. Range: rows of out, outer·axis.
 * Each part of a range reads the whole index and adds what belongs to its rows. Reading costs a nanosecond an index.
 */
export function indexAdd(r: IndexAddArgs, from: u32, to: u32): void {
  const bytes = <usize>r.inner << 2;
  while (from < to) {
    const o = from / r.axis;
    const start = o * r.axis;
    const first = from - start;
    const end = min(r.axis, to - start);
    let x = r.x + bytes * (o * r.count);
    for (let k: u32 = 0; k < r.count; ++k, x += bytes) {
      const at = load<u32>(r.index + (<usize>k << 2));
      if (at - first < end - first) addRow(r.out + bytes * (start + at), x, bytes);
      else if (at >= r.axis) fail(Status.IndexOutOfRange, k);
    }
    from = start + end;
  }
}

/** @cost 5 + 1.5 * inner @bytes 12 * inner */
@unmanaged
export class GatherArgs {
  x: usize; // [outer, axis, inner], 4-byte elements
  index: usize; // int32 [outer, count, inner]
  out: usize; // [outer, count, inner]
  axis: u32; // extent of the indexed axis
  count: u32; // extent of that axis in index and out
  inner: u32; // elements behind the axis
}

/** out[o, k, i] = x[o, index[o, k, i], i], 0 where the index is out of range; range: rows of out, outer·count. @narrow */
export function gather(r: GatherArgs, from: u32, to: u32): void {
  let at = from * r.inner;
  for (let row = from; row < to; ++row) {
    const x = r.x + ((<usize>(row / r.count) * r.axis * r.inner) << 2);
    for (let i: u32 = 0; i < r.inner; ++i, ++at) {
      const k = load<u32>(r.index + (<usize>at << 2));
      let value: u32 = 0;
      if (k < r.axis) value = load<u32>(x + ((<usize>k * r.inner + i) << 2));
      else fail(Status.IndexOutOfRange, at);
      store<u32>(r.out + (<usize>at << 2), value);
    }
  }
}

/** @cost 2 * count @bytes 16 * count */
@unmanaged
export class ScatterAddArgs {
  x: usize; // float32 [outer, count, inner]
  index: usize; // int32 [outer, count, inner]
  out: usize; // float32 [outer, axis, inner], added to
  axis: u32; // extent of the indexed axis
  count: u32; // extent of that axis in index and x
  inner: u32; // elements behind the axis
}

/** out[o, index[o, k, i], i] += x[o, k, i] for k = 0, 1, …: the gradient of gather. Range: columns (o, i), outer·inner. @narrow */
export function scatterAdd(r: ScatterAddArgs, from: u32, to: u32): void {
  while (from < to) {
    const o = from / r.inner;
    const start = o * r.inner;
    const first = from - start;
    const end = min(r.inner, to - start);
    const out = r.out + ((<usize>start * r.axis) << 2);
    for (let k: u32 = 0; k < r.count; ++k) {
      for (let i = first; i < end; ++i) {
        const at = (o * r.count + k) * r.inner + i;
        const row = load<u32>(r.index + (<usize>at << 2));
        const to = out + ((<usize>row * r.inner + i) << 2);
        if (row < r.axis) store<f32>(to, load<f32>(to) + load<f32>(r.x + (<usize>at << 2)));
        else fail(Status.IndexOutOfRange, at);
      }
    }
    from = start + end;
  }
}
