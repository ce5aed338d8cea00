import { expect } from "vitest";
import { CONFIG } from "../../../../src/cli/config.js";
import { readJson } from "../../../../src/cli/configFile.js";
import { fileOf } from "../files.js";
import { reader } from "../reader.js";

const text = (settings: object) => new Uint8Array(Buffer.from(JSON.stringify(settings, null, 1)));

/** The files of settings that the command reads. */
export const config = [
  reader({
    name: "settings of the command",
    samples: () => [
      text({ $schema: "./schema.json", data: "digits", model: "mlp", hidden: [64, 32], epochs: 5, batch: 32, seed: 3 }),
      text({
        data: "rows.csv",
        target: "price",
        kinds: { zip: "category" },
        optimizer: { name: "adamw", learningRate: 1e-3 },
        augment: false,
      }),
    ],
    text: true,
    read: fileOf((path) => readJson("train", path, CONFIG), "json"),
    // What is read is what JSON says: nothing is left out, and nothing put in.
    judge: (found, bytes) =>
      expect(found).toEqual(
        JSON.parse(
          Buffer.from(bytes)
            .toString()
            .replace(/^\uFEFF/, ""),
        ),
      ),
  }),
];
