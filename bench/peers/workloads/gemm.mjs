const product = (name, form, xShape, yShape) => ({
  name: `gemm ${name}`,
  kind: "gemm",
  form,
  x: { shape: xShape, draw: "normal" },
  y: { shape: yShape, draw: "normal" },
});

/** A cube, and the products of the mlp's hidden layer: forward, gradient of the weights, gradient of the inputs. */
export const workloads = [
  product("512³", "NN", [512, 512], [512, 512]),
  product("mlp NN", "NN", [128, 784], [784, 512]),
  product("mlp TN", "TN", [128, 784], [128, 512]),
  product("mlp NT", "NT", [128, 512], [784, 512]),
];
