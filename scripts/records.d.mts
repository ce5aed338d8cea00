export interface Field {
  name: string;
  type: "usize" | "u32" | "i32" | "f32" | "f64";
  comment?: string;
  /** Bytes from the start of the record. */
  offset: number;
}

export interface KernelRecord {
  name: string;
  /** The path in assembly/, without `.ts`, of the file that declares it. */
  family: string;
  fields: Field[];
  doc?: string;
  /** Addresses of the record that `out` may equal. */
  inplace: string[];
}

export interface Kernel {
  name: string;
  /** The name of its record. */
  record: string;
  /** The path of its file in assembly/, without `.ts`. */
  family: string;
  doc?: string;
  /** Estimated nanoseconds a unit of its range, as an expression over `args`; undefined where the kernel is never shared. */
  cost?: string;
  /** Floating-point operations, and bytes read and written, of a unit of its range; expressions as well. */
  flops?: string;
  bytes?: string;
  /** A shared call is cut into one part a thread. */
  even: boolean;
}

export interface Kernels {
  records: Map<string, KernelRecord>;
  kernels: Kernel[];
}

export function readKernels(folder: string): Kernels;
