import { digits } from "../../diagnose/findings/words.js";
import { grad } from "../../graph/backward.js";
import { noGrad } from "../../graph/mode.js";
import { Parameter } from "../../graph/parameter.js";
import { Buffer } from "../../nn/buffer.js";
import type { Module } from "../../nn/module.js";
import { tensor } from "../../tensor/creation.js";
import { isFloating } from "../../tensor/dtype.js";
import { seedOf, underSeed } from "../../tensor/seed.js";
import type { Tensor } from "../../tensor/tensor.js";
import { type Batch, eachPart, takeRange } from "../../train/data.js";
import { failed, passed, type SanityCheck, skipped } from "./check.js";
import { lossOf, type Subject, steady } from "./subject.js";

const NAME = "gradients";

/** Samples, and parameters, that are checked. */
const SAMPLES = 2;
const PARAMETERS = 6;
/** Larger models would take too long in float64, which plain JavaScript computes. */
const MOST = 1e6;

/**
 * How far backprop and differences may differ, relative to the gradient; how far a weight is moved, relative to its size; and below which share of
 * the loss a gradient is so small that differences have no digits left.
 */
const FLOAT64 = { tolerance: 5e-3, move: 1e-7, least: 1e-6 };
const FLOAT32 = { tolerance: 0.1, move: 1e-2, least: 1e-3 };

/**
 * Compares the gradient of some parameters with central differences of the loss, along a direction each: in float64 where the model computes in
 * it, else in float32, along the gradient itself. Afterwards the weights are as before.
 */
export function checkGradients(subject: Subject): SanityCheck {
  const { model } = subject.trainee;
  const batch = takeRange(subject.batch, 0, SAMPLES);
  const size = model.parameters().reduce((sum, parameter) => sum + parameter.size, 0);
  if (size <= MOST) {
    try {
      return inFloat64(model, () => compared(subject, eachPart(batch, toFloat64), FLOAT64, "float64"));
    } catch {
      // A layer or a loss that computes in float32 alone: so does the check.
    }
  }
  return compared(subject, batch, FLOAT32, "float32");
}

function compared(subject: Subject, batch: Batch, { tolerance, move, least }: typeof FLOAT64, dtype: "float32" | "float64"): SanityCheck {
  const { model } = subject.trainee;
  const trained = [...model.namedParameters()].filter(([, { requiresGrad }]) => requiresGrad);
  const stride = Math.max(1, Math.ceil(trained.length / PARAMETERS));
  const some = trained.filter((_, i) => i % stride === 0);
  const loss = steady(model, () => lossOf(subject, batch));
  const value = loss.item();
  if (some.length === 0 || !loss.requiresGrad) return skipped(NAME, "No parameter is trained.");
  if (!Number.isFinite(value)) return failed(NAME, `The loss is ${value}.`);
  const gradients = grad(
    loss,
    some.map(([, parameter]) => parameter),
    { allowUnused: true },
  ).map((gradient) => gradient?.data ?? null);
  const evaluate = (): number => noGrad(() => steady(model, () => lossOf(subject, batch)).item());
  let worst = { path: "", error: 0, backprop: 0, difference: 0 };
  for (const [i, [path, parameter]] of some.entries()) {
    const gradient = gradients[i];
    const norm = gradient === null ? 0 : normOf(gradient);
    if (gradient === null || norm === 0 || norm < least * Math.abs(value)) continue;
    const direction = directionOf(gradient, norm, dtype === "float64");
    const backprop = dot(gradient, direction);
    const step = Math.min(
      move * Math.max(normOf(parameter.data), 1),
      dtype === "float32" ? (0.02 * Math.max(Math.abs(value), 0.1)) / norm : 1,
    );
    const difference = centralDifference(parameter, direction, step, evaluate);
    const error = Math.abs(difference - backprop) / norm;
    if (!(error <= worst.error)) worst = { path, error, backprop, difference };
  }
  const told = `backprop gives ${digits(worst.backprop)} for ${worst.path}, differences of the loss ${digits(worst.difference)}`;
  if (!(worst.error <= tolerance))
    return failed(NAME, `The gradient is wrong: in ${dtype} ${told}. Look at the gradients of operations of your own, with gradcheck.`);
  return passed(NAME, `Those of ${some.length} parameters agree with differences of the loss to ${digits(worst.error)} in ${dtype}.`);
}

/** (f(w + hd) − f(w − hd)) / 2h; w is as before, to the bit. */
function centralDifference(parameter: Parameter, direction: Float64Array, h: number, evaluate: () => number): number {
  const before = parameter.data;
  const at = (factor: number): number => {
    parameter.storage.write(before.map((value, i) => Number(value) + factor * direction[i]) as typeof before, "sanityCheck");
    return evaluate();
  };
  try {
    return (at(h) - at(-h)) / (2 * h);
  } finally {
    parameter.storage.write(before, "sanityCheck");
  }
}

/** The gradient's own direction; with others mixed in where there are digits enough to see a wrong element that is small. */
function directionOf(gradient: ArrayLike<number>, norm: number, mixed: boolean): Float64Array {
  const n = gradient.length;
  return Float64Array.from({ length: n }, (_, i) => {
    const own = gradient[i] / norm;
    return mixed ? (own + ((((i + 1) * 0.6180339887498949) % 1) * 2 - 1) / Math.sqrt(n)) / 2 : own;
  });
}

/** Runs `fn` with all parameters and buffers of the model replaced by copies in float64. */
function inFloat64<T>(model: Module, fn: () => T): T {
  const copies = new Map<Parameter, Parameter>();
  const undo: (() => void)[] = [];
  const copyOf = (value: Parameter): Parameter => {
    const wide = tensor(Float64Array.from(value.view() as Float32Array), { shape: [...value.shape], dtype: "float64" });
    const copy =
      copies.get(value) ?? (value instanceof Buffer ? new Buffer(wide) : new Parameter(wide, { requiresGrad: value.requiresGrad }));
    copies.set(value, copy);
    return copy;
  };
  try {
    for (const module of model.namedModules().values()) {
      const fields = module as unknown as Record<string, unknown>;
      for (const [name, value] of Object.entries(fields)) {
        if (!(value instanceof Parameter) || value.dtype !== "float32") continue;
        fields[name] = copyOf(value);
        undo.push(() => {
          fields[name] = value;
        });
      }
    }
    return underSeed(seedOf(0), fn);
  } finally {
    for (const put of undo) put();
  }
}

function toFloat64(x: Tensor): Tensor {
  return isFloating(x.dtype) ? x.cast("float64").detach() : x;
}

function normOf(values: ArrayLike<number>): number {
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += values[i] * values[i];
  return Math.sqrt(squares);
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}
