import { expect } from "vitest";
import {
  CharTokenizer,
  ColumnTransformer,
  MinMaxScaler,
  OneHotEncoder,
  PCA,
  Pipeline,
  preprocessorFrom,
  RobustScaler,
  StandardScaler,
  TextVectorizer,
} from "../../../../src/data.js";
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
  Sequential,
  SGD,
  serializeOptimizerState,
  tensor,
} from "../../../../src/index.js";
import { checkpointPieces, readCheckpoint } from "../../../../src/io/checkpointFile.js";
import { loadTableModel, planTable, TableModel } from "../../../../src/tables.js";
import { fileOf, written } from "../files.js";
import { expectBytes, expectWithin } from "../judge.js";
import { type Reader, reader } from "../reader.js";
import { partsOf } from "../safetensors.js";

const utf8 = (text: string) => new Uint8Array(Buffer.from(text));

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
    new ColumnTransformer([
      { columns: ["size"], by: new StandardScaler() },
      { columns: ["city"], by: new OneHotEncoder() },
    ]).fit({ size: [1, 2], city: ["Ulm", "Bonn"] }),
    new Pipeline([new StandardScaler(), new MinMaxScaler()]).fit(TABLE),
  ]);

/** Expects a model to have everything that its file says. */
function expectModel(again: Uint8Array, bytes: Uint8Array): void {
  const [found, given] = [partsOf(again), partsOf(bytes)];
  for (const [key, text] of Object.entries(given.metadata)) {
    // builtFor: what counts are the shapes of the parameters, which are held against the layers' options.
    if (key === "simdgrad") {
      // The kernels that trained it are told for the reader's sake.
      const { architecture, version } = JSON.parse(text, withoutBuilt);
      expectWithin({ architecture, version }, JSON.parse(found.metadata[key], withoutBuilt));
    } else expect(found.metadata[key]).toBe(text);
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
}

const SIZES = Array.from({ length: 40 }, (_, i) => ({
  size: (i * 7) % 40,
  city: ["Ulm", "Bonn", "Kiel"][i % 3],
  kind: (i * 7) % 40 < 20 ? "small" : "large",
}));

/** The file of a model of a table. */
async function tableModel(): Promise<Uint8Array> {
  const model = new TableModel(planTable(SIZES));
  await model.fit(SIZES, { epochs: 1, verbose: 0 });
  return written((path) => model.save(path));
}

const CHECKPOINTS = [
  {
    weights: new Map([["0.weight", tensor([1, 2, 3])]]),
    state: { epoch: 3, list: [Number.NaN, tensor([4, 5])], bytes: Uint8Array.of(1, 2) },
    metadata: { author: "somebody" },
  },
  { weights: new Map(), state: null, metadata: {} },
];
const bytesOfCheckpoint = (content: (typeof CHECKPOINTS)[number]) =>
  new Uint8Array(Buffer.concat([...checkpointPieces("write", content as never)]));

/** Models and what belongs to them. */
export const models: readonly Reader[] = [
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
    judge: expectModel,
  }),
  reader({
    name: "loadTableModel",
    text: true,
    samples: async () => [await tableModel()],
    read: fileOf(async (path) => {
      const model = await loadTableModel(path);
      await model.predict(SIZES.slice(0, 2));
      return model.network.serialize();
    }),
    judge: expectModel,
  }),
  reader({
    name: "readCheckpoint",
    text: true,
    samples: () => CHECKPOINTS.map(bytesOfCheckpoint),
    read: fileOf((path) => readCheckpoint("read", path)),
    // Every byte is under the sum.
    judge: (_, bytes, samples) => expect(samples.some((sample) => Buffer.compare(sample, bytes) === 0)).toBe(true),
  }),
  reader({
    name: "preprocessorFrom",
    text: true,
    samples: async () => (await preprocessors()).map((one) => utf8(JSON.stringify(one))),
    read: (bytes) => preprocessorFrom(Buffer.from(bytes).toString()),
    judge: (made, bytes) => expectWithin(JSON.parse(JSON.stringify(made)), JSON.parse(Buffer.from(bytes).toString())),
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
