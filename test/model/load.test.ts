import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  Activation,
  Dense,
  Dropout,
  deserializeModel,
  Embedding,
  Flatten,
  input,
  Lambda,
  Linear,
  loadModel,
  loadWeights,
  Model,
  Module,
  parseSafetensors,
  Reshape,
  randint,
  randn,
  Sequential,
  saveWeights,
  serializeSafetensors,
  type Tensor,
} from "../../src/index.js";
import { Rebuilder } from "../../src/model/rebuild.js";
import { failure } from "../support/errors.js";
import { bits, blobs, rejection } from "../support/toy.js";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "simdgrad-"));
});
afterAll(() => rm(folder, { recursive: true }));

class Times extends Module {
  constructor(readonly factor = 1) {
    super();
  }
  static fromConfig({ factor }: { factor: number }): Times {
    return new Times(factor);
  }
  config(): object {
    return { factor: this.factor };
  }
  forward(x: Tensor): Tensor {
    return x.mul(this.factor);
  }
}

class Net extends Model {
  readonly hidden: number;
  fc1: Dense;
  fc2 = new Dense(3);
  constructor({ hidden = 8 } = {}) {
    super();
    this.hidden = hidden;
    this.fc1 = new Dense(hidden, { activation: "tanh" });
  }
  config(): object {
    return { hidden: this.hidden };
  }
  override forward(x: Tensor): Tensor {
    return this.fc2.forward(this.fc1.forward(x));
  }
}

/** Saves and loads in memory and by way of a file; both must compute the same bits. */
async function roundTrip(model: Model, x: Tensor | Tensor[], custom?: Record<string, typeof Net | typeof Times>): Promise<Model> {
  const before = [await model.predict<Tensor | Tensor[]>(x)].flat().map((y) => y.toArray());
  const path = join(folder, "model.safetensors");
  await model.save(path);
  const loaded = [
    deserializeModel(model.serialize(), { custom }),
    await loadModel(path, { custom }),
    await loadModel(pathToFileURL(path), { custom }),
  ];
  for (const again of loaded) {
    expect([await again.predict<Tensor | Tensor[]>(x)].flat().map((y) => y.toArray())).toEqual(before);
    expect(bits(again)).toEqual(bits(model));
    expect(again.summary(() => {})).toBe(model.summary(() => {}));
    // And once more, from what was loaded.
    expect(again.describe()).toEqual(model.describe());
  }
  return loaded[1];
}

