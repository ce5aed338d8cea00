import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { choice, text } from "../options/kinds.js";
import { meant } from "../options/unknown.js";
import type { Callback, Logs, TrainingContext } from "./callbacks.js";
import { ofValidation } from "./figureNames.js";

/** The options of a callback that is driven by a figure. */
export const MONITOR = {
  /** The figure that is watched. Default "valLoss". */
  monitor: text({ default: "valLoss" }),
  /** Whether less or more is better; "auto": as the metric says, less for losses. Default "auto". */
  mode: choice(["min", "max", "auto"], { default: "auto" }),
};

/** The figure that drives a callback, as training tells it epoch by epoch. */
export class Monitor {
  /** Whether less or more is better. */
  direction: "min" | "max";
  /** The figure is one of the training, or was added by a callback. */
  #seen = false;
  #context!: TrainingContext;

  /** @param op the callback's name in errors */
  constructor(
    private readonly op: string,
    readonly figure: string,
    readonly mode: "min" | "max" | "auto",
  ) {
    this.direction = mode === "max" ? "max" : "min";
  }

  /** Training begins. @throws ArgumentError if there is no such figure, and no callback in front of this one may add it */
  begin(context: TrainingContext, callback: Callback): void {
    const { figure, mode, op } = this;
    const known = context.figures.includes(figure);
    const before = context.callbacks.slice(0, Math.max(0, context.callbacks.indexOf(callback)));
    if (!known && !before.some((one) => mayAdd(one, figure))) throw this.#unknown(context.figures, context);
    if (!known && mode === "auto") {
      note(`${op}: "${figure}" is no metric's figure, so less of it is taken as better. Set mode: "min" or "max".`);
    }
    this.#seen = known;
    this.#context = context;
    if (mode === "auto") this.direction = context.greaterIsBetter(figure) ? "max" : "min";
  }

  /** The figure of an epoch; null if a callback did not add it this time. @throws ArgumentError if nothing ever added it */
  read(logs: Logs): number | null {
    if (!(this.figure in logs)) {
      if (!this.#seen) throw this.#unknown(Object.keys(logs), this.#context);
      return null;
    }
    this.#seen = true;
    return logs[this.figure];
  }

  #unknown(figures: readonly string[], { callbacks }: TrainingContext): ArgumentError {
    const { figure } = this;
    const added = callbacks.some((callback) => mayAdd(callback, figure));
    const problem = `there is no "${figure}"; the figures are ${figures.join(", ")}`;
    return new ArgumentError(message(this.op, problem, mendOf(figure, figures, added)));
  }
}

/** What helps where a figure is not among those of the training. @param added whether a callback may add it, later */
function mendOf(figure: string, figures: readonly string[], added: boolean): string {
  // Other libraries write val_loss.
  const isOfValidation = ofValidation(figure) !== null || figure.startsWith("val_");
  if (isOfValidation && figures.every((name) => ofValidation(name) === null)) {
    return "Give fit validationData or validationSplit, or choose another monitor.";
  }
  if (added) return "Choose another monitor, or stand behind the callback that adds it.";
  return meant(figure, Object.fromEntries(figures.map((name) => [name, {}]))).trim() || "Choose another monitor.";
}

/** Whether a callback may add a figure. Which ones, only its first call tells, unless it says so. */
function mayAdd({ onEpochEnd, addsFigures }: Callback, figure: string): boolean {
  return onEpochEnd !== undefined && (addsFigures === undefined || addsFigures.includes(figure));
}
