import { defineOp } from "../../src/index.js";

/** x³ as an operation that a user defines. Its gradient is written in the library's operations; its forward reads elements. */
export const cube = defineOp({
  name: "cube",
  inputs: ["x"],
  save: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }) => out.view().set(x.view().map((v) => v * v * v)),
  grad: { x: (g, { x }) => g.mul(x).mul(x).mul(3) },
});
