import { Parameter, type Tensor, tensor } from "../../src/index.js";

/** A loss of three parameters, bent in all of them: its least value is 0, at 1, 1, … */
export function bentLoss(params: readonly Parameter[]): Tensor {
  return params
    .map((x, i) => {
      const bent = x.mul(x).add(x.sub(1).mul(0.25 * (i + 1)));
      return bent.sub(1).square().mean().add(x.sub(1).square().mean().mul(0.1));
    })
    .reduce((sum, term) => sum.add(term));
}

/** Parameters to start from, of several shapes and names. */
export function bentParameters(dtype: "float32" | "float64" = "float32"): Parameter[] {
  return [[2], [2, 3], [7]].map((shape, i) => {
    const size = shape.reduce((a, b) => a * b);
    return new Parameter(
      tensor(
        Float64Array.from({ length: size }, (_, j) => 0.5 + 0.25 * ((i + 3 * j) % 5)),
        { shape, dtype },
      ),
    );
  });
}
