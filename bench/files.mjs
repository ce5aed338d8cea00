/**
 * `node bench/files.mjs [parse | memory | epochs]`: files larger than memory.
 *
 * - parse: MB/s from a CSV file of 200 MB to float32, and the same into a cache; of numbers, and with texts of which some are quoted
 * - memory: the peak of a process that trains on a CSV file of 2 GB
 * - epochs: the time of an epoch from a cache against one from memory, in turns; the mlp 784-512-512-10, batches of 128
 *
 * Each runs in a process of its own. Files are written to the folder for temporary files, and deleted.
 */
import { spawnSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const outfile = join(here, "../build/files.mjs");
const [part = "parse,memory,epochs", folder, child] = process.argv.slice(2);

/** A generator of reproducible numbers in [0, 1). */
function numbers(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 4294967296;
  };
}

/** Writes a CSV file: 20 columns of numbers of several forms, texts if wanted, and a class. */
function generate(file, bytes, withTexts) {
  const next = numbers(1);
  const handle = openSync(file, "w");
  const names = Array.from({ length: 20 }, (_, i) => `x${i}`);
  let done = writeSync(handle, `${[...names, ...(withTexts ? ["city", "note"] : []), "y"].join(",")}\n`);
  const forms = [
    () => String(Math.floor(next() * 1000)),
    () => (next() - 0.5).toFixed(6),
    () => (next() * 100).toFixed(3),
    () => next().toPrecision(8),
  ];
  while (done < bytes) {
    let text = "";
    for (let row = 0; row < 5000; row++) {
      for (let i = 0; i < 20; i++) text += `${forms[i % 4]()},`;
      if (withTexts)
        text += `${["Ulm", "Bonn", "Kiel"][Math.floor(next() * 3)]},${next() < 0.3 ? `"a note, number ${row}"` : `note ${row}`},`;
      text += `${Math.floor(next() * 3)}\n`;
    }
    done += writeSync(handle, text);
  }
  closeSync(handle);
}

const rate = (file, seconds) => `${(statSync(file).size / 1e6 / seconds).toFixed(0)} MB/s`;

async function timed(fn) {
  const [begin, cpu] = [performance.now(), process.cpuUsage()];
  await fn();
  const { user, system } = process.cpuUsage(cpu);
  return { seconds: (performance.now() - begin) / 1000, busy: (user + system) / 1e6 };
}

const parts = {
  async parse({ cached, csvRecords, loadTable }) {
    for (const [name, withTexts] of [
      ["numbers", false],
      ["numbers, texts, quotes", true],
    ]) {
      const file = join(folder, "rows.csv");
      generate(file, 200e6, withTexts);
      const cache = join(folder, "rows.cache");
      const made = await timed(() => cached(csvRecords(file), cache, { drop: withTexts ? ["note"] : [] }));
      const table = await timed(() => loadTable(file));
      const lines = await timed(async () => {
        let sum = 0;
        for await (const { x0 } of csvRecords(file)) sum += x0;
        return sum;
      });
      for (const [what, { seconds, busy }] of Object.entries({ cached: made, loadTable: table, csvRecords: lines }))
        console.log(`parse: ${name}: ${what} ${rate(file, seconds)}, by the time of the processor ${rate(file, busy)}`);
      rmSync(file);
      rmSync(cache);
    }
  },

  async memory({ cached, csvRecords }, { Dense, manualSeed, Sequential }) {
    manualSeed(1);
    const file = join(folder, "large.csv");
    const rows = await cached(csvRecords(file), join(folder, "large.cache"));
    const afterCache = process.resourceUsage().maxRSS / 1024;
    const model = new Sequential([new Dense(32, { activation: "relu" }), new Dense(3)]);
    model.compile({ optimizer: "adam", loss: "crossEntropy" });
    const { seconds } = await timed(() =>
      model.fit(rows.batches({ batchSize: 1024, y: "y", standardize: true }), { epochs: 1, verbose: 0 }),
    );
    const peak = process.resourceUsage().maxRSS / 1024;
    const size = (statSync(file).size / 1e9).toFixed(2);
    console.log(
      `memory: ${size} GB, ${rows.length} rows: peak ${afterCache.toFixed(0)} MB with the cache made, ${peak.toFixed(0)} MB trained (an epoch ${seconds.toFixed(1)} s)`,
    );
  },

  async epochs({ cached, DataStream }, { Dense, init, manualSeed, rand, randint, Sequential }) {
    await init({ threads: 1 });
    manualSeed(1);
    const n = 51_200;
    const x = rand([n, 784]);
    const y = randint(0, 10, [n]);
    const cache = await cached(DataStream.from({ x, y }), join(folder, "images.cache"), { key: "" });
    const made = () => {
      const model = new Sequential([new Dense(512, { activation: "relu" }), new Dense(512, { activation: "relu" }), new Dense(10)]);
      model.compile({ optimizer: "sgd", loss: "crossEntropy" });
      return model;
    };
    const models = [made(), made()];
    const data = [{ x, y }, cache.batches({ batchSize: 128 })];
    const epoch = (i) => timed(() => models[i].fit(data[i], { epochs: 1, verbose: 0, ...(i === 0 ? { batchSize: 128 } : {}) }));
    for (const i of [0, 1]) await epoch(i);
    const rounds = [];
    for (let round = 0; round < 9; round++) {
      const taken = [];
      for (const i of round % 2 === 0 ? [0, 1] : [1, 0]) taken[i] = await epoch(i);
      rounds.push(taken);
    }
    const median = (values) => values.sort((a, b) => a - b)[4];
    const share = (of) => `${(100 * median(rounds.map(([memory, cache]) => of(memory) / of(cache)))).toFixed(1)} %`;
    const seconds = [0, 1].map((i) => median(rounds.map((taken) => taken[i].seconds)).toFixed(2));
    console.log(
      `epochs: from the cache at ${share(({ seconds }) => seconds)} of the rate from memory, by the time of the processor ${share(({ busy }) => busy)} (medians of 9; ${seconds.join(" and ")} s from memory and cache)`,
    );
  },
};

if (child === undefined) {
  mkdirSync(dirname(outfile), { recursive: true });
  const contents = `export * as core from ${JSON.stringify(join(here, "../src/index.ts"))}; export * as data from ${JSON.stringify(join(here, "../src/data.ts"))};`;
  const external = ["papaparse", "ml-matrix", "hyparquet", "hyparquet-compressors", "@jsquash/*"];
  await build({
    stdin: { contents, resolveDir: here },
    outfile,
    bundle: true,
    platform: "node",
    format: "esm",
    external,
    logLevel: "error",
  });
  for (const name of part.split(",")) {
    const place = mkdtempSync(join(tmpdir(), "simdgrad-files-"));
    try {
      // Written here: the process that is measured only reads.
      if (name === "memory") generate(join(place, "large.csv"), 2e9, false);
      spawnSync(process.execPath, [fileURLToPath(import.meta.url), name, place, "child"], { stdio: "inherit" });
    } finally {
      rmSync(place, { recursive: true });
    }
  }
} else {
  const { core, data } = await import(pathToFileURL(outfile).href);
  await parts[part](data, core);
}
