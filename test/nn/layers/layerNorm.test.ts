import { expect, test } from "vitest";
import { deserializeModel, gradcheck, LayerNorm, noGrad, ones, randn, Sequential, type Tensor, tensor } from "../../../src/index.js";
import { failure } from "../../support/errors.js";
import { builds, withBuild } from "../../support/kernels.js";

const X = [[1, 2, 4, -1], [0.5, 0, 3, 2]]; // biome-ignore format: a matrix

function expectClose(found: Tensor | null | undefined, expected: number[]): void {
  const { data } = found as Tensor;
  expect(data.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(data[i]).toBeCloseTo(value, 6);
}

test.each(builds)("PyTorch's numbers, %s", (build) => {
  withBuild(build, () => {
    const x = tensor(X, { requiresGrad: true });
    const layer = new LayerNorm(4);
    layer.loadStateDict({ weight: tensor([1, 2, -1, 0.5]), bias: tensor([0, 0.1, 0.2, 0.3]) });
    const y = layer.forward(x);
    const values = [-0.27734965, 0.654699445, -1.186748385, -0.393374145, -0.733796716, -2.206218481, -1.162765503, 0.56207031];
    expectClose(y, values);
    y.mul(tensor([[1, 0, 2, -1], [0.5, 1, -2, 3]])).sum().backward(); // biome-ignore format: a matrix
    expectClose(x.grad, [0.672039866, 0.298684001, -0.44802776, -0.522696137, -0.709606528, 0.622055531, 0.17970705, -0.092155933]);
    expectClose(layer.weight?.grad, [-0.644248009, -1.153109193, 0.047965765, 2.95917010307]);
    expectClose(layer.bias?.grad, [1.5, 1, 0, 2]);
    const plain = new LayerNorm([2, 2], { epsilon: 1e-3, affine: false });
    const small = [-0.277307451, 0.277307451, 1.386537313, -1.386537313, -0.733541369, -1.152707934, 1.362291336, 0.523958206];
    expectClose(
      noGrad(() => plain.forward(tensor(X).reshape([2, 2, 2]))),
      small,
    );
  });
});

test("training and evaluation are alike; gradients add up", () => {
  const layer = new LayerNorm(4);
  const trained = noGrad(() => layer.forward(tensor(X)));
  expect(noGrad(() => layer.eval().forward(tensor(X))).data).toEqual(trained.data);
  const step = (): void => layer.forward(tensor(X)).mul(tensor(X)).sum().backward();
  step();
  const once = layer.weight?.grad?.toArray() as number[];
  step();
  expect(layer.weight?.grad?.toArray()).toEqual(once.map((value) => Math.fround(2 * value)));
});

test("state, and no state", () => {
  expect([...new LayerNorm([2, 3]).stateDict()].map(([name, { shape }]) => [name, shape])).toEqual([
    ["weight", [2, 3]],
    ["bias", [2, 3]],
  ]);
  expect([...new LayerNorm(3, { bias: false }).stateDict().keys()]).toEqual(["weight"]);
  expect([...new LayerNorm(3, { affine: false }).stateDict().keys()]).toEqual([]);
});

test("gradients in float64", () => {
  const layer = new LayerNorm(4);
  gradcheck((x) => layer.forward(x).mul(x), [tensor(X, { dtype: "float64", requiresGrad: true })]);
});

test("a saved one is rebuilt", () => {
  for (const options of [{}, { bias: false }, { affine: false, bias: false, epsilon: 1e-3 }]) {
    const layer = new LayerNorm([2, 3], options);
    expect(LayerNorm.fromConfig(layer.config()).config()).toEqual(layer.config());
  }
  const model = new Sequential([new LayerNorm(4)]);
  const x = randn([3, 4]);
  const copy = deserializeModel(model.serialize());
  expect(noGrad(() => copy.forward(x) as Tensor).data).toEqual(noGrad(() => model.forward(x)).data);
});

test("errors", () => {
  expect(failure(() => new LayerNorm([2, 3]).forward(ones([4, 3, 2])))).toBe(
    "SHAPE LayerNorm: x has shape [4, 3, 2]; expected [..., 2, 3], as normalizedShape says.",
  );
  expect(failure(() => new LayerNorm({ epsilon: 1e-3 } as never))).toBe(
    "ARGUMENT LayerNorm: normalizedShape is an object; expected the extents of the last axes, whole numbers ≥ 1. Write new LayerNorm(64) or new LayerNorm([64], { epsilon }).",
  );
  expect(failure(() => new LayerNorm(...([] as never as [number])))).toContain("ARGUMENT LayerNorm: normalizedShape is undefined;");
  expect(failure(() => new LayerNorm([]))).toContain("ARGUMENT LayerNorm: normalizedShape is []; expected the extents");
  expect(failure(() => new LayerNorm(0))).toContain("ARGUMENT LayerNorm: normalizedShape is 0; expected the extents");
  expect(failure(() => new LayerNorm(3, { epsilon: -1 }))).toBe("ARGUMENT LayerNorm: epsilon is -1; expected a number > 0.");
  expect(failure(() => new LayerNorm(3, { elementwiseAffine: false } as never))).toBe(
    'ARGUMENT LayerNorm: unknown option "elementwiseAffine". Known: epsilon, affine, bias. It is called "affine" now.',
  );
});
