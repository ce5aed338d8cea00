import fc from "fast-check";
import { describe, test } from "vitest";
import { crossEntropy, type DType, grad, gradcheck, gradgradcheck, Parameter, type Tensor, tensor } from "../../src/index.js";
import { expectClose } from "../support/checkOp.js";
import { builds, random, withBuild } from "../support/kernels.js";

/** Smooth operations of values within about ±2 that stay there; operands are [2, 3] or broadcast to it. */
const unary: ((x: Tensor) => Tensor)[] = [
  (x) => x.tanh(),
  (x) => x.sigmoid(),
  (x) => x.neg(),
  (x) => x.mul(0.5).add(0.25),
  (x) => x.softmax(-1),
  (x) => x.reshape([3, 2]).transpose(),
  (x) => x.sum(0, { keepDims: true }).tanh().expand([2, 3]),
  (x) => x.square().mul(0.25),
  (x) => x.mul(0.5).exp().mul(0.3),
  (x) => x.slice([[null, null, -1]]),
  (x) => x.mean(1, { keepDims: true }).sub(x),
];
const binary: ((a: Tensor, b: Tensor) => Tensor)[] = [
  (a, b) => a.add(b).mul(0.5),
  (a, b) => a.sub(b).mul(0.5),
  (a, b) => a.mul(b).mul(0.5),
  (a, b) => a.div(b.square().add(1)),
  (a, b) => a.matmul(b.transpose()).matmul(a).tanh(),
  (a, b) => a.mul(b.sum(1, { keepDims: true }).tanh()),
];

interface Dag {
  seed: number;
  leaves: number;
  steps: { binary: boolean; op: number; a: number; b: number }[];
}

const dags: fc.Arbitrary<Dag> = fc.record({
  seed: fc.nat(),
  leaves: fc.integer({ min: 1, max: 3 }),
  steps: fc.array(fc.record({ binary: fc.boolean(), op: fc.nat(), a: fc.nat(), b: fc.nat() }), { minLength: 4, maxLength: 12 }),
});

function leavesOf({ seed, leaves }: Dag, make: (values: Float64Array) => Tensor): Tensor[] {
  const next = random(seed);
  return Array.from({ length: leaves }, () => make(Float64Array.from({ length: 6 }, () => Math.fround(2 * next() - 1))));
}

/** Operands are drawn from all that was made before, so there are forks and diamonds; everything takes part in the end. */
function evaluate({ steps }: Dag, leaves: readonly Tensor[]): Tensor {
  const made = [...leaves];
  for (const step of steps) {
    const [a, b] = [made[step.a % made.length], made[made.length - 1 - (step.b % Math.min(4, made.length))]];
    made.push(step.binary ? binary[step.op % binary.length](a, b) : unary[step.op % unary.length](a));
  }
  return made.reduce((sum, x) => sum.mul(0.7).add(x));
}

const options = (numRuns: number, seed: number): fc.Parameters<unknown> => ({ numRuns, seed });

describe("random graphs", () => {
  test("backprop agrees with central differences", () => {
    fc.assert(
      fc.property(dags, (dag) => {
        const leaves = leavesOf(dag, (values) => tensor(values, { shape: [2, 3], requiresGrad: true }));
        return gradcheck((...inputs) => evaluate(dag, inputs), leaves, { rtol: 1e-5, atol: 1e-7 });
      }),
      options(150, 1),
    );
  });

  test("and so do second derivatives", () => {
    fc.assert(
      fc.property(dags, (dag) => {
        const leaves = leavesOf(dag, (values) => tensor(values, { shape: [2, 3], requiresGrad: true }));
        return gradgradcheck((...inputs) => evaluate(dag, inputs), leaves, { rtol: 1e-4, atol: 1e-6 });
      }),
      options(40, 2),
    );
  });

  test("float32 on every build, fused and by formulas, into parameters and leaves: as float64", () => {
    fc.assert(
      fc.property(dags, fc.boolean(), (dag, fused) => {
        const end = (y: Tensor): Tensor => (fused ? crossEntropy(y, tensor([2, 0], { dtype: "int32" })) : y.square().sum());
        const make = (dtype: DType) => (values: Float64Array) => tensor(values, { shape: [2, 3], dtype, requiresGrad: true });
        const exact = leavesOf(dag, make("float64"));
        const expected = grad(end(evaluate(dag, exact)), exact);
        for (const build of builds) {
          withBuild(build, () => {
            const leaves = leavesOf(dag, make("float32"));
            const parameters = leaves.map((leaf) => new Parameter(leaf));
            end(evaluate(dag, leaves)).backward();
            end(evaluate(dag, parameters)).backward();
            // Twice, and once more by formulas.
            end(evaluate(dag, parameters)).backward();
            const formulas = grad(end(evaluate(dag, leaves)), leaves, { createGraph: true });
            expected.forEach((want, i) => {
              const doubled = Array.from(want.data, (value) => 2 * value);
              expectClose(`${build}: leaf ${i}`, leaves[i].grad as Tensor, want, 1e-4);
              expectClose(`${build}: parameter ${i}`, parameters[i].grad as Tensor, doubled, 2e-4);
              expectClose(`${build}: formula ${i}`, formulas[i], want, 1e-4);
            });
            // Consumes their graph.
            const curved = formulas.filter((formula) => formula.requiresGrad);
            grad(
              curved.map((formula) => formula.sum()),
              leaves,
              { allowUnused: true },
            );
          });
        }
      }),
      options(60, 3),
    );
  });

  test("grad() to any intermediate result agrees with the chain rule by hand", () => {
    fc.assert(
      fc.property(dags, fc.nat(), (dag, at) => {
        const [x] = leavesOf({ ...dag, leaves: 1 }, (values) => tensor(values, { shape: [2, 3], requiresGrad: true }));
        const cut = at % dag.steps.length;
        const h = evaluate({ ...dag, steps: dag.steps.slice(0, cut) }, [x]);
        const y = evaluate({ ...dag, steps: dag.steps.slice(cut) }, [h])
          .square()
          .sum();
        const [dh, dx] = grad(y, [h, x], { retainGraph: true });
        const [chained] = grad(h, x, { gradOutputs: [dh] });
        expectClose("dx", chained, dx, 1e-12);
      }),
      options(100, 4),
    );
  });
});
