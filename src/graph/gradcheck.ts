import { ArgumentError, SimdgradError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { allocateArray, type NumberArray } from "../memory/views.js";
import { checkArity } from "../options/arity.js";
import { declare, type OptionsOf, type SettingsOf } from "../options/declare.js";
import { number } from "../options/kinds.js";
import { checkFunction, checkTensor, tensorList } from "../tensor/check.js";
import { dataStorage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";
import { consume, grad } from "./backward.js";
import { noGrad } from "./mode.js";

const GRADCHECK_OPTIONS = {
  /** Step of the central difference, > 0. Default 1e-6. */
  epsilon: number({ default: 1e-6, above: 0, aka: ["eps"] }),
  /** Absolute tolerance, ≥ 0. Default 1e-5. */
  atol: number({ default: 1e-5, min: 0 }),
  /** Relative tolerance, ≥ 0. Default 1e-3. */
  rtol: number({ default: 1e-3, min: 0 }),
};

const GRADCHECK = declare("gradcheck", GRADCHECK_OPTIONS);
const GRADGRADCHECK = declare("gradgradcheck", GRADCHECK_OPTIONS);

/** Options of `gradcheck` and `gradgradcheck`. */
export interface GradcheckOptions extends OptionsOf<typeof GRADCHECK> {}

/**
 * Compares the gradients of backprop with central differences (f(x + ε) − f(x − ε)) / 2ε in float64, for every element of every
 * input. If f has several outputs, a sum of them with fixed pseudo-random weights is differentiated.
 *
 * @param f function of the inputs; deterministic, any output shape
 * @param inputs a float64 tensor or several; those with requiresGrad are checked
 * @returns true if no difference exceeds atol + rtol·|numerical|; otherwise it throws
 * @throws ArgumentError unless the inputs are float64 and one requires a gradient
 * @throws GradcheckError naming input, element, both values
 * @example
 * gradcheck((x) => x.tanh().sum(), [tensor([0.1, 0.2], { dtype: "float64", requiresGrad: true })]);
 */
export function gradcheck(f: (...inputs: Tensor[]) => Tensor, inputs: Tensor | readonly Tensor[], options?: GradcheckOptions): true {
  checkArity("gradcheck", arguments.length, 3);
  checkFunction("gradcheck", "f", f, "gradcheck((x) => x.tanh(), x)");
  const list = tensorList("gradcheck", "inputs", inputs);
  const tolerances = GRADCHECK.readOptions(options);
  checkInputs("gradcheck", list);
  const output = f(...list);
  checkTensor("gradcheck", "the result of f", output);
  const direction = pseudoRandom(output.size, 1);
  const v = new Tensor(dataStorage("float64", direction, "gradcheck"), output.shape);
  const wanted = list.filter((input) => input.requiresGrad);
  const analytic = grad(output, wanted, { gradOutputs: [v], allowUnused: true });
  const objective = (): number => noGrad(() => dot(f(...list).view(), direction));
  compare("gradcheck", wanted, analytic, objective, tolerances);
  return true;
}

/**
 * Applies `gradcheck` to the gradient of f: compares second derivatives with central differences of the first ones.
 * @throws GradcheckError, ArgumentError, GraphError as `gradcheck`
 * @example gradgradcheck((x) => x.tanh(), [tensor([0.1, 0.2], { dtype: "float64", requiresGrad: true })])
 */
export function gradgradcheck(f: (...inputs: Tensor[]) => Tensor, inputs: Tensor | readonly Tensor[], options?: GradcheckOptions): true {
  checkArity("gradgradcheck", arguments.length, 3);
  checkFunction("gradgradcheck", "f", f, "gradgradcheck((x) => x.tanh(), x)");
  const list = tensorList("gradgradcheck", "inputs", inputs);
  const tolerances = GRADGRADCHECK.readOptions(options);
  checkInputs("gradgradcheck", list);
  const wanted = list.filter((input) => input.requiresGrad);
  const output = f(...list);
  checkTensor("gradgradcheck", "the result of f", output);
  const direction = pseudoRandom(output.size, 1);
  const directions = wanted.map((input, i) => pseudoRandom(input.size, i + 2));
  const asTensor = (values: NumberArray, like: Tensor): Tensor => new Tensor(dataStorage("float64", values, "gradgradcheck"), like.shape);
  const first = (y: Tensor, createGraph: boolean): (Tensor | null)[] =>
    grad(y, wanted, { gradOutputs: [asTensor(direction, y)], allowUnused: true, createGraph });
  const recorded = first(output, true).map((gradient, i) => ({ gradient, v: asTensor(directions[i], wanted[i]) }));
  const curved = recorded.filter(({ gradient }) => gradient?.requiresGrad);
  const analytic =
    curved.length === 0
      ? wanted.map(() => null)
      : grad(
          curved.map(({ gradient }) => gradient as Tensor),
          wanted,
          { gradOutputs: curved.map(({ v }) => v), allowUnused: true },
        );
  consume(output);
  const objective = (): number =>
    first(f(...list), false).reduce((sum, gradient, i) => sum + (gradient === null ? 0 : dot(gradient.view(), directions[i])), 0);
  compare("gradgradcheck", wanted, analytic, objective, tolerances);
  return true;
}

/** Thrown where backprop and finite differences disagree. */
export class GradcheckError extends SimdgradError {
  override readonly name: string = "GradcheckError";

  constructor(text: string) {
    super("GRADCHECK", text);
  }
}

function compare(
  op: string,
  wanted: readonly Tensor[],
  analytic: readonly (Tensor | null)[],
  objective: () => number,
  { epsilon, atol, rtol }: SettingsOf<typeof GRADCHECK>,
): void {
  wanted.forEach((input, k) => {
    const values = input.data;
    const gradient = analytic[k]?.view();
    for (let i = 0; i < values.length; i++) {
      const center = values[i];
      const at = (x: number): number => {
        values[i] = x;
        input.storage.write(values, op);
        return objective();
      };
      let numerical: number;
      try {
        numerical = (at(center + epsilon) - at(center - epsilon)) / (2 * epsilon);
      } finally {
        values[i] = center;
        input.storage.write(values, op);
      }
      const found = gradient === undefined ? 0 : gradient[i];
      if (!(Math.abs(found - numerical) <= atol + rtol * Math.abs(numerical))) {
        throw new GradcheckError(message(op, `input ${k}, element ${i}: backprop gives ${found}, central differences give ${numerical}`));
      }
    }
  });
}

function checkInputs(op: string, inputs: readonly Tensor[]): void {
  if (inputs.some((input) => input.dtype !== "float64")) {
    throw new ArgumentError(
      message(op, "an input is not float64; float32 is too coarse for finite differences", 'Make it with dtype: "float64".'),
    );
  }
  if (!inputs.some((input) => input.requiresGrad)) throw new ArgumentError(message(op, "no input has requiresGrad"));
}

/** Fixed numbers in [−1, 1) without short cycles: the fractional parts of multiples of the golden ratio, scaled. */
function pseudoRandom(length: number, seed: number): Float64Array {
  const values = allocateArray("float64", length) as Float64Array;
  for (let i = 0; i < length; i++) values[i] = (((i + 1) * 0.6180339887498949 + seed * 0.41421356237309515) % 1) * 2 - 1;
  return values;
}

function dot(a: NumberArray, b: NumberArray): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
