import { defineOp } from "../../src/index.js";

/** x³: an operation of a user's own. Its gradient is made of the library's operations, its forward reads elements. */
export const cube = defineOp({
  name: "cube",
  inputs: ["x"],
  save: ["x"],
  shape: ({ x }) => x.shape,
  forward: ({ x, out }) => out.view().set(x.view().map((v) => v * v * v)),
  grad: { x: (g, { x }) => g.mul(x).mul(x).mul(3) },
});
