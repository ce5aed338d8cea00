/** What must not compile; checked by tsc, never run. */
import { sort, sum, type Tensor } from "../../src/index.js";

declare const x: Tensor;

// Options stand in one object: nothing else is taken in its place.
x.sum(1, { keepDims: true }) satisfies Tensor;
x.sum({ axes: [0, 1], keepDims: true }) satisfies Tensor;
// @ts-expect-error a flag is no object
x.sum(1, true);
// @ts-expect-error a flag is no object
sum(x, 1, true);
// @ts-expect-error an unknown option
x.sum(1, { keepdims: true });
// @ts-expect-error one axis
sort(x, [0]);
// @ts-expect-error an order is no object
x.norm(2, 1);
