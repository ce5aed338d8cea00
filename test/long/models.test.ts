/** Linear memory over hundreds of models, each test in a process of its own. */
import { expect, test } from "vitest";
import { runProgram } from "../support/program.js";

const MIB = 2 ** 20;

/** A program's beginning: data and models for three classes. */
const COMMON = `
  const x = lib.rand([142, 13]);
  const y = lib.randint(0, 3, [142]);
  const model = (units) => new lib.Sequential([new lib.Dense(units, { activation: "relu", inputShape: [13] }), new lib.Dense(3)]);
  const compiled = (net) => net.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
  const heap = () => {
    globalThis.gc();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
`;

test.each([
  { units: 16, batch: 142 },
  { units: 2000, batch: 8 },
])("2,000 Adam models of $units units in one job that never waits take 1.5 times their parameters and states", async ({ units, batch }) => {
  const { made, reserved } = await runProgram<{ made: number; reserved: number }>(`
    ${COMMON}
    const few = { x: lib.rand([${batch}, 13]), y: lib.randint(0, 3, [${batch}]) };
    let made = 0;
    for (let i = 0; i < 2000; i++) {
      const net = model(${units});
      const optimizer = new lib.Adam(net.parameters());
      for (let step = 0; step < 3; step++) {
        lib.crossEntropy(net.forward(few.x), few.y).backward();
        optimizer.step();
        optimizer.zeroGrad();
      }
      made += net.parameters().reduce((sum, { size }) => sum + 3 * 4 * size, 0);
    }
    report({ made, reserved: lib.memory().reservedBytes });
  `);
  expect(reserved).toBeLessThan(1.5 * made + 64 * MIB);
});

test.each([{ units: 16 }, { units: 20_000 }])(
  "600 fits of models of $units units, dropped one after the other, are flat",
  async ({ units }) => {
    const reserved = await runProgram<number[]>(`
    ${COMMON}
    const reserved = [];
    for (let i = 0; i < 600; i++) {
      await compiled(model(${units})).fit({ x, y }, { epochs: 2, verbose: 0 });
      reserved.push(lib.memory().reservedBytes);
    }
    report(reserved);
  `);
    // The larger models took 3 GiB all together. How many wait for the collector is its own affair.
    expect(reserved[599] - reserved[59]).toBeLessThan(128 * MIB);
    expect(reserved[599]).toBeLessThan(256 * MIB);
  },
);

test("300 recompilations with a fit each leave linear memory the same to the byte, and JS memory within 2 MB", async () => {
  const { live, heaps } = await runProgram<{ live: number[]; heaps: number[] }>(
    `${COMMON}
    const net = model(16);
    const live = [];
    const heaps = [];
    for (let i = 0; i < 300; i++) {
      await compiled(net).fit({ x, y }, { epochs: 2, verbose: 0 });
      live.push(lib.memory().liveBytes);
      if (i % 30 === 29) heaps.push(heap());
    }
    report({ live, heaps });`,
    ["--expose-gc"],
  );
  expect(new Set(live.slice(3)).size).toBe(1);
  expect(heaps[9] - heaps[1]).toBeLessThan(2e6);
});

test("a cross-validation of 30 fits of 300,000 parameters holds less than 100 MiB", async () => {
  const peak = await runProgram<number>(`
    const x = lib.rand([2000, 64]);
    const y = lib.randint(0, 10, [2000]);
    let peak = 0;
    for (let fold = 0; fold < 30; fold++) {
      const relu = (units) => new lib.Dense(units, { activation: "relu" });
      const net = new lib.Sequential([relu(512), new lib.Dropout(0.3), relu(512), new lib.Dense(10)]);
      net.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
      await net.fit({ x, y }, { verbose: 0, validationSplit: 0.2 });
      await net.evaluate({ x, y });
      await net.predict(x);
      peak = Math.max(peak, lib.memory().liveBytes);
    }
    report(peak);
  `);
  expect(peak).toBeLessThan(100 * MIB);
});
