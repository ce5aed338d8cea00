import { type Module, randn, type Tensor, tensor } from "../../src/index.js";

/** n points of 4 features in 3 classes, which a small network can separate. They depend on the seed that is set. */
export function blobs(n = 96): { x: Tensor; y: Tensor } {
  const noise = randn([n, 4]).data;
  const labels = Int32Array.from({ length: n }, (_, i) => i % 3);
  const x = Float32Array.from({ length: 4 * n }, (_, i) => {
    const [row, column] = [Math.floor(i / 4), i % 4];
    return 0.5 * noise[i] + (column === labels[row] ? 2 : 0);
  });
  return { x: tensor(x, { shape: [n, 4] }), y: tensor(labels, { dtype: "int32" }) };
}

/** The bits of all parameters and buffers. */
export function bits(model: Module): Record<string, number[]> {
  return Object.fromEntries([...model.stateDict()].map(([name, { data }]) => [name, Array.from(data)]));
}

/** The error that a promise rejects with, as `CODE message`. */
export async function rejection(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code} ${message}`;
  }
  throw new Error("nothing was thrown");
}
