import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { tensor } from "../tensor/creation.js";
import { sameShape, sizeOf } from "../tensor/shape.js";
import { Tensor } from "../tensor/tensor.js";
import type { Member } from "./cohorts.js";
import { statesOf } from "./formula.js";
import { checkSavedRate, type OptimizerOptions, type ParameterGroup, type SavedRate, type Settings } from "./group.js";
import { checkState } from "./savedState.js";
import type { Stepper } from "./stepper.js";

/** What an optimizer needs to continue: plain JSON but for the tensors. */
export interface OptimizerState {
  /** The optimizer's type, such as "Adam". */
  optimizer: string;
  stepCount: number;
  groups: (SavedRate & {
    options: Record<string, unknown>;
    /** Positions in `parameters`. */
    parameters: number[];
  })[];
  parameters: {
    /** Place in the model, "" outside of one. */
    name: string;
    /** Updates that this parameter had. */
    steps: number;
    /** Running products βᵗ, in float64. */
    products: number[];
    /** Moments by name; none before the first update. */
    states: Record<string, Tensor>;
  }[];
  /** What an optimizer knows beside: of L-BFGS the last step, of an average the count of its steps. */
  numbers?: Record<string, number>;
}

type Saved = OptimizerState["parameters"][number];

export function readState<O extends OptimizerOptions>(
  optimizer: string,
  { stepCount, members, states: held, formula }: Stepper<O>,
  groups: readonly ParameterGroup<O>[],
): OptimizerState {
  return {
    optimizer,
    stepCount,
    groups: groups.map((group) => ({
      ...group.savedRate,
      options: { ...group.settings },
      parameters: members.flatMap((member, i) => (member.group === group ? [i] : [])),
    })),
    parameters: members.map((member) => {
      const { parameter, age, group } = member;
      const shapes = age.steps > 0 ? statesOf(formula, group.settings, parameter.shape) : [];
      const states = shapes.map(([name, shape]) => [name, tensor(held.elements(parameter, name, sizeOf(shape)), { shape })] as const);
      return { name: nameOf(member), steps: age.steps, products: [...age.products], states: Object.fromEntries(states) };
    }),
  };
}

/**
 * Takes a saved state over.
 * @param check of a group's options
 * @throws ArgumentError, ShapeError before anything is changed
 */
export function writeState<O extends OptimizerOptions>(
  optimizer: string,
  state: OptimizerState,
  stepper: Stepper<O>,
  groups: readonly ParameterGroup<O>[],
  check: (settings: Settings<O>) => void,
): void {
  const { members, states: held, formula } = stepper;
  checkState(optimizer, state, members.length, groups.length);
  const saved = match(state, members);
  const settings = groups.map((group, i) => {
    const restored = { ...group.settings, ...state.groups[i].options } as Settings<O>;
    check(restored);
    checkSavedRate("loadStateDict", state.groups[i].learningRate);
    return restored;
  });
  for (const [i, { parameter, group }] of members.entries()) {
    if (saved[i].steps === 0) continue;
    const shapes = statesOf(formula, settings[groups.indexOf(group)], parameter.shape);
    for (const [name, shape] of shapes) checkTensor(name, saved[i], i, { shape, dtype: parameter.dtype });
  }
  for (const [i, group] of groups.entries()) {
    group.restoreSettings(settings[i]);
    group.restoreRate(state.groups[i]);
  }
  // All at once, so that what lies side by side stays so.
  for (const group of groups)
    held.admit(members.filter((member, i) => member.group === group && saved[i].steps > 0).map(({ parameter }) => parameter));
  for (const [i, member] of members.entries()) {
    const { parameter, group } = member;
    const { steps, products, states } = saved[i];
    member.age = { steps, products: [...products], before: [] };
    for (const [name, shape] of statesOf(formula, group.settings, parameter.shape)) {
      const size = sizeOf(shape);
      if (steps > 0) held.elements(parameter, name, size).set(states[name].view());
      else if (held.has(parameter, name, size)) held.elements(parameter, name, size).fill(0);
    }
  }
  stepper.stepCount = state.stepCount;
  stepper.reset();
}

/** The saved parameters in the order of the members: by name where all have different ones, else as they stand. */
export function match(state: OptimizerState, members: readonly Named[]): Saved[] {
  const byName = new Map(state.parameters.map((saved) => [saved.name, saved]));
  byName.delete("");
  if (byName.size < members.length) return state.parameters;
  const matched = members.map((member) => byName.get(nameOf(member)));
  const isComplete = matched.every((saved) => saved !== undefined) && new Set(matched).size === members.length;
  return isComplete ? (matched as Saved[]) : state.parameters;
}

/** A parameter and the name it was given, "" for none. */
type Named = Pick<Member, "name" | "parameter">;

function nameOf({ name, parameter }: Named): string {
  return name || parameter.path;
}

/** A saved state of a parameter. @throws ArgumentError, ShapeError unless it is a tensor like the parameter */
export function checkTensor(
  name: string,
  { states, name: parameterName }: Saved,
  i: number,
  expected: Pick<Tensor, "shape" | "dtype">,
): Tensor {
  const found: unknown = states[name];
  const where = `"${name}" of parameter ${i}${parameterName ? ` (${parameterName})` : ""}`;
  if (found === undefined) throw new ArgumentError(message("loadStateDict", `${where} is missing`));
  if (!(found instanceof Tensor)) {
    throw new ArgumentError(
      message(
        "loadStateDict",
        `${where} is ${kindText(found)}; expected a tensor`,
        "Neither JSON nor structuredClone keeps tensors: use saveOptimizerState or serializeOptimizerState.",
      ),
    );
  }
  if (!sameShape(found.shape, expected.shape) || found.dtype !== expected.dtype) {
    throw new ShapeError(
      message(
        "loadStateDict",
        `${where} is ${found.dtype} ${shapeText(found.shape)}; the parameter is ${expected.dtype} ${shapeText(expected.shape)}`,
      ),
    );
  }
  return found;
}
