import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { read, root } from "../support/repository.js";
import { installed, runNode } from "./built.js";

const COMPILERS = { "5.4": "typescript-5.4", "5": "typescript-5", "7": "typescript" };

/** Strict, and with what the platform always has. */
const PROGRAM = `
import { Adam, batches, crossEntropy, Dense, type History, Linear, loadModel, manualSeed, Module, type Model, noGrad, Sequential, type Tensor, tensor } from "simdgrad";
import { loadDigits } from "simdgrad/digits";
import type * as classic from "simdgrad/classic";
import type * as data from "simdgrad/data";
import type * as datasets from "simdgrad/datasets";
import type * as linalg from "simdgrad/linalg";
import type * as models from "simdgrad/models";
import type * as plot from "simdgrad/plot";
import type * as report from "simdgrad/report";
import type * as search from "simdgrad/search";
import type * as tables from "simdgrad/tables";
  import type * as tensorboard from "simdgrad/tensorboard";
export type Doors = [typeof classic, typeof data, typeof datasets, typeof linalg, typeof models, typeof plot, typeof report, typeof search, typeof tables, typeof tensorboard];
/** An interface has no index signature, and its objects are rows all the same. */
interface Flat {
  readonly size: number;
  readonly city: string | null;
}
declare const flats: Flat[];
export const rows: Parameters<typeof tables.planTable>[0] = [] as typeof flats;
export const tableOf = ({ Table }: typeof data, given: Flat[]): data.Table => Table.from(given);
declare const console: { log(text: string): void };

class Net extends Module {
  hidden = new Linear(2, 16);
  out = new Linear(16, 2);
  forward(x: Tensor): Tensor {
    return this.out.forward(this.hidden.forward(x).tanh());
  }
}

manualSeed(1);
const x = tensor([[0, 0], [0, 1], [1, 0], [1, 1]]);
const y: Tensor = tensor([0, 1, 1, 0], { dtype: "int32" });

const net = new Net();
const optimizer = new Adam(net.parameters(), { learningRate: 0.05 });
for (let epoch = 0; epoch < 100; epoch++) {
  for (const batch of batches({ x, y }, 4, { shuffle: true })) {
    const loss = crossEntropy(net.forward(batch.x), batch.y);
    loss.backward();
    optimizer.step();
    optimizer.zeroGrad();
  }
}
const values: Float32Array = noGrad(() => net.forward(x)).data as Float32Array;

const model: Model = new Sequential([new Dense(16, { activation: "tanh", inputShape: [2] }), new Dense(2)]);
model.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
const history: History = await model.fit({ x, y }, { epochs: 3, verbose: 0 });
const losses: number[] = history.history.loss;
await model.save("typed.safetensors");
const loaded = await loadModel<Model>("typed.safetensors");
const predicted: Tensor = (await loaded.predict(x)).softmax();
const images: Tensor = (await loadDigits({ image: true })).test.x;
console.log(JSON.stringify({ images: images.shape, values: values.length, epochs: losses.length, shape: predicted.shape }));
`;

const MISTAKES = `
import { Sequential, tensor } from "simdgrad";
// @ts-expect-error no such method
tensor([1]).rellu();
// @ts-expect-error a layer is expected
new Sequential([3]);
// @ts-expect-error unknown option
new Sequential([]).fit({ x: [1], y: [1] }, { epoch: 3 });
// @ts-expect-error a number is expected
tensor([1]).softmax("last");
// @ts-expect-error not an address
new Sequential([]).save({ to: "file" });
`;

let folder: string;
beforeAll(() => {
  folder = installed();
  writeFileSync(join(folder, "program.ts"), PROGRAM);
  writeFileSync(join(folder, "mistakes.ts"), MISTAKES);
  writeFileSync(join(folder, "own.ts"), read("test/types/own.ts").replace("../../src/index.js", "simdgrad"));
});

/** Compiles the programs. @returns the compiler's complaints */
function compile(compiler: string, options: object): string {
  const compilerOptions = {
    target: "es2022",
    module: "nodenext",
    strict: true,
    noImplicitOverride: true,
    skipLibCheck: false,
    types: [],
    ...options,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["program.ts", "mistakes.ts", "own.ts"] }));
  const program = join(root, "node_modules", compiler, "bin/tsc");
  return spawnSync(process.execPath, [program, "-p", "."], { cwd: folder, encoding: "utf8" }).stdout;
}

describe.each(Object.entries(COMPILERS))("TypeScript %s", (version, compiler) => {
  test("is that version", () => {
    const { version: found } = JSON.parse(readFileSync(join(root, "node_modules", compiler, "package.json"), "utf8"));
    expect(`${found}.`.startsWith(`${version}.`)).toBe(true);
  });

  test("compiles a program with the language's own library alone, as strictly as it can", () => {
    expect(compile(compiler, { lib: ["es2022"], outDir: "out", exactOptionalPropertyTypes: true })).toBe("");
    expect(JSON.parse(runNode(folder, "out/program.js"))).toEqual({ images: [359, 1, 8, 8], values: 8, epochs: 3, shape: [4, 2] });
  });

  // TypeScript 7 does not know it any more.
  test.runIf(version.startsWith("5"))("compiles it where modules are resolved as Node 10 did", () => {
    const options = { lib: ["es2022"], noEmit: true, module: "es2022", moduleResolution: "node10" };
    expect(compile(compiler, options)).toBe("");
  });

  test("compiles it beside the browser's types", () => {
    expect(compile(compiler, { lib: ["es2022", "dom"], noEmit: true }).replace(/^program\.ts.*console.*\n/gm, "")).toBe("");
  });

  test("compiles it beside Node's types", () => {
    const types = { types: ["node"], typeRoots: [join(root, "node_modules/@types")] };
    expect(compile(compiler, { lib: ["es2022"], noEmit: true, ...types }).replace(/^program\.ts.*console.*\n/gm, "")).toBe("");
  });
});
