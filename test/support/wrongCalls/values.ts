import { Adam, Linear, Parameter, tensor } from "../../../src/index.js";

class Foreign {
  readonly value = 1;
}

/** What no argument is, whatever it expects. */
export const FOREIGN: readonly (() => unknown)[] = [
  () => Symbol("s"),
  () => 5n,
  () => new Date(0),
  () => new Map([[1, 2]]),
  () => /x/,
  () => new WeakSet(),
  () => new Foreign(),
];

/** What may be right in one place and is wrong in another. */
export const ODD: readonly (() => unknown)[] = [
  ...FOREIGN,
  () => undefined,
  () => null,
  () => Number.NaN,
  () => Infinity,
  () => -Infinity,
  () => -1,
  () => 0,
  () => -0,
  () => 1,
  () => 7,
  () => 0.5,
  () => 2 ** 40,
  () => 2 ** 53,
  () => 1e308,
  () => "",
  () => "x",
  () => "1",
  () => "adam",
  () => "relu",
  () => "x".repeat(300),
  () => true,
  () => false,
  () => [],
  () => {},
  () => ({}),
  () => [1, 2],
  () => [[1, 2], [3]],
  () => ["x"],
  () => [Symbol("s")],
  () => [null],
  () => [undefined],
  () => [Number.NaN],
  () => [5n],
  () => [Object.create(null)],
  () => [{}],
  () => [[[[[[[[[[1]]]]]]]]]],
  () => new Array(3),
  () => [2 ** 40, 2 ** 40],
  () => [-1],
  () => cyclic(),
  () => ({ foo: 1 }),
  () => ({ length: 3 }),
  () => ({ name: 3 }),
  () => ({ name: "x" }),
  () => ({ name: Symbol("s") }),
  () => ({ x: 1, y: 2 }),
  () => Object.create(null),
  () => ({ constructor: { name: Symbol("s") } }),
  () => () => undefined,
  () => (x: unknown) => x,
  () => () => 3,
  () => Foreign,
  () => Promise.resolve(1),
  () => new Set([1]),
  () => new Error("x"),
  () => new Float32Array(3),
  () => new Float64Array([1, 2, 3, 4]),
  () => new Uint8Array(0),
  () => new BigInt64Array(2),
  () => new ArrayBuffer(4),
  () => new DataView(new ArrayBuffer(4)),
  () =>
    tensor([
      [1, 2],
      [3, 4],
    ]),
  () => tensor([1, 0], { dtype: "int32" }),
  () => tensor(3),
  () => tensor([true, false]),
  () => tensor([]),
  () => tensor([0.5, 1], { dtype: "float64", requiresGrad: true }),
  () => new Parameter(tensor([1, 2])),
  () => new Linear(2, 2),
  () => new Adam(),
];

function cyclic(): unknown[] {
  const list: unknown[] = [];
  list.push(list);
  return list;
}
