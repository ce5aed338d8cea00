import { readFileSync } from "node:fs";
import { gunzipSync, gzipSync } from "node:zlib";
import { expect } from "vitest";
import {
  CharTokenizer,
  type LoadImageOptions,
  loadImage,
  MinMaxScaler,
  OneHotEncoder,
  PCA,
  Pipeline,
  preprocessorFrom,
  RobustScaler,
  StandardScaler,
  TextVectorizer,
} from "../../../src/data.js";
import { parseCifar10, parseIdx } from "../../../src/datasets.js";
import {
  Adam,
  BatchNorm1d,
  Dense,
  Dropout,
  deserializeModel,
  Linear,
  LSTM,
  Parameter,
  parseOptimizerState,
  parseSafetensors,
  Sequential,
  SGD,
  serializeOptimizerState,
  serializeSafetensors,
  type Tensor,
  tensor,
} from "../../../src/index.js";
import { untar } from "../../../src/io/tar.js";
import { png } from "../png.js";
import { tar, tarEntry } from "../tar.js";
import { bytesOf, expectBytes, expectWithin } from "./judge.js";
import { type Reader, reader } from "./reader.js";

const utf8 = (text: string) => new Uint8Array(Buffer.from(text));
const unzipped = (bytes: Uint8Array): Uint8Array => (bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes);

function idx(...shape: number[]): Uint8Array {
  const size = shape.reduce((a, b) => a * b, 1);
  const extents = shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
  return Uint8Array.from([0, 0, 8, shape.length, ...extents, ...Array.from({ length: size }, (_, i) => (i * 7) % 256)]);
}

const records = Uint8Array.from({ length: 3 * 3073 }, (_, i) => (i % 3073 === 0 ? i / 3073 : (i * 31) % 256));

/** The JSON of a safetensors file, and its bytes. */
function partsOf(bytes: Uint8Array): {
  header: Record<string, { dtype: string; shape: number[]; data_offsets: number[] }>;
  metadata: Record<string, string>;
  data: Uint8Array;
} {
  const length = Number(Buffer.from(bytes).readBigUInt64LE(0));
  const { __metadata__: metadata = {}, ...header } = JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString());
  return { header, metadata, data: bytes.subarray(8 + length) };
}

