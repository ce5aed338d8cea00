import v8 from "node:v8";
import vm from "node:vm";
import { afterEach, beforeEach, expect, test } from "vitest";
import { capture, type Tensor, tensor } from "../../../src/index.js";
import { absKernel, expKernel, reluKernel, sigmoidKernel, tanhKernel } from "../../../src/kernels/generated.js";
import { isWide, loadedBuild, loadPiece, noteCall, tableIndex, useKernels, useWide, widen } from "../../../src/kernels/load.js";

const packs = Number.parseInt(process.versions.v8, 10) >= 13;

const place = (kernel = expKernel) => tableIndex(loadedBuild() as NonNullable<ReturnType<typeof loadedBuild>>, kernel as never);

beforeEach(() => {
  useKernels("relaxed");
  loadPiece(expKernel.piece);
  useWide(false);
});
afterEach(() => useWide(false));

test.runIf(packs)(
  "a kernel is compiled wide once its longer calls took half a millisecond for each function, and then stands elsewhere",
  () => {
    const narrow = place();
    useWide(true);
    const functions = 1 + expKernel.piece.inner.relaxed.exp.length;
    noteCall(expKernel as never, 5999);
    noteCall(expKernel as never, 1e5);
    noteCall(expKernel as never, 5e5 * functions - 2e5);
    expect(place()).toBe(narrow);
    noteCall(expKernel as never, 1e5);
    expect(place()).not.toBe(narrow);
    useWide(false);
    expect(place()).toBe(narrow);
    useWide(true);
    expect(place()).not.toBe(narrow);
  },
);

test.runIf(packs)("short calls of a kernel count together in a step that is recorded", () => {
  const narrow = place(absKernel as never);
  useWide(true);
  const few = capture((x: Tensor) => x.abs());
  const many = capture((x: Tensor) => [0, 1, 2, 3, 4, 5, 6, 7].map(() => x.abs()));
  const short = tensor(new Float32Array(4096).fill(-1));
  for (let i = 0; i < 3; i++) few(short);
  expect(place(absKernel as never)).toBe(narrow);
  for (let i = 0; i < 3; i++) many(short);
  expect(place(absKernel as never)).not.toBe(narrow);
});

test.runIf(packs)("the kernels of a step that is recorded are compiled wide at once, if they are not too short", () => {
  const narrow = place(reluKernel as never);
  useWide(true);
  const step = capture((x: Tensor) => x.relu());
  const long = tensor(new Float32Array(65536).fill(-1));
  for (let i = 0; i < 3; i++) step(long);
  expect(place(reluKernel as never)).not.toBe(narrow);
});

test.runIf(packs)("V8 forgets code that rests, and kernels are compiled wide all the same", () => {
  useWide(true);
  widen(tanhKernel as never);
  v8.setFlagsFromString("--expose-gc");
  v8.setFlagsFromString("--stress-flush-code");
  const collect = vm.runInNewContext("gc") as () => void;
  for (let i = 0; i < 4; i++) collect();
  v8.setFlagsFromString("--no-stress-flush-code");
  const narrow = place(sigmoidKernel as never);
  widen(sigmoidKernel as never);
  expect(isWide()).toBe(true);
  expect(place(sigmoidKernel as never)).not.toBe(narrow);
});
