/** Numbers of 16 bits, into which float32 is rounded: to the nearest, and of two that are equally near to the one whose last bit is 0. */

/** The bits of a NaN's fraction that say that it is a quiet one. Without it a NaN whose upper bits are 0 would become an infinity. */
const QUIET_HALF = 0x200;
const QUIET_BRAIN_HALF = 0x40;

/** Writes IEEE 754 binary16: a sign, five bits of exponent (bias 15), ten bits of fraction. What rounds to 65536 or more is infinite. */
export function toHalves(floats: Float32Array, halves: Uint16Array): void {
  const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  for (let i = 0; i < words.length; i++) {
    const sign = (words[i] >>> 16) & 0x8000;
    const rest = words[i] & 0x7fffffff;
    let half: number;
    if (rest > 0x7f800000) half = 0x7c00 | QUIET_HALF | ((rest >>> 13) & 0x3ff);
    else if (rest >= 0x47800000) half = 0x7c00;
    // Below 2⁻¹⁴ halves are whole multiples of 2⁻²⁴. A float64 of 2⁵² has no digits behind the point, so that the sum is rounded.
    else if (rest < 0x38800000) half = Math.abs(floats[i]) * 16777216 + 4503599627370496 - 4503599627370496;
    // The exponent's bias is lowered by 112. A carry out of the fraction raises the exponent, from the greatest one to infinity.
    else half = (rest - (112 << 23) + 0xfff + ((rest >>> 13) & 1)) >>> 13;
    halves[i] = sign | half;
  }
}

/** Writes bfloat16, the upper half of a float32. A carry out of the fraction raises the exponent, from the greatest one to infinity. */
export function toBrainHalves(floats: Float32Array, halves: Uint16Array): void {
  const words = new Uint32Array(floats.buffer, floats.byteOffset, floats.length);
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    const nan = (word & 0x7fffffff) > 0x7f800000;
    halves[i] = nan ? (word >>> 16) | QUIET_BRAIN_HALF : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
}
