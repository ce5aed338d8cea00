import { describe, expect, test } from "vitest";
import { cdist, cosineSimilarity, grad, normalize, pairwiseDistance, randn, tensor, zeros } from "../../src/index.js";
import { checkOp, expectClose } from "../support/checkOp.js";
import { failure } from "../support/errors.js";

const ORDERS = [1, 1.5, 2, 3, Number.POSITIVE_INFINITY];

describe("normalize", () => {
  test.each(ORDERS)("p = %d", (p) => {
    for (const [shape, axis] of [
      [[2, 5], 1],
      [[4, 3], 0],
      [[2, 3, 2], -2],
    ] as const) {
      checkOp({ op: (x) => normalize(x, axis, { p }), shapes: [shape], result: shape, range: [0.1, 2] });
    }
  });
  test("vectors that are nearly nothing, and the count of p = 0", () => {
    expectClose(
      "rows",
      normalize(
        tensor([
          [0, 0],
          [1e-13, 0],
          [3, 4],
        ]),
      ),
      [0, 0, 0.1, 0, 0.6, 0.8],
    );
    const x = tensor([[0, 0]], { requiresGrad: true });
    expect([...grad(normalize(x, { epsilon: 0.5 }).sum(), x)[0].data]).toEqual([2, 2]);
    expectClose("p = 0", normalize(tensor([[3, 0, 4]]), 1, { p: 0 }), [1.5, 0, 2]);
  });
  test("errors", () => {
    expect(failure(() => normalize(zeros([2])))).toMatch(/^INDEX normalize: axis 1/);
    expect(failure(() => normalize(zeros([2, 2]), 1, { p: -1 }))).toBe("ARGUMENT normalize: p is -1; expected a number ≥ 0.");
    expect(failure(() => normalize(zeros([2, 2]), 1, { epsilon: 0 }))).toBe("ARGUMENT normalize: epsilon is 0; expected a number > 0.");
  });
});

describe("cosineSimilarity", () => {
  test.each([
    [[3, 4], [3, 4], 1, [3]],
    [[3, 4], [1, 4], 1, [3]],
    [[3, 4], [4], -1, [3]],
    [[3, 4], [3, 4], 0, [4]],
  ] as const)("%j and %j along %i", (a, b, axis, result) => {
    checkOp({ op: (x, y) => cosineSimilarity(x, y, axis), shapes: [a, b], result, range: [0.2, 2] });
  });
  test("angles, also of vectors that are nothing", () => {
    const a = tensor([
      [1, 0],
      [3, 4],
      [0, 0],
    ]);
    expectClose(
      "cosines",
      cosineSimilarity(
        a,
        tensor([
          [1, 1],
          [-6, -8],
          [1, 2],
        ]),
      ),
      [Math.SQRT1_2, -1, 0],
    );
  });
  test("errors", () => {
    expect(failure(() => cosineSimilarity(zeros([2, 2]), zeros([2, 2]), 2))).toMatch(/^INDEX cosineSimilarity: axis 2/);
    expect(failure(() => cosineSimilarity(zeros([2, 2]), 1 as never))).toMatch(/^ARGUMENT cosineSimilarity: b is 1/);
  });
});

describe("pairwiseDistance", () => {
  test.each(ORDERS)("p = %d", (p) => {
    // Apart by more than epsilon, so that no difference is 0.
    checkOp({
      op: (a, b) => pairwiseDistance(a.add(3), b, { p }),
      shapes: [
        [4, 3],
        [4, 3],
      ],
      result: [4],
      range: [-1, 1],
    });
    checkOp({
      op: (a, b) => pairwiseDistance(a.add(3), b, { p, keepDims: true, epsilon: 0.1 }),
      shapes: [
        [4, 3],
        [1, 3],
      ],
      result: [4, 1],
      range: [-1, 1],
    });
  });
  test("adds epsilon to each difference", () => {
    expectClose("distances", pairwiseDistance(zeros([1, 4]), zeros([1, 4]), { epsilon: 0.5 }), [1]);
    expect(pairwiseDistance(zeros([3, 4]), zeros([4])).shape).toEqual([3]);
  });
});

describe("cdist", () => {
  const shapes = [
    [
      [4, 3],
      [5, 3],
      [4, 5],
    ],
    [
      [2, 4, 3],
      [5, 3],
      [2, 4, 5],
    ],
    [
      [1, 1],
      [1, 1],
      [1, 1],
    ],
    [
      [0, 3],
      [4, 3],
      [0, 4],
    ],
  ] as const;
  test.each(ORDERS)("p = %d", (p) => {
    for (const [a, b, result] of shapes) {
      checkOp({ op: (x, y) => cdist(x.add(3), y, { p }), shapes: [a, b], result, range: [-1, 1] });
    }
  });
  test("by matmul", () => {
    for (const [a, b, result] of shapes) {
      checkOp({ op: (x, y) => cdist(x.add(3), y, { computeMode: "matmul" }), shapes: [a, b], result, range: [-1, 1], tolerance: 5e-5 });
    }
  });
  test("far from the origin, and many: digits stay", () => {
    const [a, b] = [randn([300, 16]).add(1000), randn([1000, 16]).add(1000)];
    const exact = cdist(a.cast("float64"), b.cast("float64"), { computeMode: "direct" });
    expectClose("distances", cdist(a, b).cast("float64"), exact, 1e-4);
  });
  test("no gradient where a distance is 0", () => {
    for (const computeMode of ["direct", "matmul"] as const) {
      const x = tensor(
        [
          [1, 2],
          [4, 6],
        ],
        { requiresGrad: true },
      );
      const y = cdist(x, x, { computeMode });
      expectClose("distances", y, [0, 5, 5, 0]);
      expectClose("gradient", grad(y.sum(), x)[0], [-1.2, -1.6, 1.2, 1.6]);
    }
  });
  test("p = 0 counts", () =>
    expect([
      ...cdist(
        tensor([[1, 2, 3]]),
        tensor([
          [1, 0, 0],
          [1, 2, 3],
        ]),
        { p: 0 },
      ).data,
    ]).toEqual([2, 0]));
  test("errors", () => {
    expect(failure(() => cdist(zeros([2, 3]), zeros([2, 4])))).toBe(
      "SHAPE cdist: a [2, 3] and b [2, 4]; expected two or more axes, the last of one extent.",
    );
    expect(failure(() => cdist(zeros([3]), zeros([2, 3])))).toMatch(/^SHAPE cdist/);
    expect(failure(() => cdist(zeros([1, 3]), zeros([2, 3]), { computeMode: "fast" as never }))).toMatch(/^ARGUMENT cdist: computeMode/);
  });
});
