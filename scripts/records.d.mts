export interface Field {
  name: string;
  type: "usize" | "u32" | "i32" | "f32" | "f64";
  comment?: string;
  /** Offset from the start of the record, in bytes. */
  offset: number;
}

export interface KernelRecord {
  name: string;
  /** The path in assembly/, without `.ts`, of the file that declares it. */
  family: string;
  fields: Field[];
  doc?: string;
  /** The names of the address fields that `out` may equal. */
  inplace: string[];
}

export interface Kernel {
  name: string;
  /** The name of its record. */
  record: string;
  /** The path of its file in assembly/, without `.ts`. */
  family: string;
  doc?: string;
  /** Estimated nanoseconds for a unit of the range, as an expression over `args`; undefined where threads never share the kernel. */
  cost?: string;
  /** Floating-point operations, and bytes read and written, for a unit of the range, as expressions too. */
  flops?: string;
  bytes?: string;
  /** Whether a shared call is cut into just one part for each thread. */
  even: boolean;
}

export interface Kernels {
  records: Map<string, KernelRecord>;
  kernels: Kernel[];
}

export function readKernels(folder: string): Kernels;
