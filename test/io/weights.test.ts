import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import {
  arange,
  Linear,
  loadWeights,
  manualSeed,
  type Parameter,
  parseSafetensors,
  randn,
  Sequential,
  SimdgradError,
  saveWeights,
  type Tensor,
  TransformerEncoderLayer,
  tensor,
  zeros,
} from "../../src/index.js";
import { rejection } from "../support/errors.js";

const root = mkdtempSync(join(tmpdir(), "simdgrad-weights-"));
afterAll(() => rmSync(root, { recursive: true }));
let folder = "";
let made = 0;
beforeEach(() => {
  folder = join(root, String(made++));
  mkdirSync(folder);
});
const at = (name: string): string => join(folder, name);
const plain = (state: Map<string, Tensor>) => Object.fromEntries([...state].map(([name, t]) => [name, t.toArray()]));

describe("names and forms", () => {
  const state = { w: tensor([[1, 2, 3]]), b: tensor([4]), extra: zeros([2]) };

  test("are changed on the way out and on the way in", async () => {
    const path = at("net.safetensors");
    const transform = (t: Tensor, name: string): Tensor => (name.endsWith(".kernel") ? t.transpose() : t);
    await saveWeights(path, state, { rename: { w: "dense.kernel", b: "dense.bias", extra: null }, transform });
    expect(plain(await loadWeights(path))).toEqual({ "dense.kernel": [[1], [2], [3]], "dense.bias": [4] });
    const back = await loadWeights(path, {
      rename: [
        ["dense", ""],
        ["kernel", "w"],
        ["bias", "b"],
      ],
      transform,
    });
    expect(plain(back)).toEqual({ w: [[1, 2, 3]], b: [4] });
  });

  test("what is left out is not converted", async () => {
    const path = at("net.safetensors");
    await saveWeights(path, state);
    const seen: string[] = [];
    const transform = (t: Tensor, name: string): Tensor => {
      seen.push(name);
      return t;
    };
    await loadWeights(path, { rename: (name) => (name === "extra" ? null : name.toUpperCase()), transform });
    expect(seen.sort()).toEqual(["b", "w"]);
  });

  test("a parameter that is transformed is no part of a graph", async () => {
    const path = at("net.safetensors");
    const layer = new Linear(2, 3);
    const results: Tensor[] = [];
    await saveWeights(
      path,
      { w: layer.weight as Parameter },
      {
        transform: (t) => {
          results.push(t.transpose());
          return results[0];
        },
      },
    );
    expect(results[0].requiresGrad).toBe(false);
    expect((await loadWeights(path)).get("w")?.shape).toEqual([2, 3]);
  });

  test("a transform that gives no tensor is refused", async () => {
    const path = at("net.safetensors");
    const wrong = (() => [1]) as never;
    const text = 'what transform returned for "w" is an array of length 1; expected a tensor.';
    expect(await rejection(() => saveWeights(path, state, { transform: wrong }))).toContain(`ARGUMENT saveWeights: ${text}`);
    await saveWeights(path, { w: state.w });
    expect(await rejection(() => loadWeights(path, { transform: wrong }))).toContain(`ARGUMENT loadWeights: ${text}`);
  });

  test("errors of renaming name the function", async () => {
    const path = at("net.safetensors");
    expect(await rejection(() => saveWeights(path, state, { rename: { w: "b" } }))).toMatch(
      /^ARGUMENT saveWeights: "w" and "b" would both/,
    );
    await saveWeights(path, state);
    expect(await rejection(() => loadWeights(path, { rename: [["nowhere", "x"]] }))).toMatch(/^ARGUMENT loadWeights: rename has "nowhere"/);
    expect(await rejection(() => saveWeights(path, state, { format: "pt" } as never))).toMatch(
      /^ARGUMENT saveWeights: unknown option "format"/,
    );
  });
});

