import { runInNewContext, runInThisContext } from "node:vm";
import { describe, expect, test } from "vitest";
import {
  capture,
  crossEntropy,
  Dense,
  Embedding,
  isGradEnabled,
  Linear,
  Module,
  manualSeed,
  noGrad,
  type Parameter,
  Sequential,
  SGD,
  type Tensor,
  type TensorLike,
  tensor,
} from "../../src/index.js";
import { failure } from "../support/errors.js";

/** The value of an expression in another realm, whose built-in classes are not ours. */
function foreign<T>(expression: string, given: Record<string, unknown> = {}): T {
  return runInNewContext(`(${expression})`, given) as T;
}

const DATA = "({ x: [[0, 1], [1, 0], [1, 1], [0, 0]].map((row) => Float32Array.from(row)), y: Int32Array.of(1, 1, 0, 0) })";

describe("objects of another realm are as good as our own", () => {
  test("typed arrays and arrays of them keep their element types", () => {
    for (const [name, dtype] of [
      ["Float32Array", "float32"],
      ["Float64Array", "float64"],
      ["Int32Array", "int32"],
      ["Int8Array", "int32"],
      ["Uint8Array", "uint8"],
      ["Uint8ClampedArray", "uint8"],
    ]) {
      const array = foreign<TensorLike>(`${name}.of(1, 2, 3)`);
      expect(array instanceof Object).toBe(false);
      expect([tensor(array).dtype, tensor(array).toArray()]).toEqual([dtype, [1, 2, 3]]);
      const rows = foreign<TensorLike>(`[${name}.of(1, 2), ${name}.of(3, 4)]`);
      expect([tensor(rows).dtype, tensor(rows).shape]).toEqual([dtype, [2, 2]]);
    }
    expect(tensor(foreign<TensorLike>("[[1, 2], [3, 4]]"), foreign("{ dtype: 'int32', shape: [4] }")).shape).toEqual([4]);
    expect(failure(() => tensor(foreign("BigInt64Array.of(1n)")))).toBe(
      "DTYPE tensor: BigInt64Array has no element type here. Convert it to a Float32Array, Float64Array, Int32Array or Uint8Array.",
    );
    expect(failure(() => tensor(foreign("new DataView(new ArrayBuffer(4))")))).toContain("DTYPE tensor: DataView has no element type here");
    expect(failure(() => tensor(foreign("new Map()")))).toContain("ARGUMENT tensor: cannot make a tensor of a Map");
  });

  test("assign takes them", () => {
    expect(tensor([0, 0]).assign(foreign("Float64Array.of(1, 2)")).toArray()).toEqual([1, 2]);
  });

  test("fit, evaluate and predict take data, options and lists", async () => {
    const figures = async (realm: <T>(expression: string) => T): Promise<unknown> => {
      manualSeed(3);
      const model = new Sequential([new Dense(4, { activation: "relu" }), new Dense(2)]);
      model.compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
      const data = realm<{ x: TensorLike; y: TensorLike }>(DATA);
      const options = realm<object>("{ epochs: 2, batchSize: 2, classWeight: [1, 2], verbose: 0, callbacks: [] }");
      const { history } = await model.fit(data, options);
      const predicted = (await model.predict(realm<number[][]>("[[0, 1]]"))) as Tensor;
      return [history, await model.evaluate(data), predicted.toArray()];
    };
    expect(await figures(foreign)).toEqual(await figures((expression) => runInThisContext(`(${expression})`)));
  });

  test("states, parameters and steps take Maps and plain objects", () => {
    const [from, to] = [new Linear(2, 1), new Linear(2, 1)];
    const { weight, bias } = from;
    to.loadStateDict(foreign("new Map([['weight', weight], ['bias', bias]])", { weight, bias }));
    expect(to.weight.toArray()).toEqual(from.weight.toArray());
    to.loadStateDict(foreign("{ weight, bias }", { weight, bias }));
    const named = foreign<Map<string, Parameter>>("new Map([['w', weight]])", { weight });
    expect(new SGD(named, { learningRate: 0.1 }).groups[0].params).toEqual([weight]);
    const step = capture((inputs: Map<string, Tensor>) => inputs.get("x")?.mul(2));
    for (let i = 0; i < 5; i++) {
      expect(step(foreign<Map<string, Tensor>>("new Map([['x', x]])", { x: tensor([i]) }))?.item()).toBe(2 * i);
    }
    expect(step.status().state).toBe("replaying");
  });

  test("noGrad keeps what stands in them", () => {
    const x = tensor([1, 2], { requiresGrad: true });
    const kept = noGrad(() => foreign<{ list: Map<string, Tensor> }>("{ list: new Map([['y', y]]) }", { y: x.mul(2) }));
    expect([kept.list.get("y")?.toArray(), isGradEnabled()]).toEqual([[2, 4], true]);
  });

  test("modules are found in them", () => {
    class Net extends Module {
      parts = foreign<Map<string, Linear>>("new Map([['a', a]])", { a: new Linear(2, 1) });
      named = foreign<Record<string, Linear>>("{ b }", { b: new Linear(2, 1) });
      forward(x: Tensor): Tensor {
        return x;
      }
    }
    expect([...new Net().namedParameters().keys()]).toEqual(["parts.a.weight", "parts.a.bias", "named.b.weight", "named.b.bias"]);
  });
});

