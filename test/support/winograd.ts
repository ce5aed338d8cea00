import fc from "fast-check";

/** A convolution with 3 × 3 taps side by side: its output is what remains of the padded input. */
export interface Shape {
  readonly n: number;
  readonly channels: number;
  readonly filters: number;
  readonly h: number;
  readonly w: number;
  readonly oh: number;
  readonly ow: number;
  readonly padH: number;
  readonly padW: number;
}

const axis = fc
  .record({ extent: fc.integer({ min: 1, max: 13 }), pad: fc.nat(2) })
  .filter(({ extent, pad }) => extent + 2 * pad >= 3)
  .map(({ extent, pad }) => ({ extent, pad, out: extent + 2 * pad - 2 }));

/** Many channels and few filters, or few and many, because direct sums take long. */
export const shapes: fc.Arbitrary<Shape> = fc
  .record({
    n: fc.integer({ min: 1, max: 3 }),
    many: fc.integer({ min: 1, max: 70 }),
    few: fc.integer({ min: 1, max: 12 }),
    turned: fc.boolean(),
    h: axis,
    w: axis,
  })
  .map(({ n, many, few, turned, h, w }) => ({
    ...{ n, channels: turned ? few : many, filters: turned ? many : few },
    ...{ h: h.extent, w: w.extent, oh: h.out, ow: w.out, padH: h.pad, padW: w.pad },
  }));

/** Calls a kernel for two ranges that make up `units`, the second one first. @param cut where the first ends, 0 to 1 */
export function inTwo(call: (from: number, to: number) => void, units: number, cut: number): void {
  const middle = Math.round(cut * units);
  call(middle, units);
  call(0, middle);
}
