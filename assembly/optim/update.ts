/**
 * What the kernels of all optimizers share. An optimizer is a functor F over vectors, inlined: how each of its states and then the
 * parameter follow from the gradient. The loop loads, limits and scales the gradient, adds the coupled weight decay, asks F, and stores
 * when everything is computed.
 *
 *     has(n)                             whether it has state n = 1, 2, 3
 *     prepare(cell)                      sets the constants of the functions below: forState1(x, y, z), …, forParameter(w, x, y, z)
 *     state1(g, a, x, y, z)              state 1 from itself; state2(g, a, b, …) and state3(g, a, b, c, …) see the new ones before them
 *     parameter(p, g, a, b, c, w, x, y, z)   the parameter from itself and the new states
 *
 * A functor that needs more of the old states says has(0), and is asked first for
 *
 *     before(p, g, a, b, c, w, x, y, z)  what follows from the parameter and the old states: the functions above find it in place of z
 *
 * Parameters, gradients and states stand at equal offsets of sister chunks, so that one call takes many tensors. Range: elements.
 */
import { madd } from "../simd";
import { scratch } from "../threads";

/**
 * What a step needs to know of tensors that share their options and their age: the hyper-parameters, and what changes from step to
 * step. It stands in memory, so that a replay of the call reads the numbers of its own step. Behind it stands the optimizer's own part.
 * @host
 */
@unmanaged
export class Cell {
  learningRate: f64;
  gradientFactor: f64; // 1, or less where the norm of the gradients is clipped
  clipValue: f64; // each element of the gradient is limited to ± this; Infinity = not at all
  weightDecay: f64; // λ, added to the gradient as λp
  maximize: f64; // 1 = climb, 0 = descend
  step: f64; // the number of this update, 1, 2, …
  biasCorrection1: f64; // 1 − β₁ᵗ
  biasCorrection2: f64; // 1 − β₂ᵗ
}

/** What an optimizer updates. */
@unmanaged
export class UpdateArgs {
  p: usize; // [n], parameters, updated
  g: usize; // [n], gradients
  state1: usize; // [n], updated; 0 for none
  state2: usize; // [n], updated; 0 for none
  state3: usize; // [n], updated; 0 for none
  cell: usize; // Cell and the optimizer's own part
}

/** The optimizer's own part of the cell. */
@inline
export function own<C>(cell: Cell): C { return changetype<C>(changetype<usize>(cell) + offsetof<Cell>()); }

/** Says of a functor's variant at compile time that it has a term. */
@unmanaged @final
export class With { @inline is(): bool { return true; } }

/** Says that it has not. */
@unmanaged @final
export class Without { @inline is(): bool { return false; } }

/** Updates the elements of a range. */
export function update<F>(r: UpdateArgs, from: u32, to: u32): void {
  const cell = changetype<Cell>(r.cell);
  put(At.gradient, cell.maximize != 0 ? -cell.gradientFactor : cell.gradientFactor);
  put3(At.gradient + 1, cell.clipValue, -cell.clipValue, cell.weightDecay);
  changetype<F>(0).prepare(cell);
  const start = <usize>from << 2, left = (<usize>(to - from) << 2) & 31, end = (<usize>to << 2) - left;
  pairs<F>(r.p, r.g, r.state1, r.state2, r.state3, start, end);
  if (left == 0) return;
  const rest = scratch() + REST_AT;
  takeRest(r, end, left);
  pairs<F>(rest, rest + 32, rest + 64, rest + 96, rest + 128, 0, 32);
  giveRest(r, end, left);
}

/** Copies what is left of a range to the scratch, zeros behind it, so that it goes through the same arithmetic. */
function takeRest(r: UpdateArgs, at: usize, bytes: usize): void {
  const rest = scratch() + REST_AT;
  for (let i: usize = 0; i < 160; i += 16) v128.store(rest + i, i32x4.splat(0));
  copyWords(r.p + at, rest, bytes);
  copyWords(r.g + at, rest + 32, bytes);
  if (r.state1 != 0) copyWords(r.state1 + at, rest + 64, bytes);
  if (r.state2 != 0) copyWords(r.state2 + at, rest + 96, bytes);
  if (r.state3 != 0) copyWords(r.state3 + at, rest + 128, bytes);
}

/** Copies it back. */
function giveRest(r: UpdateArgs, at: usize, bytes: usize): void {
  const rest = scratch() + REST_AT;
  copyWords(rest, r.p + at, bytes);
  if (r.state1 != 0) copyWords(rest + 64, r.state1 + at, bytes);
  if (r.state2 != 0) copyWords(rest + 96, r.state2 + at, bytes);
  if (r.state3 != 0) copyWords(rest + 128, r.state3 + at, bytes);
}

function copyWords(from: usize, to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 4) store<u32>(to + i, load<u32>(from + i));
}

/**
 * Updates two vectors at a time. Both are computed before either is stored, in one block: so that an engine may do the two in one wide
 * instruction.
 */
