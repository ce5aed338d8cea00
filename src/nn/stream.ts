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
  /** Draws under the seed in force. It is one of the fields that move. */
  count: number;
}

/** Where a layer stands under a seed. */
export interface Stand {
  readonly key: [number, number];
  readonly count: number;
}

/** The layers that draw under a seed, by names that are the same whenever the same program trains the same model. */
class Register {
  /** How many streams have entered by each name. */
  readonly #entered = new Map<string, number>();
  #streams: { readonly name: string; readonly stream: WeakRef<Stream> }[] = [];
  /** The number of streams at which those are forgotten that nobody uses any more. */
  #most = 64;
  /** Where layers stood when a checkpoint was written, as long as they have not drawn since. */
  readonly #waiting: Map<string, Stand>;

  constructor(stands: ReadonlyMap<string, Stand>) {
    this.#waiting = new Map(stands);
  }

  /** A stream draws under the seed for the first time. @returns where a checkpoint says that it stands */
  enter(stream: Stream, place: string): Stand | undefined {
    const before = this.#entered.get(place) ?? 0;
    this.#entered.set(place, before + 1);
    const name = before === 0 ? place : `${place}#${before}`;
    if (this.#streams.length >= this.#most) {
      this.#streams = this.#streams.filter((one) => one.stream.deref() !== undefined);
      this.#most = Math.max(64, 2 * this.#streams.length);
    }
    this.#streams.push({ name, stream: new WeakRef(stream) });
    const stand = this.#waiting.get(name);
    this.#waiting.delete(name);
    return stand;
  }

  stands(seed: Seed): Map<string, Stand> {
    const stands = new Map(this.#waiting);
    for (const { name, stream } of this.#streams) {
      const stand = stream.deref()?.standUnder(seed);
      if (stand !== undefined) stands.set(name, stand);
    }
    return stands;
  }
}

const registers = new WeakMap<Seed, Register>();

/** Where all layers stand that draw under a seed, by name: what a checkpoint keeps of them. */
export function standsUnder(seed: Seed): Map<string, Stand> {
  return registers.get(seed)?.stands(seed) ?? new Map();
}

/** Layers that draw under a seed from now on go on from where a checkpoint says that they stood. */
export function setStands(seed: Seed, stands: ReadonlyMap<string, Stand>): void {
  registers.set(seed, new Register(stands));
}

/**
 * The random numbers that a layer draws. They depend on the seed, the layer's place in the model and how often it has drawn, and on
 * nothing else.
 */
export class Stream {
  #seed: Seed | null = null;
  #key: [number, number] = [0, 0];
  /** Where the layer stands under other seeds, for example under the seed of a training that waits meanwhile. */
  readonly #others = new WeakMap<Seed, Stand>();

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

  /** Where the layer stands under a seed; undefined where it never drew. */
  standUnder(seed: Seed): Stand | undefined {
    return seed === this.#seed ? { key: this.#key, count: this.layer.count } : this.#others.get(seed);
  }

  /** Goes on with the numbers of a seed, or starts them. */
  #turnTo(seed: Seed): void {
    if (seed === this.#seed) return;
    const { path } = this.layer;
    const place = path === "" ? this.setting : `${path}.${this.setting}`;
    const known = this.#others.get(seed) ?? this.#enter(seed, place);
    if (this.#seed !== null) this.#others.set(this.#seed, { key: this.#key, count: this.layer.count });
    // A counter that somebody has set by hand is kept.
    if (known !== undefined || this.#seed !== null || this.layer.count === 0) this.layer.count = known?.count ?? seed.steps;
    this.#key = known?.key ?? streamKey(placeOf(this.purpose, place, seed), seed);
    this.#seed = seed;
  }

  #enter(seed: Seed, place: string): Stand | undefined {
    const register = registers.get(seed) ?? new Register(new Map());
    registers.set(seed, register);
    return register.enter(this, `${this.purpose}/${place}`);
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
