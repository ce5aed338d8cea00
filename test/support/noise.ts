import { expect, test } from "vitest";
import { capture, type Module, manualSeed, ones, setThreads, type Tensor, zeros } from "../../src/index.js";

/** Mean and variance of all elements, in float64. */
export function moments({ data }: Tensor): { mean: number; variance: number } {
  const values = Array.from(data);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length };
}

/** What every layer does that disturbs its input. @param shape of an input that the layer takes */
export function disturbs(make: () => Module & { forward(x: Tensor): Tensor }, shape: readonly number[]): void {
  test("evaluation gives the input itself, training others from call to call, the same for the same seed", () => {
    const x = ones(shape);
    expect(make().eval().forward(x)).toBe(x);
    const run = (seed: number): string[] => {
      manualSeed(seed);
      const layer = make();
      return [0, 1].map(() => layer.forward(x).data.join());
    };
    expect(run(1)).toEqual(run(1));
    expect(new Set([...run(1), ...run(2)]).size).toBe(4);
  });

  test("any number of threads gives the same bits", () => {
    const large = [64 * shape[0], 64 * (shape[1] ?? 1), ...shape.slice(2)];
    const run = (threads: number): string => {
      setThreads(threads);
      manualSeed(3);
      return make().forward(ones(large)).data.join();
    };
    const one = run(1);
    const three = run(3);
    setThreads(1);
    expect(three).toBe(one);
  });

  test("the gradient is what the result changes by", () => {
    manualSeed(4);
    const layer = make();
    const leaf = ones(shape);
    leaf.requiresGrad = true;
    layer.forward(leaf).sum().backward();
    // A layer that is x·m + c has the gradient m.
    manualSeed(4);
    const again = make();
    const at = (x: Tensor): Tensor => {
      (again as unknown as { count: number }).count = 0;
      return again.forward(x);
    };
    const slope = at(ones(shape)).sub(at(zeros(shape)));
    expect(leaf.grad?.sub(slope).abs().max().item()).toBeLessThan(1e-6);
  });

  test("captured steps have the bits of eager ones, also where a setting is changed between them", () => {
    const run = (captured: boolean): unknown => {
      manualSeed(5);
      const layer = make() as Module & { forward(x: Tensor): Tensor; p?: number; std?: number };
      const step = (x: Tensor): Tensor => layer.forward(x);
      const steps = captured ? capture(step) : step;
      return Array.from({ length: 9 }, (_, i) => {
        if (i === 5) Object.assign(layer, layer.p === undefined ? { std: 0.75 } : { p: 0.75 });
        return steps(ones(shape)).toArray();
      });
    };
    expect(run(true)).toEqual(run(false));
  });

  test("no samples", () => {
    const empty = zeros([0, ...shape.slice(1)]);
    expect(make().forward(empty).shape).toEqual(empty.shape);
  });
}
