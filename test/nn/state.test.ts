import { describe, expect, test } from "vitest";
import { BatchNorm, Dense, noGrad, ones, randn, Sequential, type Tensor } from "../../src/index.js";
import { failure } from "../support/errors.js";

const lazy = (): Sequential => new Sequential([new Dense(5), new BatchNorm(), new BatchNorm({ affine: false }), new Dense(2)]);

describe("lazy layers that are not built", () => {
  test("are built for what the state tells", () => {
    const [trained, x] = [lazy(), randn([8, 3])];
    trained.forward(x).detach();
    const fresh = lazy();
    expect(fresh.loadStateDict(trained.stateDict())).toEqual({ missing: [], unexpected: [] });
    expect(fresh.layers.map(({ builtFor }) => builtFor)).toEqual([[1, 3], [1, 5], [1, 5], [1, 5]]); // biome-ignore format: a table
    const results = [trained, fresh].map((net) => noGrad(() => net.eval().forward(x) as Tensor).data);
    expect(results[1]).toEqual(results[0]);
    expect(failure(() => fresh.forward(ones([8, 4])))).toContain("expected 3 as x's last extent");
  });

  test("stay as they are when the state does not fit", () => {
    const layer = new Dense(5);
    expect(failure(() => layer.loadStateDict({ weight: ones([4, 3]), bias: ones([4]) }))).toBe(
      "SHAPE loadStateDict: weight is [4, 3], expected [5, 3]; bias is [4], expected [5].",
    );
    expect([layer.built, layer.builtFor]).toEqual([false, null]);
    expect(layer.forward(ones([1, 7])).shape).toEqual([1, 5]);
  });

  test("are named when the state does not tell", () =>
    expect(failure(() => lazy().loadStateDict({ "1.weight": ones([5]) }, { strict: false }))).toMatch(/^GRAPH parameters: Dense at "0"/));
});

test.each([
  [null, "null"],
  [3, "3"],
  [[ones([1])], "an array of length 1"],
  [ones([1]), "a tensor"],
  [new Set(), "a Set"],
])("what is no state is refused: %o", (state, text) =>
  expect(failure(() => new Dense(1).loadStateDict(state as never))).toBe(
    `ARGUMENT loadStateDict: the state is ${text}; expected a Map or an object of tensors by name. Pass what stateDict() or loadWeights(path) gave.`,
  ),
);
