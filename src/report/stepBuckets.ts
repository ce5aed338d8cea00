import type { StepSeries } from "./run.js";

/** The most buckets that are kept. Even, since they are joined in pairs. */
const MOST = 2048;

/** Gathers a `StepSeries` step by step: where there are too many buckets, each two are joined. */
export class StepBuckets {
  #width = 1;
  #count = 0;
  readonly #step: number[] = [];
  readonly #loss: (number | null)[] = [];
  readonly #low: (number | null)[] = [];
  readonly #high: (number | null)[] = [];
  readonly #rate: (number | null)[] = [];
  /** How many losses of each bucket were finite. */
  readonly #finite: number[] = [];

  /** How many steps were added. */
  get count(): number {
    return this.#count;
  }

  /** @param rate null where it is not known */
  add(loss: number, rate: number | null): void {
    if (this.#count % this.#width === 0) this.#open();
    this.#count++;
    const last = this.#step.length - 1;
    this.#step[last] = this.#count;
    this.#rate[last] = rate;
    if (!Number.isFinite(loss)) return;
    const finite = this.#finite[last];
    this.#loss[last] = ((this.#loss[last] ?? 0) * finite + loss) / (finite + 1);
    this.#low[last] = Math.min(this.#low[last] ?? loss, loss);
    this.#high[last] = Math.max(this.#high[last] ?? loss, loss);
    this.#finite[last] = finite + 1;
  }

  /** What was gathered, as copies. */
  get series(): StepSeries {
    return {
      width: this.#width,
      count: this.#count,
      step: [...this.#step],
      loss: [...this.#loss],
      low: [...this.#low],
      high: [...this.#high],
      learningRate: [...this.#rate],
    };
  }

  #open(): void {
    if (this.#step.length === MOST) this.#join();
    this.#step.push(this.#count);
    this.#rate.push(null);
    for (const list of [this.#loss, this.#low, this.#high]) list.push(null);
    this.#finite.push(0);
  }

  #join(): void {
    for (let i = 0; i < MOST / 2; i++) {
      const [a, b] = [2 * i, 2 * i + 1];
      const finite = this.#finite[a] + this.#finite[b];
      const sum = (this.#loss[a] ?? 0) * this.#finite[a] + (this.#loss[b] ?? 0) * this.#finite[b];
      this.#loss[i] = finite === 0 ? null : sum / finite;
      this.#low[i] = chosen(this.#low[a], this.#low[b], Math.min);
      this.#high[i] = chosen(this.#high[a], this.#high[b], Math.max);
      this.#step[i] = this.#step[b];
      this.#rate[i] = this.#rate[b];
      this.#finite[i] = finite;
    }
    for (const list of [this.#loss, this.#low, this.#high, this.#step, this.#rate, this.#finite]) list.length = MOST / 2;
    this.#width *= 2;
  }
}

function chosen(a: number | null, b: number | null, choose: (a: number, b: number) => number): number | null {
  return a === null ? b : b === null ? a : choose(a, b);
}

/** The series of losses alone. @param rate of each step; null: not known */
export function seriesOf(losses: readonly number[]): StepSeries {
  const buckets = new StepBuckets();
  for (const loss of losses) buckets.add(loss, null);
  return buckets.series;
}
