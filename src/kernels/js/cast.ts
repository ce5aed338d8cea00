import { views } from "../../memory/memory.js";
import { blockView, DTYPES, type NumberArray } from "../../memory/views.js";
import { ElementType, Status } from "../generated/constants.js";
import type { CastArgs, WholeNumbersArgs } from "../generated.js";
import { fail } from "../status.js";

/** out[i] = x[i] in the type of out; one that an integer type does not hold fails, and the nearest that it holds is written */
export function cast(r: CastArgs, from: number, to: number, _v: NumberArray): void {
  const x = blockView(DTYPES[r.source], r.x, to).subarray(from);
  const out = blockView(DTYPES[r.target], r.out, to).subarray(from);
  if (DTYPES[r.target] === "bool") for (let i = 0; i < out.length; i++) out[i] = x[i] !== 0 ? 1 : 0;
  else if (isFloating(r.target)) out.set(x);
  else {
    const [least, most] = r.target === ElementType.Int32 ? [-2147483648, 2147483647] : [0, 255];
    for (let i = 0; i < out.length; i++) {
      const whole = Math.trunc(x[i]);
      out[i] = whole;
      if (out[i] === whole) continue;
      out[i] = Math.min(Math.max(whole, least), most);
      fail(Status.Overflow, from + i);
    }
  }
}

function isFloating(type: number): boolean {
  return type === ElementType.Float32 || type === ElementType.Float64;
}

/** out[i] = x[i] in int32; one that is not whole fails */
export function wholeNumbers(r: WholeNumbersArgs, from: number, to: number, v: NumberArray): void {
  for (let i = from; i < to; i++) {
    const x = v[r.x / v.BYTES_PER_ELEMENT + i];
    views.i32[r.out / 4 + i] = x;
    if (x !== (x | 0)) fail(Status.NotWhole, i);
  }
}
