/**
 * What recurrent cells have in common: their records and their places in memory.
 *
 * A thread takes some samples of the batch through all steps, so that no step waits for another thread. Step t of the sequence stands
 * between slots t and t + 1 of h and c: the state before it and the state behind it, or with `reverse` the other way round.
 */

/** A cell that runs over a sequence. */
@unmanaged
export class SequenceArgs {
  gates: usize; // [steps, batch, gates · hidden]: x·Wᵀ with the input's bias; then what the gates are
  inner: usize; // [steps, batch, hidden]: tanh c of an LSTM; h·Wₙᵀ + bₙ of a GRU
  h: usize; // [steps + 1, batch, size], the first slot given
  c: usize; // [steps + 1, batch, hidden], the first slot given; LSTM
  wide: usize; // [steps, batch, hidden]: h before its projection; 0 = it has none
  weight: usize; // packed, of all gates; of a GRU's r and z
  second: usize; // packed: the projection of an LSTM; the weight of a GRU's n
  bias: usize; // [gates · hidden] of h; 0 = none
  out: usize; // [steps, batch, size]
  hLast: usize; // [batch, size]
  cLast: usize; // [batch, hidden]; LSTM
  lengths: usize; // int32 [batch]: steps of each sample that count; 0 = all
  steps: u32;
  batch: u32;
  hidden: u32;
  size: u32; // extents of h
  reverse: u32; // 1 = from the last step to the first
  begins: u32; // 0 = the product of the first h, which may be zero, stands in `gates` already, and for a GRU's n in `inner`
  act: u32; // of a plain cell: see Activation; else tanh
}

/** The gradient of such a run. */
@unmanaged
export class SequenceGradArgs {
  g: usize; // [steps, batch, size], of out
  gates: usize; // as the run left them
  inner: usize;
  h: usize;
  c: usize;
  weight: usize; // packed, not transposed: [gates · hidden, size]
  second: usize; // packed, not transposed: the projection [size, hidden]; the weight of a GRU's n
  dGates: usize; // [steps, batch, gates · hidden]: gradients of what the gates' functions are applied to
  dInner: usize; // [steps, batch, hidden]: a GRU's gradient of h·Wₙᵀ + bₙ
  dProjected: usize; // [steps, batch, size]: gradient of each projected h
  dWide: usize; // [batch, hidden]: scratch for the gradient of h before the projection
  dh: usize; // [batch, size]: at first the gradient of hLast, at the end the gradient of the first h
  dc: usize; // [batch, hidden]: at first the gradient of cLast, at the end the gradient of the first c
  lengths: usize;
  steps: u32;
  batch: u32;
  hidden: u32;
  size: u32;
  reverse: u32;
  begins: u32; // 0 = the gradient of the first h is not wanted
  act: u32;
}

/** The step that comes i-th. */
@inline
export function stepOf(i: u32, steps: u32, reverse: u32): u32 {
  return reverse ? steps - 1 - i : i;
}

/** Row `row` of step or slot t of [steps, batch, n]. */
@inline
export function place(base: usize, t: u32, batch: u32, row: u32, n: u32): usize {
  return base + (<usize>(t * batch + row) * n << 2);
}

/** Whether step t of a sample counts. */
@inline
export function counts(lengths: usize, row: u32, t: u32): bool {
  return lengths == 0 || <i32>t < load<i32>(lengths + (<usize>row << 2));
}

@inline
export function copyRow(from: usize, to: usize, n: u32): void {
  memory.copy(to, from, <usize>n << 2);
}

@inline
export function clearRow(to: usize, n: u32): void {
  memory.fill(to, 0, <usize>n << 2);
}
