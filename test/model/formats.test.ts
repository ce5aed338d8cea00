import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { Dense, deserializeModel, Model, parseSafetensors, type Tensor } from "../../src/index.js";
import { expectClose } from "../support/checkOp.js";
import { useBuildFor } from "../support/kernels.js";
import { root } from "../support/repository.js";

/** A module of a user's own in the files, with a lazy layer inside. */
class Gate extends Model {
  static override readonly type = "Gate";
  inner = { gate: new Dense(4, { activation: "sigmoid" }) };
  readonly scale: number;
  constructor({ scale = 1 } = {}) {
    super();
    this.scale = scale;
  }
  config(): object {
    return { scale: this.scale };
  }
  override forward(x: Tensor): Tensor {
    return this.inner.gate.forward(x).mul(this.scale).mul(x);
  }
}

useBuildFor("simd");

const fixture = (name: string): Uint8Array => readFileSync(join(root, "test/fixtures", name));

// Every layer of that version, with every option; trained for two steps on the simd build. Sums may have another order since.
test.each(["0.1"])("a model that version %s saved loads, and predicts the same", async (version) => {
  const { tensors: expected } = parseSafetensors(fixture(`predictions-${version}.safetensors`));
  const [pixels, words] = ["pixels", "words"].map((name) => expected.get(name) as Tensor);
  const model = deserializeModel(fixture(`model-${version}.safetensors`), { custom: { Gate } });
  const predicted = await model.predict<Tensor[]>([pixels, words]);
  for (const [i, name] of ["classes", "right"].entries()) expectClose(name, predicted[i], expected.get(name) as Tensor, 1e-6);

  const again = await deserializeModel(model.serialize(), { custom: { Gate } }).predict<Tensor[]>([pixels, words]);
  expect(again.map(({ data }) => data)).toEqual(predicted.map(({ data }) => data));
});
