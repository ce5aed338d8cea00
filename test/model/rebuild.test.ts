import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  BatchNorm,
  Dense,
  deserializeModel,
  Embedding,
  input,
  Linear,
  Model,
  Module,
  memory,
  ones,
  parseSafetensors,
  randn,
  Sequential,
  SimdgradError,
  serializeSafetensors,
  type Tensor,
} from "../../src/index.js";
import type { Architecture } from "../../src/nn/architecture.js";
import { failure } from "../support/errors.js";

type Header = { version: unknown; architecture: Architecture };

/** A file whose header was changed. */
function changed(model: Model, change: (architecture: Architecture) => unknown, version: unknown = 2): Uint8Array {
  const { tensors, metadata } = parseSafetensors(model.serialize());
  const header = JSON.parse(metadata.simdgrad) as Header;
  const architecture = change(header.architecture) as Architecture;
  return serializeSafetensors(tensors, { metadata: { simdgrad: JSON.stringify({ ...header, version, architecture }) } });
}

const loading = (bytes: Uint8Array, custom = {}): string => failure(() => deserializeModel(bytes, { custom }));

const sequential = (): Sequential =>
  new Sequential([new Dense(3, { inputShape: [4] }), new BatchNorm(), new Sequential([new Linear(3, 2)])]);

function functional(): Model {
  const [a, b] = [input([4]), input([2])];
  return new Model({ inputs: [a, b], outputs: [new Dense(3).forward(a), new Dense(2).forward(b)] });
}

/** Layers: clamp, mul by a constant, split, unfold2d. */
function operational(): Model {
  const x = input([1, 4, 4]);
  const [left, right] = x
    .clamp(-Infinity, 2)
    .mul(ones([4]))
    .split(2, 3);
  return new Model({ inputs: x, outputs: [left.unfold2d(2), right] });
}

/** Puts a value where a path leads. */
const set =
  (path: readonly (string | number)[], value: unknown) =>
  (architecture: Architecture): unknown => {
    if (path.length === 0) return value;
    const holder = path.slice(0, -1).reduce((at, key) => (at as Record<string | number, unknown>)[key], architecture as unknown);
    (holder as Record<string | number, unknown>)[path[path.length - 1]] = value;
    return architecture;
  };

