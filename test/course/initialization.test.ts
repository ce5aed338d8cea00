import { describe, expect, it } from "vitest";
import { Dense, jacobian, manualSeed, randn, Sequential } from "../../src/index.js";
import { svd } from "../../src/linalg.js";

const [WIDTH, DEPTH] = [24, 12];

/** The singular values of the derivative of a deep net's output by its input, at its start. */
async function atStart(activation: "linear" | "tanh", weightInitializer: "orthogonal" | "lecunNormal"): Promise<number[]> {
  manualSeed(3);
  const net = new Sequential(Array.from({ length: DEPTH }, () => new Dense(WIDTH, { activation, weightInitializer })));
  const x = randn([1, WIDTH], { requiresGrad: true });
  const matrix = jacobian(() => net.forward(x), x).reshape([WIDTH, WIDTH]);
  const { s } = await svd(matrix);
  return [...s.data];
}

describe("the singular values of the input-output Jacobian at start", () => {
  it("are all 1 in a deep linear net with orthogonal weights: dynamical isometry", async () => {
    for (const value of await atStart("linear", "orthogonal")) expect(value).toBeCloseTo(1, 4);
  });

  it("are spread over orders of magnitude with normal weights of the same variance", async () => {
    const values = await atStart("linear", "lecunNormal");
    expect(values[0]).toBeGreaterThan(3);
    expect(values[0] / (values.at(-1) as number)).toBeGreaterThan(1e3);
  });

  it("through tanh are below 1, and nearer to each other with orthogonal weights", async () => {
    const [orthogonal, normal] = [await atStart("tanh", "orthogonal"), await atStart("tanh", "lecunNormal")];
    expect(orthogonal[0]).toBeLessThan(1);
    const spread = (values: number[]): number => values[0] / (values.at(-1) as number);
    expect(spread(orthogonal)).toBeLessThan(spread(normal) / 10);
  });
});
