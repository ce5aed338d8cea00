import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { packings } from "../../../scripts/packs.mjs";

const { devDependencies } = JSON.parse(readFileSync("package.json", "utf8")) as { devDependencies: { node: string } };
const isPinned = process.versions.node === devDependencies.node && process.arch === "x64";

/** Kernels of which V8 packs nothing yet. The list may only become shorter. */
const NOT_YET = new Set(
  `sumSquares clipFactor crossEntropyRows labelWeights meanLoss max min argmax argmin squaredErrorSum squaredErrorChunks
   squaredErrorGrad binaryCrossEntropySum binaryCrossEntropyChunks binaryCrossEntropyGrad sumChunks sumPartials prod cumsum
   logSoftmaxRows softmaxRowsGrad sortRows topk`.split(/\s+/),
);

test.runIf(isPinned).each(["simd", "relaxed"] as const)("%s: V8 packs something in every kernel that is compiled wide", (build) => {
  const found = packings(build);
  const unpacked = [...found].flatMap(([kernel, functions]) => (functions.some(({ nodes }) => nodes > 0) ? [] : [kernel]));
  // Why not: `node scripts/packs.mjs KERNEL`. A kernel in which nothing can be packed says so: `@narrow` in its comment.
  expect(unpacked.filter((kernel) => !NOT_YET.has(kernel))).toEqual([]);
});
