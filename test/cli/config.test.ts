import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { CONFIG, CONFIGURED, orderOf } from "../../src/cli/config.js";
import { jsonSchemaOf } from "../../src/cli/configFile.js";
import { readSpace } from "../../src/cli/space.js";
import { flagOf } from "../../src/cli/trainOptions.js";
import { SimdgradError } from "../../src/errors/errors.js";
import { built, emptyFolder } from "../package/built.js";
import { read } from "../support/repository.js";
import { start } from "./command.js";

const folder = emptyFolder();

function file(content: unknown, name = "run.json"): string {
  const path = join(folder, name);
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const order = (content: unknown, given = {}) => orderOf("train", undefined, { ...given, config: file(content) });

describe("a file of settings", () => {
  test("says what is trained and how; the command line wins, and switches off", async () => {
    const content = { $schema: "./schema.json", data: "digits", epochs: 3, hidden: [64], earlyStopping: true, augment: true, seed: 5 };
    expect(await order(content)).toEqual({
      data: "digits",
      options: { epochs: 3, hidden: [64], earlyStopping: true, augment: true, seed: 5 },
    });
    const said = { epochs: 4, augment: false } as const;
    expect((await order(content, said)).options).toEqual({ epochs: 4, hidden: [64], earlyStopping: true, seed: 5 });
    expect((await orderOf("train", "mnist", { config: file(content) })).data).toBe("mnist");
  });

  test.each<[unknown, RegExp]>([
    [{ epochs: "ten" }, /^train: .*run\.json: epochs is "ten"; expected a whole number ≥ 1\.$/],
    [{ epochs: 2.5 }, /epochs is 2\.5; expected a whole number ≥ 1\.$/],
    [{ epoch: 3 }, /run\.json: unknown "epoch" \(Did you mean "epochs"\?\)\.$/],
    [{ "learning-rate": 3 }, /unknown "learning-rate" \(Did you mean "learningRate"\?\)/],
    [{ hidden: [64, "x"] }, /hidden\[1\] is "x"; expected a whole number ≥ 1/],
    [{ hidden: 64 }, /hidden is 64; expected an array of whole numbers ≥ 1/],
    [{ dropout: 1 }, /dropout is 1; expected a number from 0 to below 1/],
    [{ schedule: "cosin" }, /schedule is "cosin"; expected constant, cosine, .* \(Did you mean "cosine"\?\)/],
    [{ optimizer: { momentum: 0.9 } }, /optimizer\.name is missing; expected a text/],
    [{ optimizer: { name: "sgd", learningRate: -1 } }, /optimizer\.learningRate is -1; expected a number > 0/],
    [{ checkpointEvery: "often" }, /checkpointEvery is "often"; expected "60s", "5m", .* or a number of steps/],
    [{ kinds: { zip: "categry" } }, /kinds\.zip is "categry"; expected .*Did you mean "category"\?/],
    [{ epochs: 0, batch: 0 }, /epochs is 0; .*; batch is 0; /],
    ['{ "optimizer": { "name": "sgd", "__proto__": 1 } }', /"__proto__" is no name of a setting\.$/],
    [[1], /the file is an array of length 1; expected an object of settings/],
    ["{", /run\.json is no JSON: /],
    ["", /run\.json is no JSON: /],
    [{ epochs: 1 }, /missing data: a data set, a table or a folder\. Write: simdgrad train digits/],
  ])("%j is refused with its place", async (content, text) => {
    await expect(order(content)).rejects.toThrow(text);
    await expect(order(content)).rejects.toThrow(SimdgradError);
  });

  test("a file that is no file of settings by its size alone is not read", async () => {
    await expect(order(`"${"x".repeat(2 ** 20)}"`)).rejects.toThrow(/has 1(\.0)? MiB; expected a JSON file of at most 1 MiB/);
  });

  test("one that is not there", async () => {
    await expect(orderOf("train", "digits", { config: join(folder, "nowhere.json") })).rejects.toThrow(/cannot read .*nowhere\.json: /);
  });

  const names = fc.oneof(fc.constantFrom(...Object.keys(CONFIGURED), "data", "$schema", "__proto__", "constructor"), fc.string());
  const settings = fc.dictionary(names, fc.jsonValue(), { maxKeys: 5 });

  test("whatever stands in it, it is taken whole or refused with an error that names the file", async () => {
    let refused = 0;
    const property = async (text: string) => {
      const path = file(text, "any.json");
      for (const reading of [() => orderOf("train", "digits", { config: path }), () => readSpace("search", path)]) {
        const error = await reading().then(
          () => null,
          (error: unknown) => error,
        );
        if (error === null) continue;
        refused++;
        expect(error).toBeInstanceOf(SimdgradError);
        // Limits of ranges are checked by the functions that make them.
        expect((error as Error).message).toMatch(/any\.json|^(uniform|logUniform|integer): /);
      }
    };
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          settings.map((given) => JSON.stringify(given)),
          fc.json(),
          fc.string(),
        ),
        property,
      ),
      { numRuns: 400 },
    );
    expect(refused).toBeGreaterThan(300);
  });
});

