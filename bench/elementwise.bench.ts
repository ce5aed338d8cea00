import * as kernels from "../src/kernels/generated.js";
import { maps } from "./data.js";
import type { Row } from "./harness.js";

const { atan, acos, asinh, acosh, atanh } = kernels;

export const rows: Row[] = maps("elementwise", { atan, acos, asinh, acosh, atanh });
