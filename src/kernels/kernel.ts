import type { NumberArray } from "../memory/views.js";
import type { Piece } from "./piece.js";
import type { RecordLayout } from "./record.js";

/** The work of a unit of a kernel's range, computed from the record, which is the words u from word r on. */
export interface Work {
  /** Floating-point operations, where they are counted. */
  readonly flops?: (u: Uint32Array, r: number) => number;
  /** Bytes read and written in float32, where they are counted. */
  readonly bytes?: (u: Uint32Array, r: number) => number;
}

/** A kernel, as the files of `generated/` describe it. */
export interface Kernel<Args = never> {
  readonly name: string;
  readonly piece: Piece;
  /** Its place among the kernels of the piece. */
  readonly number: number;
  readonly record: RecordLayout<Args>;
  /** Whether a shared call is cut into just one part for each thread. */
  readonly even?: true;
  /** The kernel in plain JavaScript, over a view of all linear memory. */
  twin(args: Args, from: number, to: number, view: NumberArray): void;
}
