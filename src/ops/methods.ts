import type * as differentiation from "../graph/backward.js";
import { backward, detach, retainGrad } from "../graph/backward.js";
import { Tensor } from "../tensor/tensor.js";
import * as activations from "./activations.js";
import * as arithmetic from "./arithmetic.js";
import * as casting from "./cast.js";
import * as comparisons from "./compare.js";
import * as creation from "./creation.js";
import * as elementary from "./elementary.js";
import * as extremes from "./extremes.js";
import type { Fluent } from "./fluent.js";
import * as indexing from "./indexing.js";
import * as inplace from "./inplace.js";
import * as linalg from "./linalg.js";
import * as affine from "./linear.js";
import * as movement from "./movement.js";
import * as paddings from "./padding.js";
import * as reductions from "./reduce.js";
import * as reshaping from "./reshape.js";
import * as scans from "./scan.js";
import * as slicing from "./slicing.js";
import * as softmaxes from "./softmax.js";
import * as sorting from "./sort.js";
import * as unfolding from "./unfold.js";

/**
 * Every exported function of a family file takes a tensor first, and so is a method of Tensor. One clause a family: a list of
 * names, or a filtered barrel, would lose the documentation.
 */
declare module "../tensor/tensor.js" {
  interface Tensor
    extends Fluent<typeof activations>,
      Fluent<typeof arithmetic>,
      Fluent<typeof casting>,
      Fluent<typeof comparisons>,
      Fluent<typeof creation>,
      Fluent<Pick<typeof differentiation, "backward" | "detach" | "retainGrad">>,
      Fluent<typeof elementary>,
      Fluent<typeof extremes>,
      Fluent<typeof indexing>,
      Fluent<typeof inplace>,
      Fluent<typeof linalg>,
      Fluent<typeof affine>,
      Fluent<typeof movement>,
      Fluent<typeof paddings>,
      Fluent<typeof reductions>,
      Fluent<typeof reshaping>,
      Fluent<typeof scans>,
      Fluent<typeof slicing>,
      Fluent<typeof softmaxes>,
      Fluent<typeof sorting>,
      Fluent<typeof unfolding> {}
}

/** The families of operations. Their functions make tensors of tensors, and change none. */
export const families = [
  activations,
  arithmetic,
  casting,
  comparisons,
  creation,
  { detach },
  elementary,
  extremes,
  indexing,
  linalg,
  affine,
  movement,
  paddings,
  reductions,
  reshaping,
  scans,
  slicing,
  softmaxes,
  sorting,
  unfolding,
];

for (const family of [...families, { backward, retainGrad }, inplace]) {
  for (const [name, operation] of Object.entries(family) as [string, (...args: unknown[]) => unknown][]) {
    Object.defineProperty(Tensor.prototype, name, {
      // Named arguments instead of a rest array: nothing is allocated on the way to the operation, which is told how many there are.
      value(this: Tensor, a: unknown, b: unknown, c: unknown) {
        switch (arguments.length) {
          case 0:
            return operation(this);
          case 1:
            return operation(this, a);
          case 2:
            return operation(this, a, b);
          case 3:
            return operation(this, a, b, c);
          default:
            // No operation takes more: it says so, and reads none of them. Spreading arguments itself would make every call slower.
            return operation(this, a, b, c, ...new Array(arguments.length - 3));
        }
      },
      configurable: true,
      writable: true,
    });
  }
}
