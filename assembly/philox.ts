/**
 * The random number generator Philox 4×32-10 (Salmon, Moraes, Dror, Shaw, "Parallel Random Numbers: As Easy as 1, 2, 3", SC 2011):
 * ten rounds of multiplication and exclusive or turn a key and a 128-bit counter into four random words.
 *
 * Eight counters are a group. Its words stand word by word: word 0 of the eight counters, then their word 1, … All groups go through
 * a round before any goes through the next, so that no multiplication waits for another, and the state is in memory between rounds.
 *
 * The shape of a round lets V8 pack it. An upper word is half of a 64-bit product, and to bring those of counters 0 … 3 into one vector
 * would take a shuffle that cannot be packed. So a round leaves the upper words in the order 0, 1, 4, 5, 2, 3, 6, 7, and the next round
 * puts them back. The lower words are not needed before that, so they stay in order: they are products of 32 bits. V8 takes a vector
 * as one of a pair or as the factor of a 64-bit product, but not as both (it would crash), so factors are loaded twice.
 */

/** Multipliers and Weyl steps of Philox 4×32. */
const MULTIPLIERS = memory.data<u32>([0xd2511f53, 0xcd9e8d57]);
const WEYL0: u32 = 0x9e3779b9;
const WEYL1: u32 = 0xbb67ae85;
const ROUNDS = 10;

const COUNTERS = memory.data<u32>([0, 1, 2, 3, 4, 5, 6, 7]);

/** Random words of a group. */
export const GROUP: u32 = 32;

/** Writes `groups` groups of random words; the first is group number `group` of the stream. */
export function philox(out: usize, groups: u32, group: u32, stream: usize, key0: u32, key1: u32): void {
  const end = out + (<usize>(groups * GROUP) << 2);
  start(out, end, group, stream);
  for (let i = 1; i < ROUNDS; i++, key0 += WEYL0, key1 += WEYL1) round<Inner>(out, end, key0, key1);
  round<Last>(out, end, key0, key1);
}

/** Writes the counters: the number of the counter (64 bits), and the stream. */
function start(p: usize, end: usize, group: u32, stream: usize): void {
  const zero = i32x4.splat(0), low = v128.load32_splat(stream), high = v128.load32_splat(stream, 4);
  for (; p < end; p += 128, group++) {
    const first = i32x4.splat(group << 3);
    const c = i32x4.add(first, v128.load(COUNTERS)), d = i32x4.add(first, v128.load(COUNTERS, 16));
    v128.store(p, d, 16), v128.store(p, c);
    v128.store(p, zero, 48), v128.store(p, zero, 32);
    v128.store(p, low, 80), v128.store(p, low, 64);
    v128.store(p, high, 112), v128.store(p, high, 96);
  }
}

/** A round that others follow. */
@unmanaged @final
class Inner { @inline isLast(): bool { return false; } }

/** After the last round the lower words must be in the order of the upper ones. */
@unmanaged @final
class Last { @inline isLast(): bool { return true; } }

/** Takes each group through a round. */
function round<R>(p: usize, end: usize, key0: u32, key1: u32): void {
  const m0 = v128.load32_splat(MULTIPLIERS), n0 = i32x4.splat(load<u32>(MULTIPLIERS));
  const m1 = v128.load32_splat(MULTIPLIERS, 4), n1 = i32x4.splat(load<u32>(MULTIPLIERS, 4));
  const k0 = i32x4.splat(key0), k1 = i32x4.splat(key1), last = changetype<R>(0).isLast();
  for (; p < end; p += 128) {
    const a = v128.load(p), b = v128.load(p, 16); // word 0 of the first and of the last four counters
    const a0 = i64x2.extmul_low_i32x4_u(a, m0), a1 = i64x2.extmul_high_i32x4_u(a, m0);
    const b0 = i64x2.extmul_low_i32x4_u(b, m0), b1 = i64x2.extmul_high_i32x4_u(b, m0);
    const c = v128.load(p, 64), d = v128.load(p, 80); // word 2
    const c0 = i64x2.extmul_low_i32x4_u(c, m1), c1 = i64x2.extmul_high_i32x4_u(c, m1);
    const d0 = i64x2.extmul_low_i32x4_u(d, m1), d1 = i64x2.extmul_high_i32x4_u(d, m1);
    const s0 = v128.xor(v128.xor(upperWords(c0, d0), v128.load(p, 32)), k0);
    const t0 = v128.xor(v128.xor(upperWords(c1, d1), v128.load(p, 48)), k0);
    const s1 = last ? lowerWords(c0, d0) : i32x4.mul(v128.load(p, 64), n1);
    const t1 = last ? lowerWords(c1, d1) : i32x4.mul(v128.load(p, 80), n1);
    const s2 = v128.xor(v128.xor(upperWords(a0, b0), v128.load(p, 96)), k1);
    const t2 = v128.xor(v128.xor(upperWords(a1, b1), v128.load(p, 112)), k1);
    const s3 = last ? lowerWords(a0, b0) : i32x4.mul(v128.load(p), n0);
    const t3 = last ? lowerWords(a1, b1) : i32x4.mul(v128.load(p, 16), n0);
    v128.store(p, t0, 16), v128.store(p, s0);
    v128.store(p, t1, 48), v128.store(p, s1, 32);
    v128.store(p, t2, 80), v128.store(p, s2, 64);
    v128.store(p, t3, 112), v128.store(p, s3, 96);
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

/** The upper 24 bits of a word, as a number. */
@inline
export function upperBits(words: v128): v128 {
  return f32x4.convert_i32x4_s(i32x4.shr_u(words, 8));
}
