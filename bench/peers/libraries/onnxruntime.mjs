/** ONNX Runtime as Wasm and native, for inference only. */
import { modelBytes } from "../onnx.mjs";

export const rows = [
  { name: "ort-web", mode: "web", threads: Infinity },
  { name: "ort-native", mode: "node", threads: Infinity },
];

export async function build({ workload, data, mode, threads }) {
  if (workload.kind !== "inference") return "inference alone";
  const ort = await import(`onnxruntime-${mode}`);
  if (mode === "web") ort.env.wasm.numThreads = threads;
  const session = await ort.InferenceSession.create(modelBytes(workload.layers, data), { intraOpNumThreads: threads, logSeverityLevel: 3 });
  const { values, shape } = data.x;
  const read = async () => (await session.run({ x: new ort.Tensor("float32", values, shape) })).y.data;
  return { step: async () => (await read())[0], read };
}
