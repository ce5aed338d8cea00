import { ArgumentError } from "../errors/errors.js";
import { kindText, message } from "../errors/message.js";
import { checkArity } from "../options/arity.js";
import { Callback, type Logs, type TrainingContext } from "./callbacks.js";
import { sparkline } from "./sparkline.js";

interface Terminal {
  write(text: string): unknown;
  isTTY?: boolean;
  columns?: number;
}

const WIDTH = 24;
/** The widest curve of losses. */
const CURVE = 20;
/** Milliseconds between two drawings of the bar. */
const REDRAW = 100;

/**
 * Shows how training stands: in a terminal one line an epoch with a live bar, batches a second, figures and time left, and behind it the
 * curve of the loss; elsewhere one plain line an epoch. Both go to stderr, so that a program's own output stays clean. `fit` adds one unless `verbose` is 0.
 * @param out where it writes; default: the process's stderr, nothing outside of Node
 * @example await model.fit(train, { callbacks: [new ProgressBar(process.stdout)], verbose: 0 })
 */
export class ProgressBar extends Callback {
  readonly #out: Terminal | null;
  #context!: TrainingContext;
  #epoch = 0;
  #epochStart = 0;
  /** The number of the first batch that was seen: not 0 where a training is resumed within the epoch. */
  #first = 0;
  #drawn = 0;
  /** The losses of the epochs. */
  #losses: number[] = [];
  /** The line is not ended yet. */
  #open = false;

  constructor(out?: Terminal) {
    super();
    checkArity("ProgressBar", arguments.length, 1);
    if (out !== undefined && typeof out?.write !== "function")
      throw new ArgumentError(message("ProgressBar", `out is ${kindText(out)}; expected a stream, such as process.stdout`));
    this.#out = out ?? (globalThis as { process?: { stderr?: Terminal } }).process?.stderr ?? null;
  }

  override onTrainBegin(context: TrainingContext): void {
    this.#context = context;
    this.#losses = [];
  }

  override onEpochBegin(epoch: number): void {
    this.#epoch = epoch;
    this.#epochStart = performance.now();
    this.#drawn = 0;
    this.#first = Infinity;
  }

  override onBatchEnd(batch: number, logs: Logs): void {
    if (!this.#out?.isTTY) return;
    this.#first = Math.min(this.#first, batch);
    const now = performance.now();
    if (now - this.#drawn < REDRAW) return;
    this.#drawn = now;
    const { steps } = this.#context;
    const seconds = (now - this.#epochStart) / 1000;
    const rate = (batch + 1 - this.#first) / seconds;
    const left = steps === null ? "" : `  ${duration((steps - batch - 1) / rate)} left`;
    const bar = steps === null ? `${batch + 1}` : `${blocks((batch + 1) / steps)} ${batch + 1}/${steps}`;
    this.#line(`${this.#heading()} ${bar}  ${rate.toFixed(0)}/s${left}  ${figures(logs)}`, false);
  }

  override onEpochEnd(_epoch: number, logs: Logs): void {
    const seconds = (performance.now() - this.#epochStart) / 1000;
    this.#losses.push(logs.loss);
    // A point is no curve.
    const curve = this.#out?.isTTY && this.#losses.length > 1 ? `  ${sparkline(this.#losses, CURVE)}` : "";
    this.#line(`${this.#heading()}  ${duration(seconds)}  ${figures(logs)}${curve}`, true);
  }

  /** An aborted epoch leaves its bar standing. */
  override onTrainEnd(): void {
    if (this.#open) this.#out?.write("\n");
    this.#open = false;
  }

  #heading(): string {
    return `epoch ${this.#epoch + 1}/${this.#context.epochs}`;
  }

  #line(text: string, last: boolean): void {
    if (this.#out === null) return;
    if (!this.#out.isTTY) this.#out.write(`${text}\n`);
    else this.#out.write(`\r\x1b[2K${text.slice(0, (this.#out.columns ?? 120) - 1)}${last ? "\n" : ""}`);
    this.#open = !last;
  }
}

function blocks(share: number): string {
  const full = Math.round(share * WIDTH);
  return "█".repeat(full) + "░".repeat(WIDTH - full);
}

function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${seconds.toFixed(0)} s`;
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`;
}

function figures(logs: Logs): string {
  return Object.entries(logs)
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join("  ");
}
