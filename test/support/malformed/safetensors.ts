import { expect } from "vitest";
import type { Tensor } from "../../../src/index.js";
import { bytesOf, expectBytes } from "./judge.js";

/** The JSON of a safetensors file, and its bytes. */
export function partsOf(bytes: Uint8Array): {
  header: Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>;
  metadata: Record<string, string>;
  data: Uint8Array;
} {
  const length = Number(Buffer.from(bytes).readBigUInt64LE(0));
  const { __metadata__: metadata = {}, ...header } = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString());
  return { header, metadata, data: bytes.subarray(8 + length) };
}

/** Expects tensors to be those of a safetensors file, each byte of it. */
export function expectTensors(tensors: ReadonlyMap<string, Tensor>, bytes: Uint8Array): void {
  const { header, data } = partsOf(bytes);
  expect([...tensors.keys()].sort()).toEqual(Object.keys(header).sort());
  let covered = 0;
  for (const [name, x] of tensors) {
    const {
      dtype,
      shape,
      data_offsets: [begin, end],
    } = header[name];
    expect(x.shape).toEqual(shape);
    // Each half becomes a float32.
    if (dtype.endsWith("F16")) expect(2 * x.size).toBe(end - begin);
    else if (!dtype.startsWith("F8")) expectBytes(bytesOf(x), data.subarray(begin, end), name);
    covered += end - begin;
  }
  expect(covered).toBe(data.length);
}
