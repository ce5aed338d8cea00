/** What a compiled piece exports: its kernels by name, and what sets it up. */
export type Exports = Record<string, (args: number, from: number, to: number) => void> & {
  setup(scratch: number, status: number, wide: number): void;
};

/** What the core exports besides: what runs kernels of all pieces. */
export type CoreExports = Exports & {
  fork(control: number, kernel: number, args: number, from: number, to: number, step: number, patience: number): number;
  join(control: number, left: number, patience: number): number;
  rouse(control: number): void;
  replay(lines: number, end: number, control: number, patience: number, status: number): number;
};

/**
 * Kernels that are compiled together: those of the files right in assembly/ are the core, those of each folder there a piece of its
 * own. A piece is bundled with the operations that use it, and loaded by the first call of one of its kernels.
 */
export interface Piece {
  readonly name: string;
  /** The code of its builds as text: see text.ts. */
  readonly simd: string;
  readonly relaxed: string;
  /**
   * For each build, the kernels that pack, each with the inner functions that it reaches, by their indices: the build exports such a
   * function as `$`, followed by its index.
   */
  readonly inner: Readonly<Record<"simd" | "relaxed", Readonly<Record<string, readonly number[]>>>>;
  /** This thread's instance of the build in use; null until it is loaded, and while the JS twins run. */
  exports: Exports | null;
}
