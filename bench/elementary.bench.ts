import * as kernels from "../src/kernels/generated.js";
import { maps } from "./data.js";
import type { Row } from "./harness.js";

const { neg, square, round, exp, expm1, sin, erf, sqrt, reciprocal, log, log1p } = kernels;

export const rows: Row[] = [
  ...maps("elementary", { neg, square, round, exp, expm1, sin, erf }, { targets: { exp: 0.6 } }),
  ...maps("elementary", { sqrt, reciprocal, log, log1p }, { least: 0.01 }),
];
