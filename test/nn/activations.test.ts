import { expect, test } from "vitest";
import { tensor } from "../../src/index.js";
import { activationOf, PARAMETERS } from "../../src/nn/activations.js";
import { read } from "../support/repository.js";

test("every parameter of an activation can be given by name", () => {
  const sources = ["src/ops/activations.ts", "src/ops/softmax.ts"].map(read).join("\n");
  const declared = [...sources.matchAll(/^export function (\w+)\(x: Tensor,([^)]*)\)/gm)].map(([, name, rest]) => [
    name,
    rest.split(",").map((parameter) => (parameter.match(/\w+/) as RegExpMatchArray)[0]),
  ]);
  expect(declared.length).toBeGreaterThan(3);
  expect(Object.fromEntries(declared)).toEqual(PARAMETERS);
});

test("options reach the function, and absent ones keep their defaults", () => {
  const x = tensor([[-1, 1]]);
  expect(activationOf("op", { name: "leakyRelu", slope: 0.5 })(x).toArray()).toEqual([[-0.5, 1]]);
  expect(activationOf("op", "leakyRelu")(x).toArray()).toEqual(x.leakyRelu().toArray());
  expect(activationOf("op", { name: "softmax", axis: 0 })(x).toArray()).toEqual([[1, 1]]);
});

test("errors", () => {
  expect(() => activationOf("Dense", "rellu" as never)).toThrow('Dense: unknown activation "rellu". Did you mean "relu"? Known: ');
  expect(() => activationOf("Dense", { name: "leakyRelu", slop: 1 })).toThrow(
    'Dense: unknown option "slop" of activation "leakyRelu". Known: slope. Did you mean "slope"?',
  );
  expect(() => activationOf("Dense", { name: "relu", slope: 1 })).toThrow(
    'Dense: unknown option "slope" of activation "relu". It takes none.',
  );
  expect(() => activationOf("Dense", null as never)).toThrow("Dense: activation is null; expected a name, { name, … } or a function.");
});
