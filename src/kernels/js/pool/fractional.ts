import { views } from "../../../memory/memory.js";
import type { NumberArray } from "../../../memory/views.js";
import type { FractionalArgs } from "../../generated.js";

/** indices[o] = the place of the greatest element of window o */
export function fractionalMax(r: FractionalArgs, from: number, to: number, v: NumberArray): void {
  const size = v.BYTES_PER_ELEMENT;
  // In float32 all steps are rounded, as the kernel's: where a window begins must not differ.
  const round = size === 4 ? Math.fround : Number;
  /** Where the windows of an axis begin. */
  const begins = (sample: number, extent: number, outputs: number, kernel: number): number[] => {
    const alpha = round((extent - kernel) / (outputs - 1));
    const at = (o: number): number => Math.trunc(round(round(o + sample) * alpha)) - Math.trunc(round(sample * alpha));
    return Array.from({ length: outputs }, (_, o) => (o === outputs - 1 ? extent - kernel : at(o)));
  };
  const steps = (count: number): number[] => Array.from({ length: count }, (_, i) => i);
  for (let plane = from; plane < to; plane++) {
    const x = r.x / size + plane * r.d * r.h * r.w;
    const samples = [...v.subarray(r.samples / size + plane * r.axes, r.samples / size + (plane + 1) * r.axes)];
    const [ofD, ofH, ofW] = r.axes === 3 ? samples : [0, samples[1], samples[0]];
    let out = r.indices / 4 + plane * r.od * r.oh * r.ow;
    for (const i of begins(ofD, r.d, r.od, r.kd)) {
      for (const j of begins(ofH, r.h, r.oh, r.kh)) {
        for (const k of begins(ofW, r.w, r.ow, r.kw)) {
          const places = steps(r.kd).flatMap((a) =>
            steps(r.kh).flatMap((b) => steps(r.kw).map((c) => ((i + a) * r.h + j + b) * r.w + k + c)),
          );
          let index = places[0];
          for (const place of places) if (v[x + place] > v[x + index] || Number.isNaN(v[x + place])) index = place;
          views.i32[out++] = index;
        }
      }
    }
  }
}
