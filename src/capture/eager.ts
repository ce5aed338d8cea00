import type { Tensor } from "../tensor/tensor.js";
import type { Phase } from "./phase.js";
import { asData } from "./results.js";
import { layoutOf, rebuild } from "./structure.js";
import type { Variant } from "./variant.js";

/** The phase before the first call, which runs the step eagerly: many steps are called only once. */
export class FirstCall implements Phase {
  readonly state = "recording";
  readonly reason = null;
  readonly arenaBytes = 0;

  constructor(private readonly variant: Variant) {}

  fits(): boolean {
    return true;
  }

  run(inputs: readonly Tensor[]): unknown {
    this.variant.compare();
    return eagerly(this.variant.step, inputs);
  }
}

/** The phase of a step that cannot be replayed: every call runs it eagerly. */
export class Refused implements Phase {
  readonly state = "eager";
  readonly arenaBytes = 0;

  constructor(
    private readonly variant: Variant,
    readonly reason: string,
  ) {}

  fits(): boolean {
    return true;
  }

  run(inputs: readonly Tensor[]): unknown {
    return eagerly(this.variant.step, inputs);
  }
}

/** Whether a captured step runs eagerly now. Captured steps within it are part of it. */
export let runsEagerly = false;

/** @returns what the step returns, with tensors as data, as a replay returns them */
function eagerly(step: (inputs: readonly Tensor[]) => unknown, inputs: readonly Tensor[]): unknown {
  const before = runsEagerly;
  runsEagerly = true;
  try {
    const tensors: Tensor[] = [];
    const layout = layoutOf(step(inputs), tensors);
    return rebuild(layout, tensors.map(asData));
  } finally {
    runsEagerly = before;
  }
}
