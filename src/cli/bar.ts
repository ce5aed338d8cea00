import pico from "picocolors";
import { Callback, type Logs, type TrainingContext } from "../train/callbacks.js";
import { sparkline } from "../train/sparkline.js";

const WIDTH = 24;
/** The widest curve of losses. */
const CURVE = 12;
/** The fewest milliseconds between two drawings. */
const REDRAW = 50;

/** One line in a terminal that shows the progress of the whole training, however short its epochs: bar, figures, time left. */
export class RunBar extends Callback {
  #context!: TrainingContext;
  #start = 0;
  #epoch = 0;
  /** Number of epochs that were done when training went on, with the fraction of the running one; null before the first batch. */
  #begun: number | null = null;
  #drawn = 0;
  /** The losses of the epochs. */
  #losses: number[] = [];
  /** The figures of the last complete epoch. Those of a running epoch would jump about. */
  #figures = "";

  constructor(private readonly out: { write(text: string): unknown; columns?: number }) {
    super();
  }

  override onTrainBegin(context: TrainingContext): void {
    this.#context = context;
    this.#start = performance.now();
    this.#epoch = context.initialEpoch;
    this.#begun = null;
    this.#losses = [];
  }

  override onBatchEnd(batch: number, logs: Logs): void {
    const { steps } = this.#context;
    this.#begun ??= this.#epoch + (steps === null ? 0 : batch / steps);
    if (performance.now() - this.#drawn < REDRAW) return;
    this.#draw(this.#epoch + (steps === null ? 0 : (batch + 1) / steps), this.#figures || figures(logs));
  }

  override onEpochEnd(epoch: number, logs: Logs): void {
    this.#epoch = epoch + 1;
    this.#losses.push(logs.loss);
    this.#figures = figures(logs);
    if (performance.now() - this.#drawn >= REDRAW || this.#epoch === this.#context.epochs) this.#draw(this.#epoch, this.#figures);
  }

  override onTrainEnd(): void {
    this.out.write("\n");
  }

  /** @param done number of epochs done, with the fraction of the running one */
  #draw(done: number, text: string): void {
    this.#drawn = performance.now();
    const { epochs } = this.#context;
    const seconds = (this.#drawn - this.#start) / 1000;
    const share = done / epochs;
    const full = Math.round(share * WIDTH);
    // The first steps are slow, so no time is estimated from them.
    const trained = done - (this.#begun ?? 0);
    const left = trained < 0.02 * epochs ? "" : `${((seconds * (epochs - done)) / trained).toFixed(1)} s left`;
    const { steps } = this.#context;
    const rate = steps === null || trained === 0 ? "" : `  ${((trained * steps) / seconds).toFixed(0)} steps/s`;
    const curve = this.#losses.length > 1 ? `  ${sparkline(this.#losses, CURVE)}` : "";
    const time = (share < 1 ? left : `${seconds.toFixed(1)} s`).padEnd(10);
    const bar = "█".repeat(full) + "░".repeat(WIDTH - full);
    const epoch = `epoch ${Math.min(Math.floor(done) + 1, epochs)}/${epochs}`;
    const rest = `  ${time}  ${text}${curve}${rate}`.slice(0, Math.max(0, (this.out.columns || 100) - epoch.length - WIDTH - 2));
    this.out.write(`\r\x1b[2K${epoch} ${pico.cyan(bar)}${rest}`);
  }
}

function figures(logs: Logs): string {
  return Object.entries(logs)
    .map(([name, value]) => `${name} ${value.toPrecision(4)}`)
    .join("  ");
}
