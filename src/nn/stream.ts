import { type Recorder, recorder } from "../kernels/recorder.js";
import { drawOnce } from "../tensor/recompute.js";
import { currentSeed, type Seed, streamKey } from "../tensor/seed.js";
import { placeOf } from "./drawn.js";

/** A place in a layer's stream of random numbers. */
export interface Draw {
  /** The stream's key. */
  readonly key: readonly [number, number];
  /** The place in the stream: whole number, another for every draw. */
  readonly counter: number;
  /** Where it stands in linear memory, if that is done, as the layer has written it. */
  readonly cell?: number;
}

/** How a draw stands in linear memory, where captured steps read it. */
export interface DrawCell {
  readonly bytes: number;
  readonly write: (cell: number, counter: number) => void;
}

/** What a stream asks of its layer. */
interface Drawing {
  /** Its place in the model. */
  readonly path: string;
  /** Draws under the seed in force; a checkpoint that is to go on exactly keeps it. It is one of the fields that move. */
  count: number;
}

/**
 * The random numbers that a layer draws. They depend on the seed, the layer's place in the model and how often it has drawn, and on
 * nothing else.
 */
export class Stream {
  #seed: Seed | null = null;
  #key: [number, number] = [0, 0];
  /** Where the layer stands under other seeds, for example under the seed of a training that waits meanwhile. */
  readonly #others = new WeakMap<Seed, { key: [number, number]; count: number }>();

  /**
   * @param purpose what is drawn
   * @param setting what it is drawn for: both name the stream
   */
  constructor(
    readonly layer: Drawing,
    readonly purpose: string,
    readonly setting: string,
  ) {}

  /** The next place in the stream. A captured step writes the cell anew each time it is replayed. */
  draw(cell: DrawCell): Draw {
    this.#turnTo(currentSeed());
    return drawOnce(() => {
      const draw = { key: this.#key, counter: this.layer.count++ };
      return recorder === null ? draw : { ...draw, cell: this.#record(recorder, cell, draw.counter) };
    });
  }

  /** Goes on with the numbers of a seed, or starts them. */
  #turnTo(seed: Seed): void {
    if (seed === this.#seed) return;
    const known = this.#others.get(seed);
    if (this.#seed !== null) this.#others.set(this.#seed, { key: this.#key, count: this.layer.count });
    // A counter that a checkpoint has set is kept.
    if (this.#seed !== null || this.layer.count === 0) this.layer.count = known?.count ?? seed.steps;
    const { path } = this.layer;
    this.#key = known?.key ?? streamKey(placeOf(this.purpose, path === "" ? this.setting : `${path}.${this.setting}`, seed), seed);
    this.#seed = seed;
  }

  /** Gives a draw a cell that every replay of the recorded step writes anew. @returns the cell */
  #record(recording: Recorder, { bytes, write }: DrawCell, counter: number): number {
    const seed = currentSeed();
    const cell = recording.cell(bytes);
    write(cell, counter);
    recording.surround({
      valid: () => currentSeed() === seed,
      before: () => {
        this.#turnTo(seed);
        write(cell, this.layer.count++);
      },
      undo: () => {
        this.layer.count--;
      },
    });
    return cell;
  }
}