describe("a damaged architecture", () => {
  const ANY = "ARGUMENT deserializeModel: architecture";
  test.each<[string, (string | number)[], unknown, string]>([
    ["null", [], null, `${ANY}: it is null; expected an object.`],
    ["a list", [], [], `${ANY}: it is an array of length 0; expected an object.`],
    ["no type", ["layers", 0, "type"], undefined, `${ANY}.layers[0]: type is undefined; expected a string.`],
    ["a number for the type", ["type"], 3, `${ANY}: type is 3; expected a string.`],
    ["no layer", ["layers", 1], null, `${ANY}.layers[1]: it is null; expected an object.`],
    ["layers that are none", ["layers"], "x", `${ANY}: layers is "x"; expected an array of layers.`],
    ["a key that nobody wrote", ["layers", 0, "units"], 3, `${ANY}.layers[0]: unknown option "units". Known: type, config, `],
    ["builtFor", ["layers", 0, "builtFor"], "ab", `${ANY}.layers[0]: builtFor is "ab"; expected an array of whole numbers.`],
    ["builtFor with a fraction", ["layers", 0, "builtFor"], [1, 0.5], `${ANY}.layers[0]: builtFor is [1, 0.5]; expected`],
    ["builtFor null", ["layers", 0, "builtFor"], null, `${ANY}.layers[0]: builtFor is null; expected`],
    ["below", ["below"], { a: [-1] }, `${ANY}.below: a is [-1]; expected an array of whole numbers.`],
    ["itself", ["layers", 0], { type: "Dense", same: 0 }, `${ANY}.layers[0]: same is 0; expected the position of a layer before.`],
    ["no layer of before", ["layers", 0], { type: "Dense", same: -1 }, `${ANY}.layers[0]: same is -1; expected a whole number.`],
  ])("%s", (_, path, value, text) => expect(loading(changed(sequential(), set(path, value)))).toContain(text));

  test.each<[string, (string | number)[], unknown, string]>([
    ["inputs that are none", ["inputs"], "x", `${ANY}: inputs is "x"; expected an array of shapes.`],
    ["an input that is none", ["inputs", 0], "x", `${ANY}: inputs[0] is "x"; expected an array of whole numbers.`],
    ["a negative input", ["inputs", 0], [-3, null], `${ANY}: inputs[0] is [-3, null]; expected an array of whole numbers.`],
    ["a step", ["steps", 0], 3, `${ANY}.steps[0]: it is 3; expected an object.`],
    ["a step's layer", ["steps", 0, "layer"], 9, `${ANY}.steps[0]: layer is 9; expected a whole number from 0 to below 2.`],
    ["no layer", ["steps", 0, "layer"], undefined, `${ANY}.steps[0]: layer is undefined; expected a whole number from 0 to below 2.`],
    ["no operands", ["steps", 0, "operands"], [], `${ANY}.steps[0]: operands names nothing; expected positions.`],
    ["a step's own result", ["steps", 0, "operands"], [2], `${ANY}.steps[0]: operands[0] is 2; expected a whole number from 0 to below 2.`],
    ["outputs out of range", ["outputs"], [7], `${ANY}: outputs[0] is 7; expected a whole number from 0 to below 4.`],
    ["a name for an output", ["outputs"], ["a"], `${ANY}: outputs[0] is "a"; expected a whole number from 0 to below 4.`],
    ["no outputs", ["outputs"], [], `${ANY}: outputs names nothing; expected positions.`],
  ])("functional: %s", (_, path, value, text) => expect(loading(changed(functional(), set(path, value)))).toContain(text));

  test("10,000 levels of models", () => {
    const levels = 10_000;
    const [open, close] = ['{"type":"Sequential","layers":[', "]}"].map((text) => text.repeat(levels));
    const bytes = serializeSafetensors({}, { metadata: { simdgrad: `{"version":2,"architecture":${open}${close}}` } });
    expect(loading(bytes)).toMatch(/^ARGUMENT deserializeModel: architecture(\.layers\[0\])+: models lie in models, more than 100 deep\.$/);
  });

  test.each<[string, unknown, string]>([
    ["text", '"ab"', 'the architecture in the file is damaged: it is "ab"; expected an object.'],
    ["null", "null", "the architecture in the file is damaged: it is null; expected an object."],
    ["no JSON", "{", "the architecture in the file is damaged: it is no JSON."],
    ["another version", '{"version":7}', "the file has version 7; this simdgrad reads 1 and 2. Update simdgrad."],
    ["no version", "{}", "the file has version undefined; this simdgrad reads 1 and 2. Update simdgrad."],
  ])("a header: %s", (_, header, text) =>
    expect(loading(serializeSafetensors({}, { metadata: { simdgrad: header as string } }))).toBe(`ARGUMENT deserializeModel: ${text}`),
  );
});

describe("a config that no layer takes is refused, with the layer", () => {
  const LAYER = 'ARGUMENT deserializeModel: the file\'s layer "0" (Dense):';
  test.each<[string, unknown, string]>([
    ["none", undefined, `${LAYER} Dense: its config is undefined; expected an object.`],
    ["a list", [], `${LAYER} Dense: its config is an array of length 0; expected an object.`],
    ["a size beyond all", { units: 2 ** 53 }, `${LAYER} Dense: units is 9007199254740992; expected a whole number ≥ 1.`],
    ["a list for a flag", { units: 3, useBias: [0, 0] }, `${LAYER} Dense: bias is an array of length 2; expected true or false.`],
    ["an unknown key", { units: 3, bogus: 1 }, `${LAYER} Dense: unknown option "bogus".`],
    ["an unknown activation", { units: 3, activation: "ab" }, `${LAYER} Dense: unknown activation "ab".`],
  ])("%s", (_, config, text) => expect(loading(changed(sequential(), set(["layers", 0, "config"], config)))).toContain(text));
});

