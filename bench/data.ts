/** The data of rows: blocks of linear memory that live as long as their row is measured. */
import { allocate, release } from "../src/memory/heap.js";
import { views } from "../src/memory/memory.js";
import type { Row } from "./harness.js";

/** The elementwise yardstick: 1,048,576 floats, a matrix of SIDE × SIDE. */
export const SIDE = 1024;
export const N = SIDE * SIDE;

const held: { at: number; bytes: number }[] = [];
const normals = normal(N);

/** A block of n floats, always the same and roughly normal. With a `least` of 0 or more, element x becomes least + |x|. */
export function floats(n: number, least = Number.NEGATIVE_INFINITY): number {
  const at = block(4 * n);
  for (let i = 0; i < n; i += N) views.f32.set(normals.subarray(0, Math.min(N, n - i)), at / 4 + i);
  if (least >= 0) for (let i = at / 4; i < at / 4 + n; i++) views.f32[i] = least + Math.abs(views.f32[i]);
  return at;
}

/** A block of n int32 from 0 … bound − 1, unordered. */
export function indices(n: number, bound: number): number {
  const at = block(4 * n);
  for (let i = 0; i < n; i++) views.i32[at / 4 + i] = (Math.imul(i, 0x9e3779b1) >>> 1) % bound;
  return at;
}

/** A block of given int32. */
export function integers(values: readonly number[]): number {
  const at = block(4 * values.length);
  views.i32.set(values, at / 4);
  return at;
}

/** A cell of float64 values. */
export function cell(...values: number[]): number {
  const at = block(8 * values.length);
  views.f64.set(values, at / 8);
  return at;
}

function block(bytes: number): number {
  const at = allocate(bytes);
  held.push({ at, bytes });
  return at;
}

/** Gives back all blocks but the first `kept`. @returns the number of blocks that are left */
export function releaseBlocks(kept = held.length): number {
  for (const { at, bytes } of held.splice(kept)) release(at, bytes);
  return held.length;
}

/** Rows of kernels out = f(x) over 1 M floats. The fields of `more` are written into every record. */
export function maps(
  group: string,
  list: Record<string, Kernel>,
  { targets = {}, least }: { targets?: Record<string, number>; least?: number } = {},
): Row[] {
  return Object.entries(list).map(([name, kernel]) => ({
    group,
    name,
    bytes: 8 * N,
    targetMs: targets[name],
    setup: () => {
      const args = { x: floats(N, least), out: floats(N) };
      return () => kernel(args, 0, N);
    },
  }));
}
type Kernel = (args: { x: number; out: number }, from: number, to: number) => void;

/** Rows of gradients out = g · f′ over 1 M floats. */
export function gradients(group: string, list: Record<string, GradientKernel>): Row[] {
  return Object.entries(list).map(([name, kernel]) => ({
    group,
    name,
    bytes: 12 * N,
    setup: () => {
      const args = { g: floats(N), saved: floats(N), out: floats(N) };
      return () => kernel(args, 0, N);
    },
  }));
}
type GradientKernel = (args: { g: number; saved: number; out: number }, from: number, to: number) => void;

/** Sums of three uniforms from a linear congruential generator, with variance 1. */
function normal(n: number): Float32Array {
  let state = 1;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return Float32Array.from({ length: n }, () => 2 * (next() + next() + next()) - 3);
}
