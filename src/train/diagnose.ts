import { SimdgradError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { typeOf } from "../nn/architecture.js";
import type { Module } from "../nn/module.js";
import { isFloating } from "../tensor/dtype.js";
import { Tensor } from "../tensor/tensor.js";
import { type Batch, inputsOf } from "./data.js";
import { inEvaluation } from "./evaluationStep.js";

/** The loss became NaN or infinite. */
export class DivergedError extends SimdgradError {
  override readonly name: string = "DivergedError";

  constructor(text: string) {
    super("DIVERGED", text);
  }
}

/** Ends a step whose loss is not finite. Who runs the step knows its place in the training, and throws a DivergedError instead. */
export class NonFiniteLoss extends Error {
  constructor(readonly loss: number) {
    super(`the loss is ${loss}`);
  }
}

/** The error of a loss that is not finite: when, and where the first value of the kind is. */
export function diverged(
  model: Module,
  batch: Batch,
  loss: number,
  at: { epoch: number; batch: number; learningRate: number },
): DivergedError {
  const when = `the loss became ${loss} at epoch ${at.epoch + 1}, batch ${at.batch + 1}`;
  const data = badData(batch);
  if (data !== null)
    return new DivergedError(message("fit", `${when}; the data have values that are not finite: ${data}`, "Mend the data."));
  const place = badParameter(model) ?? badOutput(model, batch);
  return new DivergedError(
    message(
      "fit",
      `${when}${place === null ? "" : `; first non-finite value in ${place}`}`,
      `Lower learningRate (now ${at.learningRate}) or set globalClipNorm.`,
    ),
  );
}

function badData({ x, y, weight }: Batch): string | null {
  const parts = { x, y: y ?? [], weight: weight ?? [] };
  return Object.entries(parts).find(([, part]) => ![part].flat().every(allFinite))?.[0] ?? null;
}

function badParameter(model: Module): string | null {
  for (const [name, parameter] of model.namedParameters()) if (!allFinite(parameter)) return `parameter ${name}`;
  return null;
}

/** The first module whose output is not finite, inner ones before those they are in. */
function badOutput(model: Module, batch: Batch): string | null {
  let place: string | null = null;
  const removers = [...model.namedModules()].map(([path, module]) =>
    module.registerForwardHook((_, __, output) => {
      if (place === null && [output].flat().some((one) => one instanceof Tensor && !allFinite(one)))
        place = path === "" ? "the model's output" : `${path} (${typeOf(module)})`;
    }),
  );
  try {
    inEvaluation([...model.namedModules().values()], () => void model.forward(...inputsOf(batch)));
  } finally {
    for (const remove of removers) remove();
  }
  return place;
}

function allFinite(x: Tensor): boolean {
  return !isFloating(x.dtype) || (x.view() as Float32Array).every((value) => Number.isFinite(value));
}
