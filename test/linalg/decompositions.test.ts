import { describe, expect, test } from "vitest";
import { eye, type Tensor, tensor } from "../../src/index.js";
import {
  cholesky,
  conditionNumber,
  det,
  eigh,
  eigvals,
  inverse,
  logdet,
  lstsq,
  matrixRank,
  pinv,
  qr,
  slogdet,
  solve,
  svd,
} from "../../src/linalg.js";

/** The numbers are NumPy's 2.4; signs of vectors are turned as the docstrings say. */
const A = float64([
  [4, 1, -2, 2],
  [1, 2, 0, 1],
  [-2, 0, 3, -2],
  [2, 1, -2, -1],
]);
const B = float64([
  [1, 2, 0, -1],
  [3, -1, 2, 4],
  [0, 5, 1, 1],
]);

function float64(values: number[] | number[][]): Tensor {
  return tensor(values, { dtype: "float64" });
}

function expectClose(found: Tensor, wanted: Tensor | number | number[] | number[][], tolerance = 1e-12): void {
  const expected = tensor(wanted, { dtype: "float64" });
  expect(found.shape).toEqual(expected.shape);
  const difference = found.sub(expected).abs().max().item();
  expect(difference, `${found}`).toBeLessThan(tolerance);
}

/** |VᵀV − 1| of the columns. */
function expectOrthonormal(v: Tensor): void {
  expectClose(v.transpose().matmul(v), eye(v.shape[1], { dtype: "float64" }));
}

test("eigh", async () => {
  const { values, vectors } = await eigh(A);
  expectClose(values, [-2.1975169774394243, 1.0843644637732166, 2.2685314064312423, 6.844621107234965]);
  expectClose(vectors, [
    [-0.17670517062447652, 0.6422600067660328, 0.20171109662094233, 0.7180459594506796],
    [-0.17810046990630077, -0.5441878481946866, 0.7894499124874399, 0.2211529881551807],
    [0.28766803431970117, 0.5202218509386148, 0.5796341693167878, -0.5573513771375096],
    [0.9242849167461132, -0.14398227457619123, 0.010280998686330589, 0.3533564748939929],
  ]);
  expectOrthonormal(vectors);
  expectClose(vectors.mul(values).matmul(vectors.transpose()), A);
});

test("eigh reads the lower triangle", async () => {
  const { values } = await eigh(
    float64([
      [2, 99],
      [1, 2],
    ]),
  );
  expectClose(values, [1, 3]);
});

test("eigvals", async () => {
  const { real, imaginary } = await eigvals(
    float64([
      [1, 2, 3],
      [0, 1, -4],
      [2, 1, 0],
    ]),
  );
  expectClose(real, [2.0971262567403466, 2.0971262567403466, -2.194252513480694]);
  expectClose(imaginary, [1.9507205292321987, -1.9507205292321987, 0]);
});

test("svd, tall and wide", async () => {
  const { u, s, vh } = await svd(B);
  expectClose(s, [5.518018631405486, 5.499231708556776, 1.5198424257355232]);
  const rows = [
    [-0.35442550667255474, 0.7741464860753784, -0.16801309398442132, -0.49684140182439446],
    [0.3881685424126229, 0.6233621520589454, 0.36940125703219495, 0.5694624845981822],
    [0.8370606915793467, 0.019057855284893455, -0.07731246376569276, -0.5412845644493524],
  ];
  expectClose(vh, rows);
  expectClose(u.mul(s).matmul(vh), B);
  expectOrthonormal(u);
  expectOrthonormal(vh.transpose());
  const tall = await svd(B.transpose());
  expect([tall.u.shape, tall.s.shape, tall.vh.shape]).toEqual([[4, 3], [3], [3, 3]]);
  expectClose(tall.s, s);
  expectClose(tall.u.mul(tall.s).matmul(tall.vh), B.transpose());
});

test("svd of a matrix of rank 1", async () => {
  const { u, s, vh } = await svd(
    float64([
      [1, 2],
      [2, 4],
      [3, 6],
    ]),
  );
  expectClose(s, [8.366600265340756, 0]);
  expectOrthonormal(u);
  expectOrthonormal(vh.transpose());
});

