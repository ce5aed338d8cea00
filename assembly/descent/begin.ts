/** What a state holds before a parameter's first update, where that is not zero. */

/** Sets the elements of a range. */
export function begin(state: usize, value: f32, from: u32, to: u32): void {
  const end = state + (<usize>to << 2);
  for (let at = state + (<usize>from << 2); at < end; at += 4) store<f32>(at, value);
}
