import { ArgumentError, ShapeError } from "../errors/errors.js";
import { kindText, message, shapeText } from "../errors/message.js";
import { blockView } from "../memory/views.js";
import { tensor } from "../tensor/creation.js";
import { sameShape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { checkLearningRate, type OptimizerOptions, type ParameterGroup, type Settings } from "./group.js";
import type { Holdings, Member } from "./runs.js";

/** What an optimizer needs to continue: plain JSON but for the tensors. */
export interface OptimizerState {
  /** The optimizer's type, such as "Adam". */
  optimizer: string;
  stepCount: number;
  groups: {
    /** Null where it is a schedule, which is code. */
    learningRate: number | null;
    options: Record<string, unknown>;
    /** Positions in `parameters`. */
    parameters: number[];
  }[];
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
}

type Names<O extends OptimizerOptions> = (group: ParameterGroup<O>) => readonly string[];

export function readState<O extends OptimizerOptions>(
  optimizer: string,
  stepCount: number,
  groups: readonly ParameterGroup<O>[],
  members: readonly Member<O>[],
  holdings: Holdings,
  stateNames: Names<O>,
): OptimizerState {
  return {
    optimizer,
    stepCount,
    groups: groups.map((group) => ({
      learningRate: typeof group.learningRate === "number" ? group.learningRate : null,
      options: { ...group.options },
      parameters: members.flatMap((member, i) => (member.group === group ? [i] : [])),
    })),
    parameters: members.map((member) => {
      const { parameter, age, group } = member;
      const names = age.steps > 0 ? stateNames(group) : [];
      const states = names.map((name) => {
        const elements = blockView(parameter.dtype, holdings.place(parameter, name), parameter.size);
        return [name, tensor(elements, { shape: parameter.shape })] as const;
      });
      return { name: nameOf(member), steps: age.steps, products: [...age.products], states: Object.fromEntries(states) };
    }),
  };
}

/** @throws ArgumentError, ShapeError before anything is changed */
export function writeState<O extends OptimizerOptions>(
  optimizer: string,
  state: OptimizerState,
  groups: readonly ParameterGroup<O>[],
  members: readonly Member<O>[],
  holdings: Holdings,
  rules: { check: (options: Settings<O>) => void; stateNames: (options: Settings<O>) => readonly string[] },
): void {
  if (state?.optimizer !== optimizer) {
    throw new ArgumentError(
      message("loadStateDict", `the state is of ${kindText(state?.optimizer)}; this optimizer is ${kindText(optimizer)}`),
    );
  }
  const counts = [state.parameters.length, members.length, state.groups.length, groups.length];
  if (counts[0] !== counts[1] || counts[2] !== counts[3]) {
    throw new ArgumentError(
      message("loadStateDict", `the state has ${counts[0]} parameters in ${counts[2]} groups; this optimizer ${counts[1]} in ${counts[3]}`),
    );
  }
  const saved = match(state, members);
  const options = groups.map((group, i) => {
    const settings = { ...group.options, ...state.groups[i].options } as Settings<O>;
    rules.check(settings);
    if (state.groups[i].learningRate !== null) checkLearningRate("loadStateDict", state.groups[i].learningRate);
    return settings;
  });
  for (const [i, { parameter, group }] of members.entries()) {
    if (saved[i].steps === 0) continue;
    for (const name of rules.stateNames(options[groups.indexOf(group)])) checkTensor(name, saved[i], i, parameter);
  }
  for (const [i, group] of groups.entries()) {
    const { learningRate } = state.groups[i];
    group.options = options[i];
    if (learningRate === null || typeof group.learningRate !== "number") continue;
    const { ownsRate } = group;
    group.learningRate = learningRate;
    group.ownsRate = ownsRate;
  }
  for (const [i, member] of members.entries()) {
    const { parameter, group } = member;
    const { steps, products, states } = saved[i];
    member.age = { steps, products: [...products], before: [] };
    for (const name of rules.stateNames(group.options)) {
      const elements = blockView(parameter.dtype, holdings.place(parameter, name), parameter.size);
      if (steps > 0) elements.set(states[name].view());
      else elements.fill(0);
    }
  }
}

/** The saved parameters in the order of the members: by name where all have different ones, else as they stand. */
function match<O extends OptimizerOptions>(state: OptimizerState, members: readonly Member<O>[]): OptimizerState["parameters"] {
  const byName = new Map(state.parameters.map((saved) => [saved.name, saved]));
  byName.delete("");
  if (byName.size < members.length) return state.parameters;
  const matched = members.map((member) => byName.get(nameOf(member)));
  return matched.every((saved) => saved !== undefined) && new Set(matched).size === members.length
    ? (matched as OptimizerState["parameters"])
    : state.parameters;
}

function nameOf<O extends OptimizerOptions>({ name, parameter }: Member<O>): string {
  return name || parameter.path;
}

function checkTensor(
  name: string,
  { states, name: parameterName }: OptimizerState["parameters"][number],
  i: number,
  expected: Tensor,
): void {
  const found: Tensor | undefined = states[name];
  const where = `"${name}" of parameter ${i}${parameterName ? ` (${parameterName})` : ""}`;
  if (found === undefined) throw new ArgumentError(message("loadStateDict", `${where} is missing`));
  if (!sameShape(found.shape, expected.shape) || found.dtype !== expected.dtype) {
    throw new ShapeError(
      message(
        "loadStateDict",
        `${where} is ${found.dtype} ${shapeText(found.shape)}; the parameter is ${expected.dtype} ${shapeText(expected.shape)}`,
      ),
    );
  }
}
