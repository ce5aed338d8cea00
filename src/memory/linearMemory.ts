/** Bytes of a page of linear memory. */
export const PAGE = 65536;

/** What kernels compute in: a `WebAssembly.Memory`, or its stand-in where there is no WebAssembly. */
export interface LinearMemory {
  readonly buffer: ArrayBufferLike;
  /** Grows by pages, which gives a new `buffer`. @returns the pages before @throws RangeError where the platform refuses */
  grow(pages: number): number;
}

/**
 * Linear memory for the kernels in plain JavaScript where there is no WebAssembly, as in `node --jitless`. Like a
 * `WebAssembly.Memory` that is not shared it detaches the buffer before when it grows: a view kept by mistake reads nothing.
 */
export class PlainMemory implements LinearMemory {
  buffer: ArrayBuffer;

  constructor(pages: number) {
    this.buffer = new ArrayBuffer(pages * PAGE);
  }

  grow(pages: number): number {
    const before = this.buffer;
    const bytes = before.byteLength;
    this.buffer = new ArrayBuffer(bytes + pages * PAGE);
    new Uint8Array(this.buffer).set(new Uint8Array(before));
    structuredClone(before, { transfer: [before] });
    return bytes / PAGE;
  }
}