test("cholesky", async () => {
  const x = A.matmul(A.transpose()).add(eye(4, { dtype: "float64" }));
  const lower = [
    [5.0990195135927845, 0, 0, 0],
    [1.5689290811054724, 2.1303665267886505, 0, 0],
    [-3.530090432487313, 0.7221581446741193, 2.2398547168382077, 0],
    [2.1572774865200244, -0.1805395361685299, -0.11350615119112482, 2.510114673809879],
  ];
  expectClose(await cholesky(x), lower);
  expectClose(await cholesky(x, { upper: true }), float64(lower).transpose());
  await expect(cholesky(A)).rejects.toThrow(/^cholesky: x is not positive definite\. /);
});

test("qr, wide and tall", async () => {
  const wide = await qr(B);
  expectClose(wide.q, [
    [0.316227766016838, 0.3840464018787138, -0.8674723979493603],
    [0.9486832980505138, -0.1280154672929047, 0.2891574659831202],
    [0, 0.9143961949493188, 0.4048204523763681],
  ]);
  expectClose(wide.r, [
    [3.1622776601683795, -0.3162277660168378, 1.8973665961010275, 3.478505426185217],
    [0, 5.468089245796927, 0.6583652603635095, 0.018287923898986147],
    [0, 0, 0.9831353843426085, 2.4289227142582095],
  ]);
  const tall = await qr(B.transpose());
  expectClose(tall.r, [
    [2.449489742783178, -1.2247448713915892, 3.6742346141747677],
    [0, 5.3385391260156565, 1.030244392739864],
    [0, 0, 3.5268394478949654],
  ]);
  expectOrthonormal(tall.q);
  expectClose(tall.q.matmul(tall.r), B.transpose());
});

test("solve and inverse", async () => {
  const x = [1.054054054054054, 1.3243243243243243, 0.5675675675675675, -1.7027027027027029];
  expectClose(await solve(A, float64([1, 2, 3, 4])), x);
  const columns = await solve(
    A,
    float64([
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ]),
  );
  expectClose(
    columns,
    x.map((value) => [value, 0]),
  );
  expectClose((await inverse(A)).matmul(A), eye(4, { dtype: "float64" }));
  await expect(
    solve(
      [
        [1, 2],
        [2, 4],
      ],
      [1, 2],
    ),
  ).rejects.toThrow(/^solve: the matrix is singular\. lstsq/);
  await expect(
    inverse([
      [1, 2],
      [2, 4],
    ]),
  ).rejects.toThrow(/^inverse: the matrix is singular\./);
});

test("determinants", async () => {
  expectClose(await det(A), -37);
  const { sign, logAbsDet } = await slogdet(A);
  expectClose(sign, -1);
  expectClose(logAbsDet, 3.6109179126442243);
  expect((await logdet(A)).item()).toBeNaN();
  expectClose(await logdet(A.matmul(A)), 2 * 3.6109179126442243);
  const singular = float64([
    [1, 2],
    [2, 4],
  ]);
  expectClose(await det(singular), 0);
  expect((await logdet(singular)).item()).toBe(-Infinity);
  const none = await slogdet(singular);
  expect([none.sign.item(), none.logAbsDet.item()]).toEqual([0, -Infinity]);
  // 10⁻³⁰⁰ · 10⁻³⁰⁰ is no number of float64.
  expectClose(
    await logdet(
      float64([
        [1e-300, 0],
        [0, 1e-300],
      ]),
    ),
    2 * -690.7755278982137,
  );
});

test("pseudo-inverse, rank, condition", async () => {
  expectClose(await pinv(B), [
    [0.507287259050306, 0.15655853314527512, -0.17489421720733436],
    [0.07663375646450404, -0.03102961918194638, 0.16078984485190415],
    [-0.04372355430183358, 0.060648801128349826, 0.04936530324400569],
    [-0.3394452280206866, 0.09449929478138225, 0.146685472496474],
  ]);
  expectClose(
    await pinv(
      float64([
        [1, 2],
        [2, 4],
      ]),
    ),
    [
      [0.04, 0.08],
      [0.08, 0.16],
    ],
  );
  expect((await matrixRank(B)).item()).toBe(3);
  expect((await matrixRank(B, { atol: 2 })).item()).toBe(2);
  expect((await matrixRank(B, { rtol: 0.999 })).item()).toBe(1);
  expect((await matrixRank(B)).dtype).toBe("int32");
  expectClose(await conditionNumber(A), 6.312103850598373);
  expect(
    (
      await conditionNumber([
        [1, 0],
        [0, 0],
      ])
    ).item(),
  ).toBe(Infinity);
});

