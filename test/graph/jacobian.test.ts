import { describe, expect, test } from "vitest";
import { hessian, jacobian, jvp, memory, type Tensor, tensor, vjp } from "../../src/index.js";
import { expectClose } from "../support/checkOp.js";
import { failure } from "../support/errors.js";
import { random } from "../support/kernels.js";

const next = random(12);
const draw = (shape: number[], requiresGrad = true): Tensor =>
  tensor(
    Float64Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => 2 * next() - 1),
    { shape, requiresGrad },
  );

/** Of w [2, 3] and x [3]; every element of the result depends on all of x. */
const network = (w: Tensor, x: Tensor): Tensor => w.matmul(x).tanh().add(x.square().sum());

/** Central differences: [...y, ...x]. */
function numerical(f: () => Tensor, x: Tensor): Float64Array {
  const start = [...x.data];
  const columns = start.map((value, k) => {
    const at = (moved: number): number[] => {
      x.assign(start.map((own, i) => (i === k ? moved : own)));
      return [...f().detach().data];
    };
    const [up, down] = [at(value + 1e-6), at(value - 1e-6)];
    x.assign(start);
    return up.map((each, i) => (each - down[i]) / 2e-6);
  });
  return Float64Array.from(columns[0].flatMap((_, i) => columns.map((column) => column[i])));
}

describe("the three agree with each other, and with central differences", () => {
  const [w, x] = [draw([2, 3]), draw([3])];
  const f = (): Tensor => network(w, x);
  const [Jw, Jx] = jacobian(f, [w, x]);

  test("jacobian", () => {
    expect([Jw.shape, Jx.shape]).toEqual([
      [2, 2, 3],
      [2, 3],
    ]);
    expectClose("w", Jw.reshape([2, 6]), numerical(f, w), 1e-8);
    expectClose("x", Jx, numerical(f, x), 1e-8);
    expectClose("one input", jacobian(f, x), Jx, 0);
  });
  test("vjp", () => {
    const v = draw([2], false);
    const [gw, gx] = vjp(f, [w, x], v);
    expectClose("w", gw.reshape([6]), v.matmul(Jw.reshape([2, 6])), 1e-12);
    expectClose("x", gx, v.matmul(Jx), 1e-12);
  });
  test("jvp", () => {
    const [vw, vx] = [draw([2, 3], false), draw([3], false)];
    const product = jvp(f, [w, x], [vw, vx]);
    expectClose(
      "J·v",
      product,
      Jw.reshape([2, 6])
        .matmul(vw.reshape([6]))
        .add(Jx.matmul(vx)),
      1e-12,
    );
    expectClose("one input", jvp(f, x, vx), Jx.matmul(vx), 1e-12);
  });
  test("of a gradient, the Hessian", () => {
    const cubes = (): Tensor => x.pow(3).sum();
    expectClose(
      "hessian",
      jacobian(() => x.square().mul(3), x),
      hessian(cubes, x),
      1e-10,
    );
  });
});

test("zeros where the result does not depend on an input, or on none", () => {
  const [x, other] = [draw([3]), draw([2])];
  const f = (): Tensor => x.square();
  expect([...vjp(f, [x, other], draw([3], false))[1].data]).toEqual([0, 0]);
  expect([...jacobian(f, other).data]).toEqual(new Array(6).fill(0));
  expect([...jvp(f, other, draw([2], false)).data]).toEqual([0, 0, 0]);
  const fixed = tensor([1, 2]);
  expect([...jvp(() => fixed, x, draw([3], false)).data]).toEqual([0, 0]);
  expect(jacobian(() => fixed, x).shape).toEqual([2, 3]);
});

test("linear functions, scalars, float32", () => {
  const x = tensor([1, 2], { requiresGrad: true });
  expect([...jvp(() => x.mul(3), x, tensor([1, 10])).data]).toEqual([3, 30]);
  expect([...vjp(() => x.square().sum(), x)[0].data]).toEqual([2, 4]);
  expect(jacobian(() => x.square().sum(), x).shape).toEqual([2]);
  expect(jacobian(() => x.cast("float64").square(), x).dtype).toBe("float32");
});

test("they leave no graph behind", () => {
  const [w, x] = [draw([2, 3]), draw([3])];
  const once = (): void => {
    jacobian(() => network(w, x), [w, x]);
    jvp(() => network(w, x), x, x.detach());
    vjp(() => network(w, x), w, tensor([1, 2], { dtype: "float64" }));
  };
  for (let i = 0; i < 5; i++) once();
  const before = memory().unconsumedGraphs;
  for (let i = 0; i < 50; i++) once();
  expect(memory().unconsumedGraphs).toBe(before);
});

test("errors", () => {
  const x = tensor([1, 2], { requiresGrad: true });
  const f = (): Tensor => x.square();
  expect(failure(() => vjp(f, x, tensor([1, 2, 3])))).toBe("SHAPE vjp: the vector has shape [3]; expected [2].");
  expect(failure(() => vjp(f, x))).toMatch(/^SHAPE|^GRAPH/);
  expect(failure(() => jvp(f, x, tensor([1])))).toBe("SHAPE jvp: vector 0 has shape [1]; expected [2].");
  expect(failure(() => jvp(f, [x], []))).toBe("ARGUMENT jvp: 0 vectors for 1 inputs; expected one for each.");
  expect(failure(() => jacobian(x as never, x))).toMatch(/^ARGUMENT jacobian: f is a tensor/);
  expect(failure(() => jacobian(() => 3 as never, x))).toMatch(/^ARGUMENT jacobian: the result of f is 3/);
  expect(failure(() => jacobian(f, 3 as never))).toMatch(/^ARGUMENT jacobian: x is 3/);
  const ofItsInput = ((at: Tensor) => at.square()) as never;
  const noInput = "f has a parameter, and nothing is handed to it. Write";
  expect(failure(() => jacobian(ofItsInput, x))).toBe(`ARGUMENT jacobian: ${noInput} jacobian(() => x.square(), x).`);
  expect(failure(() => hessian(ofItsInput, x))).toBe(`ARGUMENT hessian: ${noInput} hessian(() => x.mul(x).sum(), x).`);
});