describe("save and load", () => {
  test("Sequential, of every layer, after training", async () => {
    const model = new Sequential([
      new Reshape([2, 2]),
      new Flatten(),
      new Dense(8, { activation: { name: "leakyRelu", slope: 0.3 }, weightInitializer: "auto" }),
      new Dropout(0.25),
      new Sequential([new Linear(8, 6, { bias: false }), new Activation("gelu")]),
      new Dense(3, { activation: "softmax" }),
    ]).compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
    const data = blobs(60);
    await model.fit(data, { epochs: 3, verbose: 0 });
    const again = await roundTrip(model, data.x);
    expect(again).toBeInstanceOf(Sequential);
    expect(await rejection(again.evaluate(data))).toMatch(/^GRAPH evaluate: the model is not compiled/);
    again.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
    expect(await again.evaluate(data)).toEqual(await model.evaluate(data));
    await again.fit(data, { verbose: 0 });
  });

  test("with inputShape, never run", async () => {
    await roundTrip(new Sequential([new Dense(5, { inputShape: [4] }), new Dense(2)]), randn([3, 4]));
  });

  test("a layer that stands twice stays one layer", async () => {
    const shared = new Dense(4, { inputShape: [4] });
    const again = await roundTrip(new Sequential([shared, new Activation("relu"), shared]), randn([3, 4]));
    expect(again.parameters().length).toBe(2);
  });

  test("metadata, which nothing that was not given to them is in", async () => {
    const model = new Sequential([new Dense(2, { inputShape: [3] })]);
    model.metadata.classes = JSON.stringify(["no", "yes"]);
    // The name of the architecture is taken.
    model.metadata.simdgrad = "mine";
    expect(deserializeModel(model.serialize()).metadata).toEqual({ classes: '["no","yes"]' });
    const path = join(folder, "metadata.safetensors");
    await model.save(path);
    expect((await loadModel(path)).metadata).toEqual({ classes: '["no","yes"]' });
    model.metadata.count = 3 as never;
    expect(() => model.serialize()).toThrow(/metadata's "count"/);
  });

  test("an embedding", async () => {
    await roundTrip(new Sequential([new Embedding(20, 3, { paddingIndex: 0 }), new Flatten(), new Dense(2)]), randint(0, 20, [4, 5]));
  });

  test("functional, with a shared layer, several inputs and outputs", async () => {
    const [a, b] = [input([4]), input([4])];
    const shared = new Dense(6, { activation: "relu" });
    const deep = new Dense(2).forward(shared.forward(a));
    const model = new Model({ inputs: [a, b], outputs: [deep, shared.forward(b)] });
    const again = await roundTrip(model, [randn([5, 4]), randn([5, 4])]);
    expect(again.parameters().length).toBe(4);
  });

  test("classes of one's own, by name or type, with lazy layers inside", async () => {
    const net = new Net({ hidden: 5 });
    net.forward(randn([2, 4]));
    await roundTrip(net, randn([3, 4]), { Net });
    const nested = new Sequential([new Times(3), net]);
    nested.forward(randn([2, 4]));
    const again = (await roundTrip(nested, randn([3, 4]), { Net, Times })) as Sequential;
    expect(again.layers[1]).toBeInstanceOf(Net);
    expect((again.layers[0] as Times).factor).toBe(3);
  });

  test("a class with a static type is known by it", () => {
    class Hidden extends Net {
      static override readonly type = "my/net";
    }
    const model = new Hidden();
    model.forward(randn([1, 4]));
    expect(deserializeModel(model.serialize(), { custom: { "my/net": Hidden } })).toBeInstanceOf(Hidden);
  });

  test("weights only: names and layouts are PyTorch's", async () => {
    const path = join(folder, "weights.safetensors");
    const [from, to] = [new Sequential([new Linear(4, 3)]), new Sequential([new Linear(4, 3)])];
    await saveWeights(path, from.stateDict());
    const weights = await loadWeights(path);
    expect(Object.fromEntries([...weights].map(([name, { shape }]) => [name, shape]))).toEqual({ "0.weight": [3, 4], "0.bias": [3] });
    to.loadStateDict(weights);
    expect(bits(to)).toEqual(bits(from));
    // A whole model's file is such a file too.
    await from.save(path);
    to.loadStateDict(await loadWeights(path));
  });
});

test("classes of one's own whose constructor takes several arguments, or is private, say how they are made", async () => {
  class Affine extends Module {
    static override readonly type = "Affine";
    private constructor(
      readonly factor: number,
      readonly term: number,
      readonly times: number,
    ) {
      super();
    }
    static fromConfig({ factor, term, times }: { factor: number; term: number; times: number }): Affine {
      return new Affine(factor, term, times);
    }
    config(): object {
      return { factor: this.factor, term: this.term, times: this.times };
    }
    override forward(x: Tensor): Tensor {
      let result = x;
      for (let i = 0; i < this.times; i++) result = result.mul(this.factor).add(this.term);
      return result;
    }
  }
  const model = new Sequential([Affine.fromConfig({ factor: 2, term: 1, times: 3 })]);
  const path = join(folder, "affine.safetensors");
  await model.save(path);
  const again = await loadModel(path, { custom: { Affine } });
  expect((await again.predict([[1, 2]])).toArray()).toEqual([[15, 23]]);
});

describe("errors", () => {
  test("what cannot be saved", async () => {
    expect(await rejection(new Sequential([new Dense(3)]).save(join(folder, "x")))).toBe(
      'GRAPH parameters: Dense at "0" is not built: its parameters depend on the shape of its input. Run one forward, call build(inputShape), or give inputShape to the layer.',
    );
    const model = new Sequential([new Lambda((x) => x.mul(2))]);
    expect(failure(() => model.serialize())).toBe(
      'ARGUMENT Lambda: fn of layer "0" is a function, which a saved model cannot hold. Write a Module of your own, and pass its class to loadModel as custom. saveWeights(path, model.stateDict()) saves the numbers.',
    );
    // Before a training, too, and at any depth.
    const deep = new Sequential([new Sequential([new Dense(2, { activation: (x) => x.tanh(), inputShape: [3] })])]);
    const text =
      'ARGUMENT Dense: activation of layer "0.0" is a function, which a saved model cannot hold. Write a Module of your own, and pass its class to loadModel as custom. saveWeights(path, model.stateDict()) saves the numbers.';
    expect(failure(() => deep.describe())).toBe(text);
    expect(await rejection(deep.save(join(folder, "x")))).toBe(text);
    const x = input([3]);
    const functional = new Model({ inputs: x, outputs: new Dense(2, { activation: (y) => y.tanh() }).forward(x) });
    expect(failure(() => functional.describe())).toBe(text.replace("0.0", "0"));
    const missing = join(folder, "not/there");
    expect(await rejection(new Sequential([new Linear(1, 1)]).save(missing))).toBe(
      `FILE save: cannot write ${missing}: no such file or folder.`,
    );
  });

  test("what cannot be loaded", async () => {
    const missing = join(folder, "not-there");
    expect(await rejection(loadModel(missing))).toBe(`FILE loadModel: cannot read ${missing}: no such file or folder.`);
    expect(await rejection(loadWeights(missing))).toBe(`FILE loadWeights: cannot read ${missing}: no such file or folder.`);
    expect(failure(() => deserializeModel(serializeSafetensors({ w: randn([1]) })))).toBe(
      "ARGUMENT deserializeModel: the file holds weights but no architecture. Build the model yourself and load the weights: model.loadStateDict(await loadWeights(path)).",
    );
    const model = new Sequential([new Times(2)]);
    expect(failure(() => deserializeModel(model.serialize()))).toBe(
      'ARGUMENT deserializeModel: unknown layer type "Times". Pass its class: { custom: { Times } }.',
    );
    expect(failure(() => deserializeModel(model.serialize(), { customs: {} } as never))).toBe(
      'ARGUMENT deserializeModel: unknown option "customs". Known: custom. Did you mean "custom"?',
    );
    expect(failure(() => deserializeModel(model.serialize(), { custom: { Times: new Times(2) as never } }))).toBe(
      "ARGUMENT deserializeModel: custom.Times is a Times; expected a class.",
    );
  });

  test("what was changed", () => {
    const { tensors, metadata } = parseSafetensors(new Sequential([new Linear(2, 3)]).serialize());
    const changed = (change: (header: { version: number; architecture: { layers: { type: string; config: object }[] } }) => void) => {
      const header = JSON.parse(metadata.simdgrad);
      change(header);
      return failure(() => deserializeModel(serializeSafetensors(tensors, { metadata: { simdgrad: JSON.stringify(header) } })));
    };
    expect(
      changed((header) => {
        header.version = 7;
      }),
    ).toBe("ARGUMENT deserializeModel: the file has version 7; this simdgrad reads 1 and 2. Update simdgrad.");
    expect(
      changed(({ architecture }) => {
        architecture.layers[0].type = "Linaer";
      }),
    ).toBe('ARGUMENT deserializeModel: unknown layer type "Linaer". Pass its class: { custom: { Linaer } }. Did you mean "Linear"?');
    expect(
      changed(({ architecture }) => {
        architecture.layers[0].type = "toString";
      }),
    ).toMatch(/unknown layer type "toString"/);
    expect(
      changed(({ architecture }) => {
        architecture.layers[0].config = { inFeatures: 3, outFeatures: 2 };
      }),
    ).toBe('SHAPE deserializeModel: the file\'s layer "0" (Linear): the file\'s tensor "0.weight" is [3, 2]; expected [2, 3].');
    expect(failure(() => deserializeModel(serializeSafetensors(tensors, { metadata: { simdgrad: "{" } })))).toBe(
      "ARGUMENT deserializeModel: the architecture in the file is damaged: it is no JSON.",
    );
  });
});

test("initial values that nobody knows any more hinder no loading: the file holds the weights", () => {
  const model = new Sequential([new Dense(2, { inputShape: [3], weightInitializer: "identity" })]);
  const described = JSON.parse(JSON.stringify(model.describe()).replace('"identity"', '"fromElsewhere"'));
  const again = new Rebuilder("loadModel", {}, model.stateDict()).rebuild(described) as Sequential;
  expect((again.layers[0] as Dense).config()).toMatchObject({ units: 2, weightInitializer: "glorotUniform" });
});
