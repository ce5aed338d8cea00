import { expect } from "vitest";
import { figures } from "./growth.js";

/**
 * Watches the loop of a tutorial: call `step` with the loss at the end of every step. `learned` expects that linear memory after every
 * step is the same as after the second step (or after the second period of the loop), and that the losses have gone down.
 */
export class Watch {
  readonly losses: number[] = [];
  readonly #memory: ReturnType<typeof figures>[] = [];

  step(loss: number): void {
    this.losses.push(loss);
    this.#memory.push(figures());
  }

  /** @param factor the largest allowed ratio of the mean of the last losses to the mean of the first ones */
  learned(factor: number, { period = 1 }: { period?: number } = {}): void {
    const { length } = this.losses;
    const part = Math.max(1, Math.floor(length / 10));
    const mean = (losses: number[]): number => losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
    expect(mean(this.losses.slice(-part)), "the last losses").toBeLessThan(factor * mean(this.losses.slice(0, part)));
    this.flat({ period });
  }

  flat({ period = 1 }: { period?: number } = {}): void {
    const settled = 2 * period - 1;
    expect(this.#memory.length, "steps").toBeGreaterThan(settled + period);
    for (let i = settled + 1; i < this.#memory.length; i++)
      expect(this.#memory[i], `memory after step ${i + 1}`).toEqual(this.#memory[settled - period + 1 + ((i - settled - 1) % period)]);
  }
}