test("a block of GPT-2 becomes a TransformerEncoderLayer: names, and matrices that stand transposed", async () => {
  manualSeed(5);
  const [width, inner] = [8, 32];
  const block = (i: number) => ({
    [`transformer.h.${i}.ln_1.weight`]: randn([width]),
    [`transformer.h.${i}.ln_1.bias`]: randn([width]),
    [`transformer.h.${i}.attn.bias`]: zeros([1, 1, 4, 4]),
    [`transformer.h.${i}.attn.c_attn.weight`]: randn([width, 3 * width]),
    [`transformer.h.${i}.attn.c_attn.bias`]: randn([3 * width]),
    [`transformer.h.${i}.attn.c_proj.weight`]: randn([width, width]),
    [`transformer.h.${i}.attn.c_proj.bias`]: randn([width]),
    [`transformer.h.${i}.ln_2.weight`]: randn([width]),
    [`transformer.h.${i}.ln_2.bias`]: randn([width]),
    [`transformer.h.${i}.mlp.c_fc.weight`]: randn([width, inner]),
    [`transformer.h.${i}.mlp.c_fc.bias`]: randn([inner]),
    [`transformer.h.${i}.mlp.c_proj.weight`]: randn([inner, width]),
    [`transformer.h.${i}.mlp.c_proj.bias`]: randn([width]),
  });
  const gpt2 = { ...block(0), ...block(1) };
  await saveWeights(at("gpt2.safetensors"), gpt2);
  const net = new Sequential(
    [0, 1].map(() => new TransformerEncoderLayer(width, 2, { feedForward: inner, activation: "gelu", normFirst: true })),
  );
  net.loadStateDict(
    await loadWeights(at("gpt2.safetensors"), {
      rename: [
        ["attn.bias", null],
        ["transformer.h", ""],
        ["ln_1", "norm1"],
        ["ln_2", "norm2"],
        ["attn.c_attn.weight", "self_attn.in_proj_weight"],
        ["attn.c_attn.bias", "self_attn.in_proj_bias"],
        ["attn.c_proj", "self_attn.out_proj"],
        ["mlp.c_fc", "linear1"],
        ["mlp.c_proj", "linear2"],
      ],
      transform: (t, name) => (/c_(attn|proj|fc)\.weight$/.test(name) ? t.transpose() : t),
    }),
  );
  const found = net.stateDict();
  expect(found.get("1.self_attn.in_proj_weight")?.toArray()).toEqual(gpt2["transformer.h.1.attn.c_attn.weight"].transpose().toArray());
  expect(found.get("0.linear2.weight")?.toArray()).toEqual(gpt2["transformer.h.0.mlp.c_proj.weight"].transpose().toArray());
});

