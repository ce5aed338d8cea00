/** brain.js: plain loops, for small networks of one activation throughout. */
export const rows = [
  { name: "brain.js", note: "brain.js: sigmoid in both layers, its own start, an update after each of the four samples" },
];

export async function build({ workload, data }) {
  if (workload.name !== "xor") return "xor alone";
  const { default: brain } = await import("brain.js");
  const net = new brain.NeuralNetwork({ hiddenLayers: [8], activation: "sigmoid" });
  const samples = Array.from(data.y.values, (y, i) => ({ input: [...data.x.values.subarray(2 * i, 2 * i + 2)], output: [y] }));
  net.train(samples, { iterations: 1, learningRate: workload.optimizer.learningRate });
  const patterns = net.formatData(samples);
  const step = () => {
    let sum = 0;
    for (let i = 0; i < patterns.length; i++) sum += net.trainPattern(patterns[i], true);
    return sum / patterns.length;
  };
  return { step };
}