describe("a space", () => {
  test.each<[unknown, RegExp]>([
    [{ learningRate: { logUniform: [1e-4] } }, /learningRate.* expected /],
    [{ dropout: { uniform: [0, 2] } }, /dropout\.uniform\[1\] is 2; expected a number from 0 to below 1/],
    [{ dropout: { unifrm: [0, 0.5] } }, /dropout is an object; expected values in an array, \{ "uniform": \[low, high\] \}/],
    [{ learningRate: { logUniform: [1, 0.1] } }, /logUniform: low 1, high 0\.1; expected low < high/],
    [{ units: [1] }, /unknown "units"/],
    [{ seed: [1, 2] }, /unknown "seed"/],
    [{ epochs: [] }, /epochs.* expected /],
  ])("%j is refused", async (content, text) => {
    await expect(readSpace("search", file(content))).rejects.toThrow(text);
  });
});

describe("options, files, schema and pages tell the same", () => {
  beforeAll(() => built());

  test("every option stands in the schema, with a text of its own on the page", async () => {
    const { properties } = (await jsonSchemaOf(CONFIG)) as { properties: Record<string, { description?: string }> };
    expect(Object.keys(properties).sort()).toEqual(["$schema", "data", ...Object.keys(CONFIGURED)].sort());
    const page = read("docs/command.md");
    expect(Object.keys(CONFIGURED).filter((name) => !new RegExp(`\`[^\`]*${flagOf(name)}\\b`).test(page))).toEqual([]);
    for (const [name, { about }] of Object.entries(CONFIGURED)) expect(properties[name].description).toBe(about);
  });

  test("the command prints it, and what it writes by --save-config makes the same model", async () => {
    const { stdout } = await start(folder, ["config-schema"]);
    expect(JSON.parse(stdout)).toEqual(await jsonSchemaOf(CONFIG));
    const args = ["train", "digits", "--hidden", "16", "--epochs", "2", "--optimizer", "sgd", "--learning-rate", "0.05"];
    const first = await start(folder, [...args, "--out", "a.safetensors", "--save-config", "saved.json", "--json"]);
    expect(first.code).toBe(0);
    const saved = JSON.parse(readFileSync(join(folder, "saved.json"), "utf8"));
    expect(saved).toMatchObject({ data: "digits", model: "mlp", hidden: [16], optimizer: { name: "sgd", learningRate: 0.05 }, seed: 0 });
    const again = await start(folder, ["train", "--config", "saved.json", "--out", "b.safetensors", "--json"]);
    expect(again.code).toBe(0);
    const bytes = (name: string) => readFileSync(join(folder, name));
    expect(bytes("a.safetensors").equals(bytes("b.safetensors"))).toBe(true);
    const wrong = await start(folder, ["train", "--config", file({ epoch: 1 }, "wrong.json")]);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('unknown "epoch" (Did you mean "epochs"?)')]);
  });
});
