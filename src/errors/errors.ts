import { beginAtCaller } from "./stack.js";

/**
 * Base of every error that simdgrad throws on purpose. `code` is stable across versions: match on it, not on the text.
 * Its stack begins where the library was called; `SIMDGRAD_STACK=full` in the environment shows the library's own frames, too.
 *
 * @example
 * try {
 *   ones([2, 3]).matmul(ones([2, 3]));
 * } catch (error) {
 *   if (!(error instanceof SimdgradError && error.code === "SHAPE")) throw error;
 * }
 */
export class SimdgradError extends Error {
  readonly code: string;
  // Written out in every class: bundlers mangle class names.
  override readonly name: string = "SimdgradError";

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
    beginAtCaller(this);
  }
}

/** Shapes or axes that do not fit together. */
export class ShapeError extends SimdgradError {
  override readonly name: string = "ShapeError";

  constructor(message: string) {
    super("SHAPE", message);
  }
}

/** An element type that the operation does not take. */
export class DTypeError extends SimdgradError {
  override readonly name: string = "DTypeError";

  constructor(message: string) {
    super("DTYPE", message);
  }
}

/** An index or a label outside its axis. */
export class IndexError extends SimdgradError {
  override readonly name: string = "IndexError";

  constructor(message: string) {
    super("INDEX", message);
  }
}

/** An argument whose value makes no sense: unknown option, number outside its range, not a number where one is needed. */
export class ArgumentError extends SimdgradError {
  override readonly name: string = "ArgumentError";

  constructor(message: string) {
    super("ARGUMENT", message);
  }
}

/** Backprop asked for something that the recorded graph cannot give. */
export class GraphError extends SimdgradError {
  override readonly name: string = "GraphError";

  constructor(message: string) {
    super("GRAPH", message);
  }
}

/** A tensor read after its graph gave the memory back. */
export class ReleasedError extends SimdgradError {
  override readonly name: string = "ReleasedError";

  constructor(message: string) {
    super("RELEASED", message);
  }
}

/** Linear memory is exhausted, or cannot be had in this process. */
export class MemoryError extends SimdgradError {
  override readonly name: string = "MemoryError";

  constructor(message: string) {
    super("MEMORY", message);
  }
}

/** The loss, or a gradient, became NaN or infinite. */
export class DivergedError extends SimdgradError {
  override readonly name: string = "DivergedError";

  constructor(
    message: string,
    /** @internal what became so, without its time; how to mend it; whether the batch had such values. Null for several errors in one */
    readonly found: { readonly what: string; readonly mend: string; readonly ofData: boolean } | null = null,
  ) {
    super("DIVERGED", message);
  }
}

/** The kernels cannot be loaded as asked. */
export class KernelError extends SimdgradError {
  override readonly name: string = "KernelError";

  constructor(message: string) {
    super("KERNEL", message);
  }
}

/** An optional library that a function is built on is not installed. The message has the command that installs it. */
export class PeerError extends SimdgradError {
  override readonly name: string = "PeerError";

  constructor(message: string) {
    super("PEER", message);
  }
}