describe("shards", () => {
  /** 16 bytes each. */
  const state = () => Object.fromEntries(["a", "b", "c", "d", "e"].map((name, i) => [name, arange(4 * i, 4 * i + 4)]));
  const all = [
    "net-00001-of-00003.safetensors",
    "net-00002-of-00003.safetensors",
    "net-00003-of-00003.safetensors",
    "net.safetensors.index.json",
  ];
  const saved = (most = 40) => saveWeights(at("net.safetensors"), state(), { maxShardBytes: most, metadata: { format: "pt" } });
  const everything = Object.fromEntries(Object.entries(state()).map(([name, t]) => [name, t.toArray()]));

  test("have Hugging Face's names and index", async () => {
    await saved();
    expect(readdirSync(folder).sort()).toEqual(all);
    expect(JSON.parse(readFileSync(at(all[3]), "utf8"))).toEqual({
      metadata: { total_size: 80 },
      weight_map: { a: all[0], b: all[0], c: all[1], d: all[1], e: all[2] },
    });
    const { tensors, metadata } = parseSafetensors(new Uint8Array(readFileSync(at(all[1]))));
    expect([...tensors.keys()]).toEqual(["c", "d"]);
    expect(metadata).toEqual({ format: "pt" });
  });

  test("are read by index, by folder, and by the path that was saved", async () => {
    await saved();
    for (const path of [at(all[3]), folder, at("net.safetensors"), new URL(`file://${at(all[3])}`)])
      expect(plain(await loadWeights(path))).toEqual(everything);
    const some = await loadWeights(folder, { rename: (name) => (name === "c" ? "x" : null) });
    expect(plain(some)).toEqual({ x: everything.c });
  });

  test("of bfloat16 hold twice as much; a tensor above the size has one of its own", async () => {
    await saveWeights(at("net.safetensors"), { ...state(), large: zeros([100]) }, { maxShardBytes: 40, dtype: "bfloat16" });
    const { weight_map: map } = JSON.parse(readFileSync(at("net.safetensors.index.json"), "utf8"));
    expect(Object.values(map).map((name) => String(name).slice(4, 9))).toEqual(["00001", "00001", "00001", "00001", "00001", "00002"]);
  });

  test("are not made where one file is enough", async () => {
    await saved(80);
    expect(readdirSync(folder)).toEqual(["net.safetensors"]);
    expect(plain(await loadWeights(folder))).toEqual(everything);
  });

  test("replace what stood at the path: one file, or other shards", async () => {
    await saved(80);
    writeFileSync(at("net-x.safetensors"), "mine");
    await saved();
    expect(readdirSync(folder).sort()).toEqual([...all.slice(0, 3), "net-x.safetensors", all[3]].sort());
    await saved(16);
    expect(readdirSync(folder).filter((name) => name.includes("-of-00005")).length).toBe(5);
    expect(readdirSync(folder).filter((name) => name.includes("-of-00003"))).toEqual([]);
    expect(plain(await loadWeights(at("net.safetensors")))).toEqual(everything);
  });

  test("that cannot be written change nothing", async () => {
    await saved();
    const before = all.map((name) => readFileSync(at(name), "utf8"));
    // A folder in the place of the last shard.
    mkdirSync(at("net-00005-of-00005.safetensors"));
    expect(await rejection(() => saved(16))).toMatch(
      /^FILE saveWeights: cannot write .*net-00005-of-00005\.safetensors: it is a folder\.$/,
    );
    expect(readdirSync(folder).sort()).toEqual([...all.slice(0, 3), "net-00005-of-00005.safetensors", all[3]].sort());
    expect(all.map((name) => readFileSync(at(name), "utf8"))).toEqual(before);
  });

  test("need a path that ends with .safetensors, and a size", async () => {
    expect(await rejection(() => saveWeights(at("net.bin"), state(), { maxShardBytes: 40 }))).toMatch(
      /^ARGUMENT saveWeights: the path of shards is ".*net\.bin"; expected one that ends with \.safetensors\.$/,
    );
    expect(await rejection(() => saved(0))).toMatch(/maxShardBytes is 0; expected a whole number ≥ 1/);
  });

  describe("are refused", () => {
    const index = () => JSON.parse(readFileSync(at(all[3]), "utf8"));
    const write = (value: unknown) => writeFileSync(at(all[3]), typeof value === "string" ? value : JSON.stringify(value));
    const refused = async () => (await rejection(() => loadWeights(folder))).replaceAll(folder, "");

    test("where some are missing", async () => {
      await saved();
      rmSync(at(all[0]));
      rmSync(at(all[2]));
      expect(await refused()).toBe(
        `FILE loadWeights: /net.safetensors.index.json: 2 of 3 shards are missing: ${all[0]}, ${all[2]}. Get them again.`,
      );
    });

    test("where a tensor is not where the index has it", async () => {
      await saved();
      const { weight_map: map } = index();
      write({ weight_map: { ...map, f: all[1] } });
      expect(await refused()).toBe(`FILE loadWeights: ${all[1]}: the tensor "f" is missing, which the index has here.`);
      write({ weight_map: { ...map, d: undefined } });
      expect(await refused()).toBe(`FILE loadWeights: ${all[1]}: the tensor "d" is here, which the index does not have here.`);
      write({ weight_map: { ...map, a: all[1] } });
      expect(await refused()).toMatch(/the tensor "a" is here|"a" is missing/);
    });

    test("where two were exchanged, or one is damaged", async () => {
      await saved();
      renameSync(at(all[0]), at("x"));
      renameSync(at(all[1]), at(all[0]));
      renameSync(at("x"), at(all[1]));
      expect(await refused()).toBe(`FILE loadWeights: ${all[0]}: the tensor "a" is missing, which the index has here.`);
      await saved();
      writeFileSync(at(all[2]), readFileSync(at(all[2])).subarray(0, statSync(at(all[2])).size - 1));
      expect(await refused()).toMatch(
        new RegExp(`^FILE loadWeights: ${all[2]}: the tensors have 16 bytes, 15 are there; the file is truncated`),
      );
    });

    test.each<[unknown, RegExp]>([
      ["", /bad index: it must begin with "\{" and is empty/],
      ["[]", /bad index: it must begin with "\{"/],
      ["{", /bad index: it is not JSON/],
      ['{"weight_map":{"a":"x.safetensors","a":"y.safetensors"}}', /bad index: "a" is named twice/],
      [{}, /bad index: its weight_map is undefined; expected files by tensor/],
      [{ weight_map: ["a"] }, /bad index: its weight_map is an array of length 1/],
      [{ weight_map: { a: 3 } }, /bad index: "a" is in 3; expected the name of a safetensors file beside it/],
      [{ weight_map: { a: "../net.safetensors" } }, /bad index: "a" is in "\.\.\/net\.safetensors"/],
      [{ weight_map: { a: "/etc/x.safetensors" } }, /bad index: "a" is in/],
      [{ weight_map: { a: "pytorch_model.bin" } }, /bad index: "a" is in "pytorch_model\.bin"/],
    ])("with the index %j", async (value, text) => {
      await saved();
      write(value);
      expect(await refused()).toMatch(text);
    });

    test("with any byte of the index changed or cut, or the tensors are those that were written", async () => {
      await saved();
      const bytes = new Uint8Array(readFileSync(at(all[3])));
      const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
      await fc.assert(
        fc.asyncProperty(changes, fc.nat(20), async (list, cut) => {
          const changed = bytes.slice(0, bytes.length - (cut > 10 ? 0 : cut));
          for (const [i, byte] of list) if (i < changed.length) changed[i] = byte;
          writeFileSync(at(all[3]), changed);
          const found = await loadWeights(folder).catch((error) => {
            if (!(error instanceof SimdgradError)) throw error;
            return null;
          });
          return found === null || JSON.stringify(plain(found)) === JSON.stringify(everything);
        }),
        { numRuns: 300 },
      );
    });

    test("where a folder has none, or more than one", async () => {
      expect(await refused()).toMatch(/has neither an index \(NAME\.safetensors\.index\.json\) nor a safetensors file; expected one\.$/);
      await saved();
      writeFileSync(at("other.safetensors"), "");
      expect(await refused()).toMatch(/has net\.safetensors\.index\.json, other\.safetensors; expected one\. Give the path of one\.$/);
    });
  });

  test("two tensors of different shards cannot get one name", async () => {
    await saved();
    expect(await rejection(() => loadWeights(folder, { rename: { a: "e" } }))).toMatch(/"a" and "e" would both be called "e"/);
  });
});