/** Expects tensors to be those of a safetensors file, each byte of it. */
function expectTensors(tensors: ReadonlyMap<string, Tensor>, bytes: Uint8Array): void {
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

const WEIGHTS = {
  "0.weight": tensor([
    [1, 2, 3],
    [4, 5, 6],
  ]),
  bytes: tensor([1, 2, 3, 4], { dtype: "uint8" }),
  whole: tensor([[-7], [9]], { dtype: "int32" }),
  nothing: tensor([]),
};

function perceptron(): Sequential {
  return new Sequential([new Dense(4, { inputShape: [3], activation: "relu" }), new Dropout(0.25), new BatchNorm1d(4), new Dense(2)]);
}

const withoutBuilt = (name: string, value: unknown) => (name === "builtFor" ? undefined : value);

/** An optimizer that has made two steps. */
function adam(): Adam {
  const parameter = new Parameter(tensor([1, 2, 3]));
  const optimizer = new Adam([parameter], { learningRate: 0.01 });
  return optimizer;
}

const TABLE = [
  [1, 2],
  [3, 5],
  [4, 1],
  [0, 9],
];
const preprocessors = () =>
  Promise.all([
    new StandardScaler().fit(TABLE),
    new MinMaxScaler().fit(TABLE),
    new RobustScaler().fit(TABLE),
    new PCA({ components: 1 }).fit(TABLE),
    new OneHotEncoder().fit([["red"], ["blue"]]),
    new TextVectorizer({ maxTokens: 10 } as never).fit(["to be or not", "to be"]),
    new Pipeline([new StandardScaler(), new MinMaxScaler()]).fit(TABLE),
  ]);

const image =
  (options: LoadImageOptions = {}) =>
  (bytes: Uint8Array) =>
    loadImage(bytes, { dtype: "uint8", ...options });

/** One row for each reader. */
export const readers: readonly Reader[] = [
  reader({
    name: "parseIdx",
    samples: () => [idx(3, 4, 4), idx(9), gzipSync(idx(2, 5)), gzipSync(idx(40))],
    read: parseIdx,
    judge: (x, bytes) => {
      const found = x.shape.flatMap((n) => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255]);
      expectBytes(Buffer.concat([Uint8Array.from([0, 0, 8, x.rank, ...found]), bytesOf(x)]), unzipped(bytes), "idx");
    },
  }),
  reader({
    name: "parseCifar10",
    samples: () => [records, records.subarray(0, 3073), gzipSync(records.subarray(3073))],
    read: (bytes) => parseCifar10(bytes, { dtype: "uint8" }),
    judge: ({ x, y }, bytes) => {
      const pixels = bytesOf(x);
      const rows = Array.from(y.view(), (label, i) => Buffer.concat([Uint8Array.of(label), pixels.subarray(3072 * i, 3072 * (i + 1))]));
      expect(Math.max(...y.view())).toBeLessThan(10);
      expectBytes(Buffer.concat(rows), unzipped(bytes), "records");
    },
  }),
  reader({
    name: "untar",
    samples: () => [tar([tarEntry("a.txt", "alpha"), tarEntry("b", "y".repeat(700)), tarEntry("empty", "")])],
    read: (bytes) => untar("untar", bytes),
    // The checksum of tar is of the headers: the content of a file may be another, its place and length may not.
    judge: (files, bytes) => {
      for (const [name, content] of files) {
        expect(Buffer.from(bytes).includes(Buffer.from(name))).toBe(true);
        expect(Buffer.from(bytes).includes(Buffer.from(content))).toBe(true);
      }
    },
  }),
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
    name: "parseOptimizerState",
    text: true,
    samples: () => [
      serializeOptimizerState(adam().stateDict()),
      serializeOptimizerState(new SGD([new Parameter(tensor([1, 2]))], { momentum: 0.9 }).stateDict()),
    ],
    read: (bytes) => {
      const state = parseOptimizerState(bytes);
      const optimizer = state.optimizer === "SGD" ? new SGD([new Parameter(tensor([1, 2]))], { momentum: 0.9 }) : adam();
      optimizer.loadStateDict(state);
      return serializeOptimizerState(optimizer.stateDict());
    },
    judge: (again, bytes) => {
      const [found, given] = [partsOf(again), partsOf(bytes)];
      const state = JSON.parse(given.metadata["simdgrad.optimizer"]);
      // null: a schedule, which the optimizer that takes the state over has itself.
      for (const group of state.groups) if (group.learningRate === null) delete group.learningRate;
      expectWithin(state, JSON.parse(found.metadata["simdgrad.optimizer"]));
      expect(Object.keys(found.header).sort()).toEqual(Object.keys(given.header).sort());
    },
  }),
  reader({
    name: "deserializeModel",
    text: true,
    samples: () => [perceptron().serialize(), new Sequential([new LSTM(2, 3), new Linear(3, 1)]).serialize()],
    read: (bytes) => deserializeModel(bytes).serialize(),
    judge: (again, bytes) => {
      const [found, given] = [partsOf(again), partsOf(bytes)];
      for (const [key, text] of Object.entries(given.metadata)) {
        // builtFor: what counts are the shapes of the parameters, which are held against the layers' options.
        if (key === "simdgrad") expectWithin(JSON.parse(text, withoutBuilt), JSON.parse(found.metadata[key], withoutBuilt));
        else expect(found.metadata[key]).toBe(text);
      }
      expect(Object.keys(found.header).sort()).toEqual(Object.keys(given.header).sort());
      for (const [
        name,
        {
          data_offsets: [from, to],
        },
      ] of Object.entries(given.header)) {
        const [begin, end] = found.header[name].data_offsets;
        expectBytes(found.data.subarray(begin, end), given.data.subarray(from, to), name);
      }
    },
  }),
  reader({
    name: "preprocessorFrom",
    text: true,
    samples: async () => (await preprocessors()).map((one) => utf8(JSON.stringify(one))),
    read: (bytes) => preprocessorFrom(Buffer.from(bytes).toString()),
    judge: (made, bytes) => expectWithin(JSON.parse(JSON.stringify(made)), JSON.parse(Buffer.from(bytes).toString())),
  }),
  reader({
    name: "loadImage, PNG",
    samples: () => [
      png({ width: 5, height: 4, type: 2, depth: 8, pixel: (x, y) => [x * 40, y * 50, 7] }),
      png({
        width: 9,
        height: 9,
        type: 3,
        depth: 4,
        interlaced: true,
        palette: Array.from({ length: 48 }, (_, i) => i * 5),
        pixel: (x, y) => [(x + y) % 16],
      }),
      png({ width: 3, height: 3, type: 0, depth: 16, pixel: (x, y) => [x * 20_000 + y] }),
    ],
    read: image(),
    // Every byte of a PNG file but the signature is under a checksum: what is read is what was written.
    judge: async (x, _, samples) => {
      const whole = await Promise.all(samples.map(image()));
      expect(whole.some((one) => bytesOf(one).equals(bytesOf(x)) && String(one.shape) === String(x.shape))).toBe(true);
    },
  }),
  reader({
    name: "loadImage, JPEG",
    samples: () => ["baseline", "progressive", "grey"].map((name) => new Uint8Array(readFileSync(`test/fixtures/images/${name}.jpg`))),
    read: image({ maxPixels: 4_000_000 }),
    // There is no checksum: the image has the extent that its frame tells, in either order.
    judge: (x, bytes) => {
      const [, height, width] = x.shape;
      const frames = [
        ...Buffer.from(bytes)
          .toString("latin1")
          .matchAll(/\xff[\xc0-\xc2].{3}(..)(..)/gs),
      ];
      const told = frames.map(([, h, w]) => [Buffer.from(h, "latin1").readUInt16BE(), Buffer.from(w, "latin1").readUInt16BE()]);
      expect(told.some(([h, w]) => (h === height && w === width) || (h === width && w === height))).toBe(true);
    },
  }),
  reader({
    name: "CharTokenizer.fromJSON",
    text: true,
    samples: () => [utf8(JSON.stringify(CharTokenizer.fit("to be or not", { unknown: " " })))],
    read: (bytes) => {
      let json: unknown;
      try {
        json = JSON.parse(Buffer.from(bytes).toString());
      } catch {
        return null;
      }
      return CharTokenizer.fromJSON(json as never);
    },
    judge: (made, bytes) => {
      if (made !== null) expectWithin(JSON.parse(JSON.stringify(made)), JSON.parse(Buffer.from(bytes).toString()));
    },
  }),
];
