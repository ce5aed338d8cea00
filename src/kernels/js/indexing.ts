import { views } from "../../memory/memory.js";
import type { NumberArray } from "../../memory/views.js";
import { Status } from "../generated/constants.js";
import type { GatherArgs, IndexAddArgs, IndexSelectArgs, ScatterAddArgs } from "../generated.js";
import { fail } from "../status.js";
import { elements } from "./movement.js";
import { put } from "./put.js";

/** out[o, k, :] = x[o, index[k], :] */
export function indexSelect(r: IndexSelectArgs, from: number, to: number, _v: NumberArray): void {
  const v = elements(r.size);
  for (let row = from; row < to; row++) {
    const o = Math.floor(row / r.count);
    const k = row % r.count;
    const at = views.i32[r.index / 4 + k];
    const out = r.out / r.size + row * r.inner;
    if (at >= 0 && at < r.axis) {
      const x = r.x / r.size + (o * r.axis + at) * r.inner;
      v.copyWithin(out, x, x + r.inner);
    } else {
      v.fill(0, out, out + r.inner);
      fail(Status.IndexOutOfRange, k);
    }
  }
}

/** out[o, index[k], :] += x[o, k, :] */
export function indexAdd(r: IndexAddArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let row = from; row < to; row++) {
    const o = Math.floor(row / r.axis);
    const out = r.out / size + row * r.inner;
    for (let k = 0; k < r.count; k++) {
      const at = views.i32[r.index / 4 + k];
      const x = r.x / size + (o * r.count + k) * r.inner;
      if (at < 0 || at >= r.axis) fail(Status.IndexOutOfRange, k);
      else if (at === row % r.axis) for (let i = 0; i < r.inner; i++) v[out + i] += v[x + i];
    }
  }
}

/** out[o, k, i] = x[o, index[o, k, i], i] */
export function gather(r: GatherArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  const bits = elements(size);
  for (let at = from * r.inner; at < to * r.inner; at++) {
    const o = Math.floor(at / (r.count * r.inner));
    const k = views.i32[r.index / 4 + at];
    const inside = k >= 0 && k < r.axis;
    bits[r.out / size + at] = inside ? bits[r.x / size + (o * r.axis + k) * r.inner + (at % r.inner)] : 0;
    if (!inside) fail(Status.IndexOutOfRange, at);
  }
}

/** out[o, index[o, k, i], i] += x[o, k, i] */
export function scatterAdd(r: ScatterAddArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  for (let column = from; column < to; column++) {
    const o = Math.floor(column / r.inner);
    const i = column % r.inner;
    for (let k = 0; k < r.count; k++) {
      const at = (o * r.count + k) * r.inner + i;
      const row = views.i32[r.index / 4 + at];
      const out = r.out / size + (o * r.axis + row) * r.inner + i;
      if (row >= 0 && row < r.axis) put(v, out, v[out] + v[r.x / size + at], out - r.out / size);
      else fail(Status.IndexOutOfRange, at);
    }
  }
}