test("lstsq", async () => {
  const found = await lstsq(B.transpose(), float64([1, 2, 3, 4]));
  expectClose(found.solution, [-0.8283968030089328, 0.6544428772919606, 0.8815232722143865]);
  expectClose(found.residuals, 0.7903149976492712);
  expect(found.rank.item()).toBe(3);
  expectClose(found.singularValues, [5.518018631405485, 5.499231708556776, 1.5198424257355232]);
  const shortest = await lstsq(
    float64([
      [1, 1],
      [1, 1],
    ]),
    float64([
      [2, 4],
      [2, 6],
    ]),
  );
  expectClose(shortest.solution, [
    [1, 2.5],
    [1, 2.5],
  ]);
  expectClose(shortest.residuals, [0, 2]);
});

describe("batches", () => {
  const stack = float64([4, 1, 1, 3, 2, 0, 0, 5]).reshape([2, 2, 2]);

  test("stand in front", async () => {
    const { values, vectors } = await eigh(stack);
    expect([values.shape, vectors.shape]).toEqual([
      [2, 2],
      [2, 2, 2],
    ]);
    expectClose(await det(stack), [11, 10]);
    expectClose(await logdet(stack), [2.3978952727983707, Math.LN10]);
    expectClose(
      await solve(
        stack,
        float64([
          [5, 4],
          [2, 5],
        ]),
      ),
      [
        [1, 1],
        [1, 1],
      ],
    );
    expect((await matrixRank(stack)).toArray()).toEqual([2, 2]);
    expect((await svd(stack.reshape([1, 2, 2, 2]))).u.shape).toEqual([1, 2, 2, 2]);
    expect((await lstsq(stack, stack)).residuals.shape).toEqual([2, 2]);
  });

  test("a matrix that fails is named", async () => {
    await expect(cholesky(stack.sub(4))).rejects.toThrow("cholesky: matrix 0 of x is not positive definite");
  });
});

test("results have the element type of x; plain arrays are read in float64", async () => {
  expect((await svd(tensor([[1, 2]]))).s.dtype).toBe("float32");
  expect((await svd(A)).s.dtype).toBe("float64");
  // In float32 both rows would be equal.
  expect(
    (
      await det([
        [1, 1],
        [1, 1 + 1e-9],
      ])
    ).item(),
  ).toBeCloseTo(1e-9, 15);
});

describe("wrong operands", () => {
  test("shapes", async () => {
    await expect(eigh([1, 2])).rejects.toThrow("eigh: x is [2]; expected a matrix [m, n], or a batch of them [..., m, n]");
    await expect(det(B)).rejects.toThrow("det: x is [3, 4]; expected a square matrix");
    await expect(svd(tensor([], { shape: [0, 3] }))).rejects.toThrow("svd: x is [0, 3]; expected at least one element");
    await expect(solve(A, [1, 2])).rejects.toThrow("solve: a is [4, 4], b is [2]; expected [4] or [4, k]");
    await expect(lstsq(B, [[1], [2]])).rejects.toMatchObject({ code: "SHAPE" });
  });

  test("numbers that are none", async () => {
    await expect(svd([[1, Number.NaN]])).rejects.toThrow("svd: element 1 of x is NaN; expected finite numbers");
    await expect(eigh(tensor([[1]], { dtype: "int32" }))).rejects.toMatchObject({ code: "DTYPE" });
    await expect(eigh(3 as never)).rejects.toThrow("eigh: x is 3; expected a tensor or nested arrays of numbers");
    await expect(pinv(A, { rtol: -1 })).rejects.toThrow("pinv: rtol is -1; expected a number ≥ 0");
  });

  test("a gradient is not lost in silence", async () => {
    const x = tensor(
      [
        [2, 0],
        [0, 1],
      ],
      { requiresGrad: true },
    );
    await expect(inverse(x)).rejects.toThrow("inverse: x requires a gradient, and a decomposition has none. Write inverse(x.detach()).");
    expectClose(
      await inverse(x.detach()),
      [
        [0.5, 0],
        [0, 1],
      ],
      1e-6,
    );
  });
});