describe("an operation that a file describes", () => {
  const LAYER = (at: number): string => `ARGUMENT deserializeModel: the file's layer "${at}" (Operation): Operation: `;
  const MODEL = "ARGUMENT deserializeModel: the file's model (Model): ";
  test.each<[string, (string | number)[], unknown, string]>([
    ["no name", ["layers", 0, "config", "name"], undefined, `${LAYER(0)}name is undefined; expected the name of an operation.`],
    [
      "an unknown name",
      ["layers", 0, "config", "name"],
      "clampp",
      `${LAYER(0)}name is "clampp"; expected the name of an operation. Did you`,
    ],
    ["a method that reads elements", ["layers", 0, "config", "name"], "toArray", `${LAYER(0)}name is "toArray"; expected`],
    ["a name of Object's", ["layers", 0, "config", "name"], "constructor", `${LAYER(0)}name is "constructor"; expected`],
    ["the prototype", ["layers", 0, "config", "name"], "__proto__", `${LAYER(0)}name is "__proto__"; expected`],
    ["a list for the name", ["layers", 0, "config", "name"], ["clamp"], `${LAYER(0)}name is an array of length 1; expected`],
    ["no arguments", ["layers", 0, "config", "args"], [], `${LAYER(0)}args is an array of length 0; expected an array of arguments`],
    ["an input that is none", ["layers", 0, "config", "args", 0], { input: "length" }, `${LAYER(0)}args is an array of length 3; expected`],
    ["an input out of range", ["layers", 0, "config", "args", 0], { input: 2 ** 31 }, `${LAYER(0)}args is an array of length 3; expected`],
    [
      "a constant of another size",
      ["layers", 1, "config", "args", 1, "constant"],
      [2 ** 30],
      'the file\'s tensor "1.constants.0" is [4]; expected [1073741824].',
    ],
    [
      "an argument too many",
      ["layers", 0, "config", "args", 3],
      1,
      `${MODEL}clamp: 3 arguments stand behind the tensor; it takes at most 2.`,
    ],
    [
      "an argument that the operation refuses",
      ["layers", 2, "config", "args", 1],
      0.5,
      `${MODEL}split: the length of a part is 0.5; expected`,
    ],
    ["more results than it has", ["steps", 2, "results"], 3, `${MODEL}steps: step 2 (Operation) has 2 results; the file says 3.`],
    [
      "no result",
      ["steps", 2, "results"],
      0,
      "ARGUMENT deserializeModel: architecture.steps[3]: operands[0] is 3; expected a whole number from 0 to below 3.",
    ],
    ["an element type that is none", ["dtypes"], ["int64"], 'architecture: dtypes[0] is "int64"; expected the name of an element type.'],
  ])("%s", (_, path, value, text) => expect(loading(changed(operational(), set(path, value)))).toContain(text));

  test("a file whose shapes are beyond all memory takes none to load", () => {
    const before = memory().reservedBytes;
    const x = input([2]);
    const bytes = changed(new Model({ inputs: x, outputs: x.tile([1, 2]).relu() }), set(["layers", 0, "config", "args", 1], [1, 2 ** 40]));
    expect(deserializeModel(bytes).outputShape([1, 2])).toEqual([1, 2 ** 41]);
    expect(memory().reservedBytes - before).toBeLessThan(1 << 20);
  });

  test("a chain longer than the stack", async () => {
    let x = input([1]);
    const first = x;
    for (let i = 0; i < 20_000; i++) x = x.add(1);
    const bytes = new Model({ inputs: first, outputs: x }).serialize();
    expect((await deserializeModel(bytes).predict([[0.5]])).toArray()).toEqual([[20000.5]]);
  });
});

