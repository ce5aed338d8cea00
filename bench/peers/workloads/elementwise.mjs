/** Over 1,048,576 floats, softmax over rows of 1024. */
export const workloads = ["relu", "gelu", "tanh", "sigmoid", "softmax", "sum"].map((op) => ({
  name: op,
  kind: "elementwise",
  op,
  x: { shape: [1024, 1024], draw: "normal" },
}));
