/** Matrix products that occur in training. */
export interface GemmShape {
  name: string;
  m: number;
  n: number;
  k: number;
  /** How A and B are stored: N as they are, T transposed. */
  form: "NN" | "NT" | "TN";
  batch: number;
}

function shape(name: string, m: number, n: number, k: number, form: GemmShape["form"] = "NN", batch = 1): GemmShape {
  return { name, m, n, k, form, batch };
}

/** The products of a dense layer with weights [inputs, outputs]: forward, gradient of the weights, gradient of the inputs. */
function dense(name: string, batch: number, inputs: number, outputs: number): GemmShape[] {
  return [
    shape(`${name} forward`, batch, outputs, inputs),
    shape(`${name} weights`, inputs, outputs, batch, "TN"),
    shape(`${name} inputs`, batch, inputs, outputs, "NT"),
  ];
}

/** A convolution as one product for each image, of a filter matrix [out, in · kernel area] and patches [in · kernel area, pixels]. */
function convolution(name: string, images: number, outputs: number, patch: number, pixels: number): GemmShape[] {
  return [
    shape(`${name} forward`, outputs, pixels, patch, "NN", images),
    shape(`${name} weights`, outputs, patch, pixels, "NT", images),
    shape(`${name} patches`, patch, pixels, outputs, "TN", images),
  ];
}

export const CUBES = [64, 128, 256, 512, 768, 1024].map((n) => shape(`${n}³`, n, n, n));

/** The hidden layer of 784-512-10 in the three forms that training needs. */
export const MLP = (["NN", "NT", "TN"] as const).map((form) => shape(`mlp ${form}`, 128, 512, 784, form));

export const TRAINING: readonly GemmShape[] = [
  ...dense("784-512 of 128", 128, 784, 512),
  ...dense("512-10 of 128", 128, 512, 10),
  ...dense("784-256 of 32", 32, 784, 256),
  ...dense("256-256 of 32", 32, 256, 256),
  ...dense("256-256 of 16", 16, 256, 256),
  ...dense("1024-1024 of 16", 16, 1024, 1024),
  ...dense("400-120 of 64", 64, 400, 120),
  ...dense("4096-256 of 32", 32, 4096, 256),
  ...dense("128-512 of 1024", 1024, 128, 512),
  ...dense("lstm 156-512 of 64", 64, 156, 512),
  shape("attention scores", 64, 64, 32, "NT", 64),
  shape("attention values", 64, 32, 64, "NN", 64),
  shape("attention keys", 64, 32, 64, "TN", 64),
  // Only the first two products: the input of a first layer needs no gradient.
  ...convolution("conv 1-6", 16, 6, 25, 784).slice(0, 2),
  ...convolution("conv 6-16", 16, 16, 150, 100),
  ...convolution("conv 3-32", 8, 32, 27, 1024),
  ...convolution("conv 64-64", 2, 64, 576, 784),
  ...convolution("conv 32-64", 1, 64, 288, 3136),
];

/** Products with a batch of 1, whose limit is memory, not arithmetic. */
export const INFERENCE: readonly GemmShape[] = [
  shape("784-512 of 1", 1, 512, 784),
  shape("784-512 of 1, weights transposed", 1, 512, 784, "NT"),
  shape("512-10 of 1", 1, 10, 512),
];