describe("nothing is made that is larger than the file", () => {
  /** Loads in vain, and takes no memory to speak of. */
  function refused(bytes: Uint8Array): string {
    const before = memory().reservedBytes;
    const text = loading(bytes);
    expect(memory().reservedBytes - before).toBeLessThan(1 << 20);
    return text;
  }

  test.each<[string, object, string]>([
    [
      "a batch normalisation of 250 million channels",
      { type: "BatchNorm", config: {}, builtFor: [1, 2.5e8] },
      'the file holds no tensor "0.weight"; expected one of [250000000].',
    ],
    [
      "of 2 ** 32",
      { type: "BatchNorm", config: { affine: false, inputShape: [2 ** 32] } },
      'no tensor "0.running_mean"; expected one of [4294967296].',
    ],
    [
      "a Linear",
      { type: "Linear", config: { inFeatures: 2 ** 40, outFeatures: 2 ** 40 } },
      'no tensor "0.weight"; expected one of [1099511627776,',
    ],
    ["an Embedding", { type: "Embedding", config: { count: 2 ** 33, size: 2 } }, 'no tensor "0.weight"; expected one of [8589934592, 2].'],
    ["a LayerNorm", { type: "LayerNorm", config: { normalizedShape: [2 ** 30] } }, 'no tensor "0.weight"; expected one of [1073741824].'],
    [
      "a Dense",
      { type: "Dense", config: { units: 2 ** 20 }, builtFor: [1, 2 ** 20] },
      'no tensor "0.weight"; expected one of [1048576, 1048576].',
    ],
    ["a Dense that was built for nothing", { type: "Dense", config: { units: 3 } }, "the file does not tell what it was built for."],
    ["a Dense of no input", { type: "Dense", config: { units: 3 }, builtFor: [] }, "Dense: x has shape []; expected at least one axis"],
  ])("%s", (_, layer, text) =>
    expect(refused(changed(new Sequential(), () => ({ type: "Sequential", layers: [layer] })))).toContain(
      `deserializeModel: the file's layer "0" (${(layer as Architecture).type}): ${text}`.replace(
        ": no tensor",
        ": the file holds no tensor",
      ),
    ),
  );

  test("1,100 layers without numbers", () => {
    const layers = Array.from({ length: 1100 }, () => ({ type: "Linear", config: { inFeatures: 1000, outFeatures: 1000 } }));
    expect(refused(changed(new Sequential(), () => ({ type: "Sequential", layers })))).toMatch(
      /layer "0" \(Linear\): the file holds no tensor/,
    );
  });

  test("a layer of another size than the tensor in the file", () =>
    expect(refused(changed(sequential(), set(["layers", 2, "layers", 0, "config", "outFeatures"], 2 ** 28)))).toBe(
      'SHAPE deserializeModel: the file\'s layer "2.0" (Linear): the file\'s tensor "2.0.weight" is [2, 3]; expected [268435456, 3].',
    ));

  test("a lazy layer in a class of the user's", () => {
    class Own extends Model {
      inner = { fc: new Dense(2) };
      override forward(x: Tensor): Tensor {
        return this.inner.fc.forward(x);
      }
    }
    const own = new Own();
    own.forward(randn([1, 3]));
    expect(deserializeModel(own.serialize(), { custom: { Own } })).toBeInstanceOf(Own);
    const bytes = changed(own, set(["below", "inner.fc"], [1, 2 ** 26]));
    expect(failure(() => deserializeModel(bytes, { custom: { Own } }))).toBe(
      'SHAPE deserializeModel: the file\'s layer "inner.fc" (Dense): the file\'s tensor "inner.fc.weight" is [2, 3]; expected [2, 67108864].',
    );
  });
});

describe("what is no model", () => {
  test("a layer", () =>
    expect(loading(changed(new Sequential([new Linear(1, 1)]), () => ({ type: "Identity", config: {} })))).toBe(
      "ARGUMENT deserializeModel: the file describes an Identity; expected a model.",
    ));
  test("what a class's fromConfig made", () => {
    class Odd extends Module {
      static fromConfig(): string {
        return "odd";
      }
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    const bytes = changed(new Sequential([new Odd()]), (architecture) => architecture);
    expect(loading(bytes, { Odd: Odd as never })).toBe('ARGUMENT deserializeModel: the class of "Odd" made "odd"; expected a Module.');
  });
  test("classes that are no object", () =>
    expect(failure(() => deserializeModel(sequential().serialize(), { custom: new Map() as never }))).toBe(
      "ARGUMENT deserializeModel: custom is a Map; expected an object of classes by type.",
    ));
});

test("whatever is changed in a file is refused with a typed error, or loads", () => {
  const files = [sequential, functional, operational, () => new Sequential([new Embedding(5, 2, { paddingIndex: 0 })])].map((make) =>
    make(),
  );
  const paths = files.map((model) => pathsOf(JSON.parse(parseSafetensors(model.serialize()).metadata.simdgrad).architecture));
  const values = [null, -1, 0, 1, 7, 0.5, 2 ** 31, 2 ** 53, 1e308, "", "ab", "Dense", "Sequential", true, [], [-1], [[]], [null], {}, { name: "relu" }, [2 ** 40]]; // biome-ignore format: a list
  const which = fc.nat(files.length - 1);
  fc.assert(
    fc.property(which, fc.nat(), fc.nat(values.length - 1), (model, at, value) => {
      const path = paths[model][at % paths[model].length];
      const bytes = changed(files[model], set(path, values[value]));
      try {
        deserializeModel(bytes);
      } catch (error) {
        if (!(error instanceof SimdgradError)) throw error;
        expect(error.message).toMatch(/^(deserializeModel|loadStateDict): /);
      }
    }),
    { numRuns: 2000, seed: 5 },
  );
});

/** Every place in a value. */
function pathsOf(value: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (value === null || typeof value !== "object") return [path];
  const entries = Array.isArray(value) ? value.map((each, i) => [i, each] as const) : Object.entries(value);
  return [path, ...entries.flatMap(([key, each]) => pathsOf(each, [...path, key]))];
}
