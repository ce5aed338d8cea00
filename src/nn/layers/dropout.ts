import { type Recorder, recorder } from "../../kernels/recorder.js";
import { type DropoutMask, dropout, MASK_BYTES, writeMask } from "../../ops/dropout.js";
import { checkTensor, floating } from "../../ops/operands.js";
import { declare } from "../../options/declare.js";
import { number } from "../../options/kinds.js";
import { drawOnce } from "../../tensor/recompute.js";
import { currentSeed, type Seed, streamKey } from "../../tensor/seed.js";
import type { Tensor } from "../../tensor/tensor.js";
import { placeOf } from "../drawn.js";
import { Layer } from "../layer.js";

const DROPOUT = declare(
  "Dropout",
  {},
  {
    p: number({
      default: 0.5,
      min: 0,
      max: 1,
      mend: (value) => {
        if (typeof value === "number") return value > 1 && value <= 100 ? `${value} percent are ${value / 100}.` : undefined;
        return typeof value === "object" ? "Write new Dropout(0.2)." : undefined;
      },
    }),
  },
);

/**
 * Sets elements to 0 at random and divides the others by 1 − p, in training; in evaluation nothing. What falls depends on the
 * seed, the layer's place in the model and how often it has run in training, and on nothing else. Srivastava et al., JMLR 15,
 * 2014, with the scale in training.
 * Shape:     any → same
 * @param p probability of dropping, 0 … 1, default 0.5
 * @throws ArgumentError
 * @example new Sequential([new Dense(512, { activation: "relu" }), new Dropout(0.2), new Dense(10)])
 */
export class Dropout extends Layer<typeof DROPOUT> {
  static override readonly declaration = DROPOUT;
  static override readonly moving = [...Layer.moving, "count"];
  /** @internal forwards in training under the seed in force; a checkpoint that is to go on exactly keeps it */
  count = 0;
  #seed: Seed | null = null;
  #key: [number, number] = [0, 0];
  /** Where the layer stands under other seeds, for example under the seed of a training that waits meanwhile. */
  readonly #others = new WeakMap<Seed, { key: [number, number]; count: number }>();

  constructor(p?: number) {
    super(arguments.length, p);
  }

  /** Probability of dropping. It may be set between steps. */
  get p(): number {
    return this.settings.p;
  }

  set p(p: number) {
    this.change({ p });
  }

  forward(x: Tensor): Tensor {
    checkTensor("Dropout", "x", x);
    if (!this.training) return x;
    const { p } = this;
    recorder?.surround({ fits: () => this.p === p, guards: "p of Dropout" });
    if (p === 0) return x;
    const seed = currentSeed();
    this.#turnTo(seed);
    return dropout(
      floating(x),
      drawOnce(() => this.#draw()),
    );
  }

  /** Goes on with the masks of a seed, or starts them. */
  #turnTo(seed: Seed): void {
    if (seed === this.#seed) return;
    const known = this.#others.get(seed);
    if (this.#seed !== null) this.#others.set(this.#seed, { key: this.#key, count: this.count });
    // A counter that a checkpoint has set is kept.
    if (this.#seed !== null || this.count === 0) this.count = known?.count ?? seed.steps;
    this.#key = known?.key ?? streamKey(placeOf("dropout", this.path === "" ? "p" : `${this.path}.p`, seed), seed);
    this.#seed = seed;
  }

  #draw(): DropoutMask {
    const mask = { p: this.p, key: this.#key, counter: this.count++ };
    return recorder === null ? mask : { ...mask, cell: this.#record(recorder, mask.p, mask.counter) };
  }

  /** Gives the mask a cell that every replay of the recorded step writes anew. @returns the cell */
  #record(recording: Recorder, p: number, counter: number): number {
    const seed = currentSeed();
    const cell = recording.cell(MASK_BYTES);
    writeMask(cell, p, counter);
    recording.surround({
      valid: () => currentSeed() === seed,
      before: () => {
        this.#turnTo(seed);
        writeMask(cell, p, this.count++);
      },
      undo: () => {
        this.count--;
      },
    });
    return cell;
  }
}
