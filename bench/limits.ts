/** The limits of the machine, which are measured beside each row: multiply-adds in registers, and copying 1 M floats. */
import { ROUND_FLOPS } from "../src/kernels/generated/constants.js";
import * as kernels from "../src/kernels/generated.js";
import { multiplyAdds } from "../src/kernels/limits.js";
import { floats, N } from "./data.js";
import type { Row } from "./harness.js";

/** The limits of the machine for which the target times hold. Times are divided by the limits before they are compared. */
export const TARGET_MACHINE = { copyMs: 0.29, gflops: 58 };

const ROUNDS = 1000;

export const multiplyAdd = {
  group: "limits",
  name: "multiply-add",
  flops: ROUND_FLOPS * ROUNDS,
  setup: () => multiplyAdds(ROUNDS).call,
} satisfies Row;

export const copy = {
  group: "limits",
  name: "copy 1 M floats",
  bytes: 8 * N,
  setup: () => {
    const args = { x: floats(N), out: floats(N) };
    return () => kernels.copy(args, 0, N);
  },
} satisfies Row;

/** The limits that are measured beside a row; the first is the one with which the row is compared. */
export function limitsOf({ flops, bytes, targetMs, alone }: Row): Row[] {
  if (alone !== undefined) return [alone];
  if (flops !== undefined) return [multiplyAdd];
  if (targetMs !== undefined) return [copy, multiplyAdd];
  return bytes !== undefined ? [copy] : [];
}

/** The number of calls of a limit that do as much work as one call of the row. */
export function leastCalls(row: Row, limit: Row): number {
  if (row.alone === limit) return 1;
  return limit.flops !== undefined ? (row.flops as number) / limit.flops : (row.bytes as number) / (limit.bytes as number);
}
