import { afterEach, beforeAll, describe, expect, test } from "vitest";
import { measure, median } from "../../src/cli/benchMeasure.js";
import { built, emptyFolder } from "../package/built.js";
import { canBeWide } from "../support/wide.js";
import { jsonLines, start } from "./command.js";

let folder: string;
beforeAll(() => {
  built();
  folder = emptyFolder();
});

const { SIMDGRAD_THREADS, SIMDGRAD_KERNELS, SIMDGRAD_WIDE } = process.env;
afterEach(() => {
  restore("SIMDGRAD_WIDE", SIMDGRAD_WIDE);
  restore("SIMDGRAD_THREADS", SIMDGRAD_THREADS);
  restore("SIMDGRAD_KERNELS", SIMDGRAD_KERNELS);
});

function restore(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

/** Names by group. */
const ROWS = {
  limits: ["multiply-add in registers", "copy, 1 M elements"],
  operations: [
    "matmul, 256 × 256 × 256",
    "matmul, 512 × 512 × 512",
    "relu, 1 M elements",
    "tanh, 1 M elements",
    "softmax, 1024 rows of 1024",
    "Adam, 1 M parameters",
  ],
  training: ["mlp 784-512-10, batch 128, eager", "mlp 784-512-10, batch 128, captured", "xor 2-8-1, batch 4, captured"],
};
const BOTH_WIDTHS = ["multiply-add in registers, 256 bits", "multiply-add in registers, 128 bits", "copy, 1 M elements"];

interface Figure {
  group: keyof typeof ROWS;
  name: string;
  threads: number;
  wide: boolean;
  milliseconds: number;
  gflops: number | null;
  gigabytesPerSecond: number | null;
  ofLimit: number | null;
}

/** The limit that applies: the first that was measured. */
function limitOf(figures: readonly Figure[], threads: number): number {
  return figures.find((figure) => figure.group === "limits" && figure.threads === threads)?.gflops ?? Number.NaN;
}

describe("bench", () => {
  test.each(canBeWide ? [false, true] : [false])("for machines, on one thread and on two, wide: %s", async (wide) => {
    process.env.SIMDGRAD_THREADS = "2";
    process.env.SIMDGRAD_WIDE = wide ? "1" : "0";
    const result = await start(folder, ["bench", "--quick", "--json"]);
    expect([result.code, result.stderr]).toEqual([0, ""]);
    const [facts, ...more] = jsonLines(result);
    expect(more).toEqual([]);
    expect(facts).toMatchObject({ node: process.version, kernels: expect.any(String), wide, threads: [1, 2], cpu: expect.any(String) });
    // Inputs [128, 784] and [128], and what lies between.
    expect(facts.capturedBytes).toBeGreaterThan(4 * 128 * 785);
    const figures: Figure[] = facts.figures;
    const rows = wide ? { ...ROWS, limits: BOTH_WIDTHS } : ROWS;
    const expected = Object.entries(rows).flatMap(([group, names]) => names.map((name) => `${group}: ${name}`));
    const named = (threads: number) => figures.filter((figure) => figure.threads === threads).map(({ group, name }) => `${group}: ${name}`);
    expect(named(1)).toEqual(expected);
    // So short a step is not shared.
    expect(named(2)).toEqual(expected.slice(0, -1));
    for (const { group, name, milliseconds, gflops, gigabytesPerSecond, ofLimit, ...figure } of figures) {
      expect(figure.wide, name).toBe(wide && name !== BOTH_WIDTHS[1]);
      expect(milliseconds).toBeGreaterThan(0);
      const isCounted = !name.startsWith("xor");
      expect((gflops === null) !== (gigabytesPerSecond === null), name).toBe(isCounted);
      expect(ofLimit !== null, name).toBe(isCounted && group !== "limits");
      if (ofLimit !== null && gflops !== null) expect(gflops / ofLimit, name).toBeCloseTo(limitOf(figures, figure.threads), 6);
    }
  });

  test("for people, without Wasm", async () => {
    process.env.SIMDGRAD_KERNELS = "js";
    const { code, stdout, stderr } = await start(folder, ["bench", "--quick"]);
    expect([code, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^simdgrad \d+\.\d+\.\d+, js kernels, Node v/);
    expect(stdout).toMatch(/^ +1 thread\n +time +rate +of limit\n\nlimits\nmultiply-add in registers +[\d.]+ (ms|µs) +[\d.]+ GFLOP\/s\n/m);
    for (const name of Object.values(ROWS).flat()) expect(stdout).toContain(`\n${name}  `);
    expect(stdout).not.toContain("captured mlp step");
  });
});

test("help tells how long it takes", async () => {
  const { code, stdout } = await start(folder, ["help", "bench"]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/--quick .*--json /s);
});

test("the median of an odd and an even number of samples", () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([10, 1, 3, 2])).toBe(2.5);
});

test("a call that is longer than all the time is measured three times, after four to warm up", () => {
  let calls = 0;
  const milliseconds = measure(() => {
    calls++;
    for (const end = performance.now() + 5; performance.now() < end; );
  }, 1);
  expect(calls).toBe(7);
  expect(milliseconds).toBeGreaterThanOrEqual(5);
});
