import { CapturedStep, type CaptureStatus } from "../capture/capturedStep.js";
import type { Tensor } from "../tensor/tensor.js";
import { type Batch, eachPart } from "./data.js";
import { Resident, Rows } from "./rows.js";

/**
 * A function of a batch, captured unless there is an obstacle.
 *
 * If the batch is some rows of samples in memory, the first kernels of the step gather them, on all threads, and the step's input is
 * only the numbers of the rows. (Threads that gathered the next batch meanwhile would take the cores from the step that runs.)
 */
export class BatchStep<T> {
  readonly #ofParts: CapturedStep<[Batch], T>;
  #ofRows: StepOfRows<T> | null = null;
  /** A step that gathers rows cannot be replayed. */
  #rowsRefused = false;
  /** Replays before recordings were forgotten. */
  #replaysBefore = 0;

  /** @param obstacle why the function may not be captured; null if it may */
  constructor(
    private readonly step: (batch: Batch) => T,
    private readonly obstacle: string | null,
  ) {
    this.#ofParts = new CapturedStep(step, false);
  }

  run(batch: Batch): T {
    if (this.obstacle !== null) return this.step(batch);
    const ofRows = batch instanceof Rows && !this.#rowsRefused ? this.#stepOfRows(batch.whole) : null;
    if (ofRows === null) return this.#ofParts.run([eachPart(batch, (part) => part)]);
    const value = ofRows.captured.run([(batch as Rows).index()]);
    this.#rowsRefused = ofRows.captured.refused;
    return value;
  }

  /** Whether calls are replayed, and if not, why. */
  status(): CaptureStatus {
    if (this.obstacle !== null) return { state: "eager", reason: this.obstacle, replays: 0, bytes: 0 };
    const parts = this.#ofParts.status();
    const rows = this.#ofRows?.captured.status() ?? parts;
    const state = this.#rowsRefused ? parts.state : rows.state;
    // A step that cannot be replayed with its rows gathered by kernels may well be replayed without.
    const reason = parts.reason ?? (parts.replays === 0 ? rows.reason : null);
    const replays = this.#replaysBefore + parts.replays + (rows === parts ? 0 : rows.replays);
    return { state, reason, replays, bytes: parts.bytes + (rows === parts ? 0 : rows.bytes) };
  }

  /** Forgets what was recorded, and gives its memory back. */
  forget(): void {
    this.#replaysBefore = this.status().replays;
    this.#ofParts.dispose();
    this.#ofRows?.captured.dispose();
  }

  dispose(): void {
    this.forget();
    this.#ofRows?.resident.release();
    this.#ofRows = null;
  }

  /** The step on rows of these samples; null if the samples are too large to be copied to linear memory. */
  #stepOfRows(whole: Batch): StepOfRows<T> | null {
    if (this.#ofRows?.resident.whole === whole) return this.#ofRows;
    if (!Resident.suits(whole)) return null;
    this.dispose();
    const resident = new Resident(whole);
    this.#ofRows = { resident, captured: new CapturedStep((index: Tensor) => this.step(resident.take(index)), false) };
    return this.#ofRows;
  }
}

/** The step as a function of the numbers of the rows that make up a batch. */
interface StepOfRows<T> {
  readonly resident: Resident;
  readonly captured: CapturedStep<[Tensor], T>;
}
