import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import {
  loadWeights,
  parseNpy,
  parseNpz,
  parseSafetensors,
  serializeNpy,
  serializeNpz,
  serializeSafetensors,
  type Tensor,
  tensor,
} from "../../../../src/index.js";
import { folderOf } from "../files.js";
import { bytesOf, expectBytes } from "../judge.js";
import { type Reader, reader } from "../reader.js";
import { expectTensors, partsOf } from "../safetensors.js";

const utf8 = (text: string) => new Uint8Array(Buffer.from(text));

const WEIGHTS = {
  "0.weight": tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]),
  bytes: tensor([1, 2, 3, 4], { dtype: "uint8" }),
  whole: tensor([[-7], [9]], { dtype: "int32" }),
  nothing: tensor([]),
};

/** A tensor as a text, so that it can be looked for. */
const textOf = (x: Tensor) => `${x.dtype} [${x.shape}] ${bytesOf(x).toString("base64")}`;

/** Files of tensors. */
export const tensors: readonly Reader[] = [
  reader({
    name: "parseSafetensors",
    text: true,
    samples: () => [
      serializeSafetensors(WEIGHTS),
      serializeSafetensors(WEIGHTS, { metadata: { author: "somebody", steps: "7" } }),
      serializeSafetensors(WEIGHTS, { dtype: "float16" }),
    ],
    read: (bytes) => parseSafetensors(bytes),
    judge: ({ tensors, metadata }, bytes) => {
      expect(metadata).toEqual(partsOf(bytes).metadata);
      expectTensors(tensors, bytes);
    },
  }),
  reader({
    name: "loadWeights, an index of shards",
    text: true,
    samples: () => [utf8(JSON.stringify({ metadata: { total_size: 24 }, weight_map: { a: "a.safetensors", b: "b.safetensors" } }))],
    read: async (bytes) => {
      const folder = folderOf({
        "a.safetensors": serializeSafetensors({ a: tensor([1, 2]) }),
        "b.safetensors": serializeSafetensors({ b: tensor([3]) }),
      });
      const path = join(folder, "x.safetensors.index.json");
      writeFileSync(path, bytes);
      return loadWeights(path);
    },
    judge: (found, bytes) => {
      const { weight_map: map } = JSON.parse(Buffer.from(bytes).toString());
      for (const name of Object.keys(map)) expect(found.get(name)?.toArray()).toEqual(name === "a" ? [1, 2] : [3]);
      expect(found.size).toBe(Object.keys(map).length);
    },
  }),
  reader({
    name: "parseNpy",
    text: true,
    samples: () => [...Object.values(WEIGHTS), tensor(3), tensor([true, false])].map((x) => serializeNpy(x)),
    read: parseNpy,
    // The elements end the file; the header, which is a text, tells their shape.
    judge: (x, bytes) => {
      const text = Buffer.from(bytes).toString("latin1");
      const [, fortran] = /'fortran_order'\s*:\s*(True|False)/.exec(text) ?? [];
      const [, shape] = /'shape'\s*:\s*\(([^)]*)\)/.exec(text) ?? [];
      expect(
        shape
          .split(",")
          .map((one) => one.trim())
          .filter((one) => one !== "")
          .map(Number),
      ).toEqual([...x.shape]);
      const found = bytesOf(x);
      if (fortran === "False" && /'[<|](f4|i4|u1|b1|f8)'/.test(text))
        expectBytes(found, bytes.subarray(bytes.length - found.length), "npy");
    },
  }),
  reader({
    name: "parseNpz",
    text: true,
    samples: () => Promise.all([serializeNpz(WEIGHTS), serializeNpz(WEIGHTS, { compress: true }), serializeNpz({ a: tensor([1.5, 2]) })]),
    read: parseNpz,
    // The bytes of each file are under a checksum, and so none may be another; only names are not.
    judge: async (found, _, samples) => {
      const whole = await Promise.all(samples.map((sample) => parseNpz(sample)));
      const all = (some: ReadonlyMap<string, Tensor>) => [...some.values()].map(textOf).sort();
      expect(whole.map(all)).toContainEqual(all(found));
    },
  }),
];
