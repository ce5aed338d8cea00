import { expect, test } from "vitest";
import { Dense, deserializeModel, manualSeed, Rescaling, randint, Sequential, tensor } from "../../../src/index.js";

test("y = x · scale + offset, of integers too", () => {
  expect(new Rescaling(0.5).forward(tensor([2, -4])).toArray()).toEqual([1, -2]);
  const pixels = tensor([0, 51, 255], { dtype: "uint8" });
  const y = new Rescaling(1 / 127.5, { offset: -1 }).forward(pixels);
  expect(y.dtype).toBe("float32");
  expect(y.toArray()).toEqual([-1, expect.closeTo(-0.6, 6), 1]);
});

test("is saved and rebuilt", () => {
  const model = new Sequential([new Rescaling(1 / 255, { offset: 0.5 }), new Dense(2, { inputShape: [3] })]);
  const x = tensor([[0, 100, 255]], { dtype: "uint8" });
  const copy = deserializeModel<Sequential>(model.serialize());
  expect((copy.layers[0] as Rescaling).config()).toEqual({ scale: 1 / 255, offset: 0.5 });
  expect(copy.forward(x).toArray()).toEqual(model.forward(x).toArray());
});

test("bytes and the same numbers as floats train to the same bits", async () => {
  const train = async (bytes: boolean) => {
    manualSeed(1);
    const model = new Sequential([new Rescaling(1 / 255), new Dense(8, { activation: "relu" }), new Dense(3)]);
    model.compile({ optimizer: "adam", loss: "crossEntropy" });
    const x = randint(0, 256, [40, 6]);
    await model.fit({ x: x.cast(bytes ? "uint8" : "float32"), y: randint(0, 3, [40]) }, { epochs: 3, batchSize: 8, verbose: 0 });
    return [...model.stateDict().values()].map((t) => Array.from(t.data));
  };
  expect(await train(true)).toEqual(await train(false));
});

test("errors", () => {
  expect(() => new Rescaling(Number.NaN)).toThrow("Rescaling: scale is NaN; expected a finite number. Write new Rescaling(1 / 255).");
  expect(() => new Rescaling(1, { offset: "2" as never })).toThrow('Rescaling: offset is "2"; expected a finite number');
  expect(() => new Rescaling(1).forward([1] as never)).toThrow("Rescaling: x is");
});