function pairs<F>(ps: usize, gs: usize, as: usize, bs: usize, cs: usize, from: usize, to: usize): void {
  const f = changetype<F>(0);
  const factor = constant(At.gradient), most = constant(At.gradient + 1), least = constant(At.gradient + 2), decay = constant(At.gradient + 3);
  const x1 = constant(At.state1), y1 = constant(At.state1 + 1), z1 = constant(At.state1 + 2);
  const x2 = constant(At.state2), y2 = constant(At.state2 + 1), z2 = constant(At.state2 + 2);
  const x3 = constant(At.state3), y3 = constant(At.state3 + 1), z3 = constant(At.state3 + 2);
  const w = constant(At.parameter), x = constant(At.parameter + 1), y = constant(At.parameter + 2), z = constant(At.parameter + 3);
  let w0 = w, x0 = x, y0 = y, z0 = z;
  if (f.has(0)) w0 = constant(At.before), x0 = constant(At.before + 1), y0 = constant(At.before + 2), z0 = constant(At.before + 3);
  for (let i = from; i < to; i += 32) {
    const p = v128.load(ps + i), q = v128.load(ps + i, 16);
    const g = gradient(v128.load(gs + i), p, factor, most, least, decay);
    const h = gradient(v128.load(gs + i, 16), q, factor, most, least, decay);
    let a = g, b = g, c = g, d = h, e = h, j = h;
    if (f.has(1)) a = v128.load(as + i), d = v128.load(as + i, 16);
    if (f.has(2)) b = v128.load(bs + i), e = v128.load(bs + i, 16);
    if (f.has(3)) c = v128.load(cs + i), j = v128.load(cs + i, 16);
    let k = g, l = h;
    if (f.has(0)) k = f.before(p, g, a, b, c, w0, x0, y0, z0), l = f.before(q, h, d, e, j, w0, x0, y0, z0);
    if (f.has(1)) a = f.state1(g, a, x1, y1, last<F>(k, z1)), d = f.state1(h, d, x1, y1, last<F>(l, z1));
    if (f.has(2)) b = f.state2(g, a, b, x2, y2, last<F>(k, z2)), e = f.state2(h, d, e, x2, y2, last<F>(l, z2));
    if (f.has(3)) c = f.state3(g, a, b, c, x3, y3, last<F>(k, z3)), j = f.state3(h, d, e, j, x3, y3, last<F>(l, z3));
    const next = f.parameter(p, g, a, b, c, w, x, y, last<F>(k, z)), after = f.parameter(q, h, d, e, j, w, x, y, last<F>(l, z));
    if (f.has(1)) v128.store(as + i, a), v128.store(as + i, d, 16);
    if (f.has(2)) v128.store(bs + i, b), v128.store(bs + i, e, 16);
    if (f.has(3)) v128.store(cs + i, c), v128.store(cs + i, j, 16);
    v128.store(ps + i, next), v128.store(ps + i, after, 16);
  }
}

/** The last argument of a function of F. */
@inline
function last<F>(before: v128, z: v128): v128 {
  if (changetype<F>(0).has(0)) return before;
  else return z;
}

/** factor · the limited gradient + λp. A NaN stays: it stands first. */
@inline
function gradient(g: v128, p: v128, factor: v128, most: v128, least: v128, decay: v128): v128 {
  return madd(decay, p, f32x4.mul(factor, f32x4.pmax(f32x4.pmin(g, most), least)));
}

/** In the scratch: the constants as float32, of the gradient and of F's functions, and what is left of a range. */
enum At { gradient = 0, state1 = 4, state2 = 7, state3 = 10, parameter = 13, before = 17 }
const REST_AT: usize = 128;

/** Sets the constants of `state1`, in the order of its parameters. */
@inline
export function forState1(x: f64, y: f64, z: f64 = 0): void { put3(At.state1, x, y, z); }

/** Sets the constants of `state2`, in the order of its parameters. */
@inline
export function forState2(x: f64, y: f64, z: f64 = 0): void { put3(At.state2, x, y, z); }

/** Sets the constants of `state3`, in the order of its parameters. */
@inline
export function forState3(x: f64, y: f64, z: f64 = 0): void { put3(At.state3, x, y, z); }

/** Sets the constants of `parameter`, in the order of its parameters. */
@inline
export function forParameter(w: f64, x: f64 = 0, y: f64 = 0, z: f64 = 0): void {
  put(At.parameter, w);
  put3(At.parameter + 1, x, y, z);
}

/** Sets the constants of `before`, in the order of its parameters. */
@inline
export function forBefore(w: f64, x: f64 = 0, y: f64 = 0, z: f64 = 0): void {
  put(At.before, w);
  put3(At.before + 1, x, y, z);
}

@inline
function put3(n: u32, x: f64, y: f64, z: f64): void {
  put(n, x);
  put(n + 1, y);
  put(n + 2, z);
}

@inline
function put(n: u32, value: f64): void { store<f32>(scratch() + (<usize>n << 2), <f32>value); }

@inline
function constant(n: u32): v128 { return v128.load32_splat(scratch() + (<usize>n << 2)); }
