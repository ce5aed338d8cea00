import { describe, expect, test } from "vitest";
import {
  Activation,
  BatchNorm,
  Dense,
  Dropout,
  Embedding,
  Flatten,
  input,
  Linear,
  Model,
  Parameter,
  randn,
  Sequential,
  type Tensor,
  zeros,
} from "../../src/index.js";

const silent = (): void => {};

describe("summary", () => {
  test("shapes, counts, bytes; it is printed and returned", () => {
    const model = new Sequential([new Dense(512, { activation: "relu", inputShape: [784] }), new Dropout(0.2), new Dense(10)]);
    let printed = "";
    const text = model.summary((line) => {
      printed += line;
    });
    expect(printed).toBe(text);
    expect(text).toBe(
      [
        "Sequential",
        "───────────────────────────────────────────────",
        "layer        output shape  parameters     bytes",
        "───────────────────────────────────────────────",
        "0 (Dense)    [512]            401,920   1.5 MiB",
        "1 (Dropout)  [512]                  0   0 bytes",
        "2 (Dense)    [10]               5,130  20.0 KiB",
        "───────────────────────────────────────────────",
        "407,050 parameters, 407,050 trainable, 1.6 MiB",
        "a batch of 32: 291.3 KiB of inputs and results in training, 163.3 KiB in inference",
      ].join("\n"),
    );
  });

  test("what a batch needs is told for any batch size, and nothing is computed for it", () => {
    const model = new Sequential([new Dense(8, { inputShape: [4] }), new BatchNorm(), new Dropout(0.5), new Dense(2)]);
    const before = [...model.stateDict()].map(([name, t]) => [name, Array.from(t.data)]);
    const last = (batchSize: number): string => model.summary(silent, { batchSize }).split("\n").at(-1) as string;
    expect(last(1000)).toMatch(/^a batch of 1000: \d+\.\d KiB of inputs and results in training, \d+\.\d KiB in inference$/);
    expect(last(2000)).not.toBe(last(1000));
    expect([...model.stateDict()].map(([name, t]) => [name, Array.from(t.data)])).toEqual(before);
    expect(model.parameters().every(({ grad }) => grad === null)).toBe(true);
    expect((model.layers[2] as Dropout).count).toBe(0);
    expect(() => model.summary({ batchSize: 8 } as never)).toThrow(
      "summary: print is an object; expected a function. Write summary(console.log, { batchSize: 128 }).",
    );
    expect(() => model.summary(silent, { batchSize: 0 })).toThrow("summary: batchSize is 0; expected a whole number ≥ 1");
  });

  test("what is not known is said, and known after a forward", () => {
    const model = new Sequential([new Flatten(), new Dense(8), new Activation("relu"), new Dense(2)]);
    expect(cells(model)).toEqual([
      ["0 (Flatten)", "?", "0", "0 bytes"],
      ["1 (Dense)", "?", "not built"],
      ["2 (Activation)", "?", "0", "0 bytes"],
      ["3 (Dense)", "?", "not built"],
    ]);
    expect(model.summary(silent).split("\n").at(-1)).toBe(
      "some layers are not built yet: give the first one inputShape, or run one forward",
    );
    model.forward(randn([7, 2, 3]));
    expect(cells(model)).toEqual([
      ["0 (Flatten)", "[6]", "0", "0 bytes"],
      ["1 (Dense)", "[8]", "56", "224 bytes"],
      ["2 (Activation)", "[8]", "0", "0 bytes"],
      ["3 (Dense)", "[2]", "18", "72 bytes"],
    ]);
  });

  test("a functional model knows its shapes at once; a layer that stands twice has a row", () => {
    const [a, b] = [input([5]), input([3, 5])];
    const shared = new Linear(5, 4);
    const inner = shared.forward(b);
    const model = new Model({ inputs: [a, b], outputs: [shared.forward(a), new Flatten().forward(inner) as never] });
    expect(cells(model)).toEqual([
      ["0 (Linear)", "[4] [3, 4]", "24", "96 bytes"],
      ["1 (Flatten)", "[12]", "0", "0 bytes"],
    ]);
    expect(model.summary(silent).split("\n")[0]).toBe("Model");
  });

  test("a class of one's own: its layers by their names, its own parameters, frozen ones; the type is the class's", () => {
    class Net extends Model {
      embed = new Embedding(10, 4);
      head = new Linear(4, 2);
      scale = new Parameter(zeros([2]));
      override forward(x: Tensor): Tensor {
        return this.head.forward(this.embed.forward(x).mean(1)).mul(this.scale);
      }
    }
    class Named extends Net {
      static override readonly type = "MyNet";
    }
    const net = new Net();
    net.embed.freeze();
    expect(cells(net)).toEqual([
      ["embed (Embedding)", "?", "40", "160 bytes"],
      ["head (Linear)", "?", "10", "40 bytes"],
      ["(its own)", "2", "8 bytes"],
    ]);
    net.forward(zeros([3, 6], { dtype: "int32" }));
    expect(cells(net).map(([, shape]) => shape)).toEqual(["[6, 4]", "[2]", "2"]);
    const lines = net.summary(silent).split("\n");
    expect([lines[0], lines.at(-1)]).toEqual(["Net", "52 parameters, 12 trainable, 208 bytes"]);
    expect(new Named().summary(silent).split("\n")[0]).toBe("MyNet");
  });
});

/** The table's cells, empty ones left out. */
function cells(model: Model): string[][] {
  const lines = model
    .summary(silent)
    .split("\n")
    .filter((line) => !line.startsWith("a batch of"));
  return lines.slice(4, -2).map((line) => line.trim().split(/ {2,}/));
}
