import { expect, test } from "vitest";
import {
  ColumnTransformer,
  LabelEncoder,
  MaxAbsScaler,
  MinMaxScaler,
  OneHotEncoder,
  OrdinalEncoder,
  PCA,
  Pipeline,
  Preprocessor,
  type PreprocessorJson,
  preprocessorFrom,
  RobustScaler,
  StandardScaler,
  TextVectorizer,
} from "../../src/data.js";
import { Dense, deserializeModel, type Model, options, randn, Sequential, type Tensor, tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";

const TABLE = [
  { size: 40, rooms: 2, city: "Ulm", note: "near the river" },
  { size: 90, rooms: 4, city: "Bonn", note: "quiet, near the park" },
  { size: 60, rooms: 3, city: "Ulm", note: "park" },
];

function columns(): ColumnTransformer {
  return new ColumnTransformer([
    { columns: ["size", "rooms"], by: new Pipeline([new RobustScaler(), new MinMaxScaler()]) },
    { columns: "city", by: new OneHotEncoder() },
    { columns: ["note"], by: new TextVectorizer({ mode: "count" }) },
  ]);
}

test("Pipeline: one after the other, and back", () => {
  const x = randn([10, 3]);
  const pipeline = new Pipeline([new StandardScaler(), new MinMaxScaler({ range: [-1, 1] })]);
  const z = pipeline.fitTransform(x) as Tensor;
  const byHand = new MinMaxScaler({ range: [-1, 1] }).fitTransform(new StandardScaler().fitTransform(x));
  expect(z.toArray()).toEqual(byHand.toArray());
  expect((pipeline.inverse(z) as Tensor).sub(x).abs().max().item()).toBeLessThan(1e-5);
  expect(failure(() => new Pipeline([]))).toMatch(/^ARGUMENT Pipeline: steps is .*; expected a list of preprocessors/);
  expect(failure(() => new Pipeline([StandardScaler as never]))).toMatch(/expected a list of preprocessors/);
  expect(failure(() => pipeline.transform([[1]]))).toMatch(/^SHAPE Pipeline.transform: step 0: StandardScaler.transform: x has shape/);
  expect(failure(() => new Pipeline([new StandardScaler()]).transform(x))).toMatch(/it has not learned anything yet/);
});

test("Pipeline: with steps that learn asynchronously", async () => {
  const x = randn([12, 4]);
  const pipeline = new Pipeline([new StandardScaler(), new PCA({ components: 2 }), new MaxAbsScaler()]);
  expect(failure(() => pipeline.fit(x))).toMatch(
    /^ARGUMENT Pipeline.fit: one of the steps learns asynchronously. Write await pipeline.fitAsync/,
  );
  await pipeline.fitAsync(x);
  const z = pipeline.transform(x) as Tensor;
  expect(z.shape).toEqual([12, 2]);
  expect(z.abs().max().item()).toBeCloseTo(1, 6);
  const again = preprocessorFrom<Pipeline>(JSON.stringify(pipeline));
  expect((again.transform(x) as Tensor).toArray()).toEqual(z.toArray());
  expect((again.inverse(z) as Tensor).shape).toEqual([12, 4]);
});

test("ColumnTransformer: rows and columns of a table, side by side", () => {
  const transformer = columns();
  const z = transformer.fitTransform(TABLE);
  const words = [
    [1, 0, 0, 1, 1],
    [1, 1, 1, 0, 1],
    [0, 1, 0, 0, 0],
  ];
  const numbers = [
    [0, 0, 0, 1],
    [1, 1, 1, 0],
    [0.4, 0.5, 0, 1],
  ];
  for (const [i, row] of (z.toArray() as number[][]).entries()) {
    expect(row).toHaveLength(9);
    for (const [j, value] of [...numbers[i], ...words[i]].entries()) expect(row[j]).toBeCloseTo(value, 6);
  }
  const byColumn = Object.fromEntries(["size", "rooms", "city", "note"].map((name) => [name, TABLE.map((row) => row[name as "size"])]));
  expect(transformer.transform(byColumn).toArray()).toEqual(z.toArray());
  expect(transformer.transform({ ...byColumn, size: tensor([40, 90, 60]) }).toArray()).toEqual(z.toArray());
});

test("ColumnTransformer: back to rows", () => {
  const transformer = new ColumnTransformer([
    { columns: ["size", "rooms"], by: new MinMaxScaler() },
    { columns: "city", by: new OneHotEncoder() },
    { columns: "rooms", by: new OrdinalEncoder() },
  ]);
  const z = transformer.fitTransform(TABLE);
  expect(transformer.inverse(z)).toEqual(TABLE.map(({ size, rooms, city }) => ({ size, rooms, city })));
  expect(failure(() => transformer.inverse(z.slice([null, [0, 2]])))).toMatch(
    /^SHAPE ColumnTransformer.inverse: z has shape \[3, 2\]; expected a tensor \[n, 5\]/,
  );
  expect(failure(() => columns().fit(TABLE).inverse(columns().fitTransform(TABLE)))).toMatch(/expected mode "ids"/);
});

test("ColumnTransformer: wrong calls", () => {
  expect(failure(() => new ColumnTransformer([{ columns: [], by: new StandardScaler() }]))).toMatch(/expected a list of \{ columns, by \}/);
  expect(failure(() => columns().transform(TABLE))).toMatch(/^ARGUMENT ColumnTransformer.transform: it has not learned anything yet/);
  expect(failure(() => columns().fit([{ sizes: 1 }] as never))).toMatch(
    /the table has no column "size". It has sizes. Did you mean "sizes"\?/,
  );
  expect(failure(() => columns().fit([]))).toBe("ARGUMENT ColumnTransformer.fit: the table has no rows.");
  expect(failure(() => columns().fit(3 as never))).toMatch(/^ARGUMENT ColumnTransformer.fit: the table is 3; expected rows/);
  expect(failure(() => columns().fit({ size: [1, 2], rooms: [1] }))).toMatch(
    /^SHAPE ColumnTransformer.fit: column "rooms" has 1 cells, column "size" 2/,
  );
  for (const by of [new StandardScaler(), new Pipeline([new StandardScaler(), new MinMaxScaler()])]) {
    const numbers = new ColumnTransformer([{ columns: ["size", "city"], by }]);
    expect(failure(() => numbers.fit({ size: [1, 2], city: ["rome", "oslo"] }))).toBe(
      'ARGUMENT ColumnTransformer.fit: column "city" has "rome" in row 0; StandardScaler takes numbers. Give the column to a OneHotEncoder or an OrdinalEncoder.',
    );
    numbers.fit({ size: [1, 2], city: [3, 4] });
    expect(failure(() => numbers.transform({ size: [1, "two"], city: [3, 4] }))).toMatch(
      /^ARGUMENT ColumnTransformer.transform: column "size" has "two" in row 1; StandardScaler takes numbers/,
    );
  }
  const labels = new ColumnTransformer([{ columns: "city", by: new LabelEncoder() }]);
  expect(failure(() => labels.fit(TABLE))).toMatch(/Use OrdinalEncoder for rows/);
});

test("what was learned is saved with the model, and made again", () => {
  const transformer = columns();
  const z = transformer.fitTransform(TABLE);
  const model = new Sequential([new Dense(1, { inputShape: [z.shape[1]] })]) as Model;
  model.metadata.preprocessing = JSON.stringify(transformer);
  const again = deserializeModel(model.serialize());
  const loaded = preprocessorFrom<ColumnTransformer>(again.metadata.preprocessing);
  expect(loaded.transform(TABLE).toArray()).toEqual(z.toArray());
  expect(loaded.toJSON()).toEqual(transformer.toJSON());
  expect(preprocessorFrom(columns().toJSON()).fitted).toBe(false);
});

test("preprocessorFrom: classes of one's own, wrong texts", () => {
  class Doubler extends Preprocessor<Tensor, Tensor> {
    static override readonly declaration = options.declare("Doubler", {});
    fitted = true;
    constructor() {
      super(0);
    }
    static override fromJSON(_json: PreprocessorJson): Doubler {
      return new Doubler();
    }
    fit(): this {
      return this;
    }
    transform(x: Tensor): Tensor {
      return x.mul(2);
    }
    override toJSON(): PreprocessorJson {
      return { type: "Doubler", config: {}, state: null };
    }
    protected state(): Record<string, unknown> {
      return {};
    }
    protected restore(): void {}
  }
  const text = JSON.stringify(new Pipeline([new Doubler(), new Doubler()]));
  const again = preprocessorFrom<Pipeline>(text, { custom: { Doubler } });
  expect((again.transform(tensor([1])) as Tensor).toArray()).toEqual([4]);
  expect(failure(() => preprocessorFrom(text))).toMatch(
    /^ARGUMENT preprocessorFrom: unknown type "Doubler". Pass its class: \{ custom: \{ Doubler \} \}/,
  );
  expect(failure(() => again.inverse(tensor([1])))).toMatch(/what it does cannot be taken back/);
  expect(failure(() => preprocessorFrom("{"))).toMatch(/^ARGUMENT preprocessorFrom: the text is no JSON/);
  expect(failure(() => preprocessorFrom("3"))).toMatch(/it is 3; expected \{ type, config, state \}/);
  expect(failure(() => preprocessorFrom({ type: "Pipeline", config: {}, state: null }))).toMatch(
    /^ARGUMENT Pipeline.fromJSON: its steps are undefined/,
  );
  expect(failure(() => preprocessorFrom({ type: "StandardScaler", config: { range: 1 }, state: null }))).toMatch(
    /^ARGUMENT StandardScaler: unknown option "range"/,
  );
});