describe("typed arrays as rows", () => {
  test("keep their element type, so that an index is not rounded to its neighbour", () => {
    const x = tensor([Int32Array.of(16777217)]);
    expect([x.dtype, x.shape, x.toArray()]).toEqual(["int32", [1, 1], [[16777217]]]);
    expect(tensor([Float64Array.of(0.1)]).toArray()).toEqual([[0.1]]);
    expect(tensor([[Uint8Array.of(1, 2)], [Uint8Array.of(3, 4)]]).dtype).toBe("uint8");
    expect(tensor([new Int32Array(0), new Int32Array(0)]).dtype).toBe("int32");
    const table = new Embedding(3, 2);
    expect(table.forward(tensor([Int32Array.of(2)])).shape).toEqual([1, 1, 2]);
    expect(crossEntropy(tensor([[2, 0]]), tensor([Uint8Array.of(0)]).flatten()).item()).toBeCloseTo(0.12693, 5);
  });

  test("of several types are an error unless the type is named", () => {
    const rows = [Int32Array.of(16777217), [0.5]];
    expect(failure(() => tensor(rows))).toBe(
      'DTYPE tensor: the rows are of int32 and of float32; expected one type. Name the one that is meant: tensor(rows, { dtype: "float32" }).',
    );
    expect(failure(() => tensor([Uint8Array.of(1), Float64Array.of(1)]))).toContain("the rows are of uint8 and of float64; expected");
    expect(tensor(rows, { dtype: "float64" }).toArray()).toEqual([[16777217], [0.5]]);
    expect(tensor(rows, { dtype: "int32" }).toArray()).toEqual([[16777217], [0]]);
    expect(failure(() => tensor([Int32Array.of(1), [Number.NaN]], { dtype: "int32" }))).toContain("NaN at position 1 is outside int32");
    expect(tensor([Float32Array.of(1), [2], [true]]).dtype).toBe("float32");
  });

  test("are told from rows of another length or depth", () => {
    expect(failure(() => tensor([Int32Array.of(1, 2), Int32Array.of(1)]))).toContain("SHAPE tensor: values[1] is an Int32Array");
    expect(failure(() => tensor([[1], 2] as never))).toContain("SHAPE tensor: values[1] is 2; expected an array of length 1");
    expect(failure(() => tensor([1, Int32Array.of(1)] as never))).toContain("SHAPE tensor: values[1] is an Int32Array; expected a number");
  });
});
