import { GraphError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Storage } from "../tensor/storage.js";
import type { Tensor } from "../tensor/tensor.js";
import type { Block, Call } from "./calls.js";
import type { Phase } from "./phase.js";
import { type Recording, standsAsRecorded } from "./recording.js";
import { Replay } from "./replay.js";
import { copyOf } from "./results.js";
import { rebuild } from "./structure.js";
import type { Variant } from "./variant.js";
import { type Verification, verification } from "./verification.js";

/** The phase in which calls are replayed: the recorded kernels, and what JavaScript has to do before and after them. */
export class Replaying implements Phase {
  readonly state = "replaying";
  readonly reason = null;
  readonly #replay: Replay;
  readonly #valid: readonly (() => boolean)[];
  readonly #before: readonly (() => void)[];
  readonly #after: readonly (() => void)[];
  /** What the step changes in place, and by which operation. */
  readonly #changes: readonly (readonly [Storage, string])[];

  constructor(
    private readonly variant: Variant,
    private readonly recording: Recording,
  ) {
    const { recorder, results } = recording;
    this.#valid = recorder.around.flatMap(({ valid = [] }) => valid);
    this.#before = recorder.around.flatMap(({ before = [] }) => before);
    this.#after = recorder.around.flatMap(({ after = [] }) => after);
    this.#replay = new Replay(recorder.calls, new Set(results.flatMap(({ block }): Block[] => (block === null ? [] : [block]))));
    this.#changes = [...recorder.changed] as [Storage, string][];
    variant.memory.replay.push(...this.#replay.blocks);
  }

  get arenaBytes(): number {
    return this.#replay.arenaBytes;
  }

  fits(): boolean {
    return standsAsRecorded(this.recording);
  }

  run(inputs: readonly Tensor[]): unknown {
    const { variant, recording } = this;
    if (!this.#isValid()) {
      variant.compare();
      return variant.run(inputs);
    }
    variant.fill(inputs);
    variant.replays++;
    const { checkEvery } = variant;
    if (checkEvery > 0 && variant.replays % checkEvery === 0) {
      return (verification as Verification).verify(
        recording,
        () => this.#run(),
        () => variant.record(),
      );
    }
    return rebuild(recording.layout, this.#run());
  }

  /** Whether what was recorded still holds. Once it does not, it never will again. */
  #isValid(): boolean {
    const valid = this.#valid;
    for (let i = 0; i < valid.length; i++) if (!valid[i]()) return false;
    return true;
  }

  /** @returns the results as data */
  #run(): Tensor[] {
    const { leaves, results } = this.recording;
    for (let i = 0; i < leaves.length; i++) leaves[i].parameter.leaveGradient();
    const before = this.#before;
    for (let i = 0; i < before.length; i++) before[i]();
    const stopped = this.#replay.run();
    if (stopped !== null) this.#fail(stopped);
    const after = this.#after;
    for (let i = 0; i < after.length; i++) after[i]();
    for (let i = 0; i < leaves.length; i++) {
      leaves[i].parameter.gradient = null;
      leaves[i].parameter.hasGradient = leaves[i].after;
    }
    const changes = this.#changes;
    for (let i = 0; i < changes.length; i++) changes[i][0].changed(changes[i][1]);
    const made = new Array<Tensor>(results.length);
    for (let i = 0; i < results.length; i++) {
      const result = results[i];
      made[i] = copyOf(result, result.block === null ? result.at : this.#replay.place(result.block));
    }
    return made;
  }

  /**
   * Throws the error of a fault that the kernel of a call reported. The kernels before that call have run, those after it have not.
   * The error may show elements of results, which therefore get their places in the replay's memory meanwhile.
   */
  #fail(call: Call): never {
    const { placed, recorder } = this.recording;
    const at = recorder.calls.indexOf(call);
    for (const { after, undo, calls } of recorder.around) {
      after?.();
      if (calls > at) undo?.();
    }
    for (const [storage, op] of this.#changes) storage.changed(op);
    for (const [storage, block] of placed) storage.at = this.#replay.place(block);
    try {
      call.check?.();
    } finally {
      for (const [storage] of placed) storage.at = 0;
    }
    throw new GraphError(message("capture", "a kernel reported a fault in the captured step"));
  }
}
