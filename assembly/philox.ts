/**
 * The random number generator Philox 4×32-10 (Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011):
 * ten rounds of multiplication and exclusive or turn a key and a 128-bit counter into four random words. Lane i of a vector
 * computes the counter's block i.
 */

/** Multipliers and Weyl steps of Philox 4×32. */
const MULTIPLIERS = memory.data<u32>([0xd2511f53, 0xcd9e8d57]);
const WEYL0: u32 = 0x9e3779b9;
const WEYL1: u32 = 0xbb67ae85;
const ROUNDS = 10;

const LANES = memory.data<u32>([0, 1, 2, 3]);

/** Writes the two keys of each of the 10 rounds to `keys`, as 20 vectors with four equal lanes. */
export function philoxKeys(keys: usize, key0: u32, key1: u32): void {
  for (let round = 0; round < ROUNDS; ++round, keys += 32) {
    v128.store(keys, i32x4.splat(key0));
    v128.store(keys, i32x4.splat(key1), 16);
    key0 += WEYL0;
    key1 += WEYL1;
  }
}

/** Writes `blocks` blocks of 16 random words; the first is block number `block` of the stream. */
export function philox(out: usize, keys: usize, stream: usize, block: u32, blocks: u32): void {
  const m0 = v128.load32_splat(MULTIPLIERS);
  const m1 = v128.load32_splat(MULTIPLIERS, 4);
  const keysEnd = keys + 32 * ROUNDS;
  for (const end = out + (<usize>blocks << 6); out < end; out += 64, ++block) {
    let c0 = i32x4.add(i32x4.splat(block << 2), v128.load(LANES));
    let c1 = v128.load32_splat(LANES); // 0
    let c2 = v128.load32_splat(stream);
    let c3 = v128.load32_splat(stream, 4);
    for (let key = keys; key < keysEnd; key += 32) {
      const low0 = i64x2.extmul_low_i32x4_u(c0, m0);
      const high0 = i64x2.extmul_high_i32x4_u(c0, m0);
      const low1 = i64x2.extmul_low_i32x4_u(c2, m1);
      const high1 = i64x2.extmul_high_i32x4_u(c2, m1);
      c0 = v128.xor(v128.xor(upperWords(low1, high1), c1), v128.load(key));
      c1 = lowerWords(low1, high1);
      c2 = v128.xor(v128.xor(upperWords(low0, high0), c3), v128.load(key, 16));
      c3 = lowerWords(low0, high0);
    }
    v128.store(out, c0);
    v128.store(out, c1, 16);
    v128.store(out, c2, 32);
    v128.store(out, c3, 48);
  }
}

/** The upper words of four 64-bit products, lanes 0 and 1 in `low`, 2 and 3 in `high`. */
@inline
export function upperWords(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(low, high, 1, 3, 5, 7);
}

@inline
function lowerWords(low: v128, high: v128): v128 {
  return v128.shuffle<u32>(low, high, 0, 2, 4, 6);
}
