export interface Field {
  name: string;
  type: "usize" | "u32" | "i32" | "f32" | "f64";
  comment?: string;
  /** Bytes from the start of the record. */
  offset: number;
}

export interface Kernel {
  name: string;
  record: string;
  /** Its file in assembly/, without `.ts`. */
  family: string;
  doc?: string;
  /** Estimated nanoseconds a unit of its range, as an expression over `args`; without it the kernel stays on one thread. */
  cost?: string;
  /** Floating-point operations, and bytes read and written, of a unit of its range; so too. */
  flops?: string;
  bytes?: string;
  /** Cut into one part a thread. */
  even: boolean;
  /** Addresses of the record that `out` may equal. */
  inplace: string[];
}

export interface Kernels {
  records: Map<string, Field[]>;
  kernels: Kernel[];
}

export function readKernels(folder: string): Kernels;
export function entrySource(kernels: Kernels): string;
export function hostSource(kernels: Kernels): string;
