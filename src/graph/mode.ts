import { isPromise } from "../errors/check.js";
import { GraphError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { recorder } from "../kernels/recorder.js";
import { checkArity } from "../options/arity.js";
import { isMap, isSet } from "../options/builtin.js";
import { isPlain } from "../options/plain.js";
import { checkFunction } from "../tensor/check.js";
import type { ReleaseCause, Storage } from "../tensor/storage.js";
import { Tensor } from "../tensor/tensor.js";

const LEFT_NO_GRAD: ReleaseCause = { why: () => "noGrad ended" };

const NO_OPERANDS: readonly (Tensor | null)[] = [];

/** Owns results that belong to no graph. They are given back together when the scope ends. */
export class Scope {
  readonly storages: Storage[] = [];
  /** The operands of the operation that runs now. */
  operands: readonly (Tensor | null)[] = NO_OPERANDS;

  /** Holds an input in linear memory until the scope ends. */
  borrow(storage: Storage): void {
    if (storage.permanent) {
      if (storage.lazy !== null) storage.settle();
      return;
    }
    if (storage.at !== 0) {
      if (recorder !== null) storage.noteRead();
      return;
    }
    storage.hold();
    this.storages.push(storage);
  }

  /** Holds the operands that belong to others too, which could otherwise give them back while the operation runs. */
  holdOperands(): void {
    for (const operand of this.operands) {
      if (operand === null || operand.storage.permanent || operand.storage.at === 0) continue;
      operand.storage.hold();
      this.storages.push(operand.storage);
    }
  }

  /** Makes this scope the one holder of a new result. */
  own(storage: Storage): void {
    this.storages.push(storage);
  }

  release(): void {
    const { storages } = this;
    for (let i = 0; i < storages.length; i++) {
      storages[i].lostTo = LEFT_NO_GRAD;
      storages[i].drop();
    }
    storages.length = 0;
  }
}

/** What operations do with their results now: with `recording` they are recorded in graphs, otherwise `scope` owns them. */
export const mode: {
  recording: boolean;
  scope: Scope | null;
  /** A set to which all operations add their operands; null = none. `recompute` uses it. */
  used: Set<Tensor> | null;
  /** Is given the result of each operation, which is not computed: see `rehearse`. null = operations compute. */
  rehearsal: ((out: Tensor) => void) | null;
} = { recording: true, scope: null, used: null, rehearsal: null };

/** Runs `fn` with or without recording. `scope` owns results that are not recorded. */
export function within<T>(scope: Scope | null, recording: boolean, fn: () => T): T {
  const { recording: wasRecording, scope: before } = mode;
  mode.recording = recording;
  mode.scope = scope;
  try {
    return fn();
  } finally {
    mode.recording = wasRecording;
    mode.scope = before;
  }
}

/**
 * Runs `fn` without recording a graph, and returns what `fn` returns. All other results that are made inside are released at the
 * end. Tensors in the returned value, also within arrays, Maps, Sets and plain objects, become data.
 *
 * `fn` must be synchronous. Otherwise code that runs while `fn` waits would not be recorded either.
 *
 * @throws GraphError if `fn` returns a Promise, ArgumentError unless it is a function
 * @example
 * const accuracy = noGrad(() => model.forward(x).argmax(1).eq(y).mean().item());
 */
export function noGrad<T>(fn: () => T extends PromiseLike<unknown> ? never : T): T {
  checkArity("noGrad", arguments.length, 1);
  checkFunction("noGrad", "fn", fn, "noGrad(() => model.forward(x))");
  const scope = new Scope();
  try {
    const result = within(scope, false, fn) as T;
    if (isPromise(result)) {
      throw new GraphError(
        message("noGrad", "the function returned a Promise", "noGrad cannot span an await: wrap each synchronous part on its own."),
      );
    }
    keepTensors(result, new Set());
    return result;
  } finally {
    scope.release();
  }
}

/** Whether operations record a graph now. @example noGrad(() => isGradEnabled())   // false */
export function isGradEnabled(): boolean {
  checkArity("isGradEnabled", arguments.length, 0);
  return mode.recording;
}

function keepTensors(value: unknown, seen: Set<unknown>): void {
  if (value === null || typeof value !== "object") return;
  if (value instanceof Tensor) {
    value.storage.keep = true;
    return;
  }
  if (seen.has(value)) return;
  seen.add(value);
  if (Array.isArray(value)) for (const part of value) keepTensors(part, seen);
  else if (isMap(value) || isSet(value)) for (const part of value.values()) keepTensors(part, seen);
  else if (isPlain(value)) for (const part of Object.values(value)) keepTensors(part, seen);
}
