/** What one program adds to a bundle, in bytes of brotli. */
export interface Sizes {
  code: number;
  kernels: number;
}

export const PROGRAMS: Readonly<Record<string, string>>;
export function measure(folder: string): Promise<Record<string, Sizes>>;
export function withSizes(readme: string, sizes: Record<string, Sizes>): string;
