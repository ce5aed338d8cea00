import { shapeText } from "../errors/message.js";
import { kernelBuild } from "../kernels/load.js";
import type { Tensor } from "../tensor/tensor.js";
import { Comparing } from "./comparing.js";
import { FirstCall, Refused } from "./eager.js";
import { HeldMemory } from "./heldMemory.js";
import type { Phase } from "./phase.js";
import { type Recording, record } from "./recording.js";
import { Replaying } from "./replaying.js";
import { Signature } from "./signature.js";
import { fillSlots, Slot } from "./slot.js";
import type { Refusal } from "./stepRecorder.js";
import { type Layout, rebuild } from "./structure.js";
import { verification } from "./verification.js";

const registry = new FinalizationRegistry<HeldMemory>((memory) => memory.dispose());

/**
 * A captured step for inputs of one signature. Its phases:
 *
 *     FirstCall ──→ Comparing ──→ Replaying
 *                    │    ↑           │
 *                    │    └───────────┘ what was recorded does not hold any more
 *                    └──→ Refused
 */
export class Variant {
  readonly signature: Signature;
  readonly memory: HeldMemory;
  /** Steps that were replayed. */
  replays = 0;
  /** SIMDGRAD_CHECK_CAPTURE=n: every n-th replay is compared with the step itself; 0: none. */
  readonly checkEvery: number = verification?.interval() ?? 0;
  /** The step as a function of the tensors in its inputs. */
  readonly step: (tensors: readonly Tensor[]) => unknown;
  /** Made for the first recording: many steps are called only once. */
  #slots: readonly Slot[] = [];
  #phase: Phase;

  /**
   * @param inputs the tensors in the step's arguments
   * @param layout where in the arguments they are; null if every argument is a tensor
   * @param refused is told when a phase finds that the step cannot be replayed
   */
  constructor(
    inputs: readonly Tensor[],
    layout: Layout | null,
    step: (...args: unknown[]) => unknown,
    private readonly refused: (refusal: Refusal) => void,
  ) {
    this.signature = new Signature(inputs, layout);
    this.memory = new HeldMemory(inputs.map(({ shape }) => shapeText(shape)).join(", ") || "no inputs");
    this.step = (tensors) => step(...(layout === null ? tensors : (rebuild(layout, tensors) as unknown[])));
    registry.register(this, this.memory, this);
    this.#phase = kernelBuild() === "js" ? new Refused(this, "the js build has no kernels to replay") : new FirstCall(this);
  }

  get state(): Phase["state"] {
    return this.#phase.state;
  }

  get reason(): string | null {
    return this.#phase.reason;
  }

  /** Bytes of inputs and intermediate results of a replay; 0 before. */
  get bytes(): number {
    return this.state === "replaying" ? this.#slots.reduce((sum, { bytes }) => sum + bytes, this.#phase.arenaBytes) : 0;
  }

  /** Whether a call with these inputs belongs to this variant. */
  fits(inputs: readonly Tensor[], layout: Layout | null): boolean {
    return this.signature.fits(inputs, layout) && this.#phase.fits();
  }

  /** Runs the step, or replays it. @returns what the step returns, with tensors as data */
  run(inputs: readonly Tensor[]): unknown {
    return this.#phase.run(inputs);
  }

  dispose(): void {
    registry.unregister(this);
    this.memory.dispose();
    this.#phase = new Refused(this, "it was disposed of");
  }

  /** The next phase: calls are recorded and compared. What was recorded before is forgotten. */
  compare(): void {
    this.memory.forgetRecording();
    this.#phase = new Comparing(this);
  }

  /** The next phase: calls replay a recording. */
  replay(recording: Recording): void {
    this.#phase = new Replaying(this, recording);
  }

  /** The next phase: calls run the step eagerly. No phase follows. */
  refuse(refusal: Refusal): void {
    this.memory.forgetRecording();
    this.#phase = new Refused(this, refusal.reason);
    this.refused(refusal);
  }

  /** Copies inputs to the places from which recorded kernels read them. */
  fill(inputs: readonly Tensor[]): void {
    if (this.#slots.length === 0) {
      this.#slots = this.signature.inputs.map(({ shape, dtype }) => new Slot(dtype, shape));
      this.memory.slots.push(...this.#slots.map(({ at, bytes }) => ({ at, bytes })));
    }
    fillSlots(this.#slots, inputs);
  }

  /** Records the step on the inputs that were copied last. */
  record(): Recording {
    const slots = this.#slots;
    return record(() => this.step(slots.map(({ tensor }) => tensor)), slots);
  }
}
