import { ArgumentError } from "../../errors/errors.js";
import { didYouMean, message } from "../../errors/message.js";
import type { Parameter } from "../../graph/parameter.js";
import { checkTensor } from "../../ops/operands.js";
import { declare, type SettingsOf } from "../../options/declare.js";
import { type OptionSpec, option } from "../../options/option.js";
import { Tensor } from "../../tensor/tensor.js";
import { areWritten, constantsIn, inputsIn, type Reader, readersOf, writtenArguments } from "../arguments.js";
import { Composed } from "../composed.js";
import type { StateShapes } from "../layer.js";
import { operations, runOperation } from "../operations.js";

type Required<T> = OptionSpec<T> & { required: true };

const OPERATION = declare(
  "Operation",
  {},
  {
    name: option<string, Required<string>>("the name of an operation", (value) => operations.has(value as string), {
      required: true,
      mend: (value) => (typeof value === "string" ? didYouMean(value, [...operations.keys()]).trim() : undefined),
    }),
    args: option<readonly unknown[], Required<readonly unknown[]>>("an array of arguments, { input: 0 } among them", areWritten, {
      required: true,
    }),
  },
);

/**
 * An operation as a layer. Nobody needs to make one: operations on symbolic tensors do. Tensors among the arguments are constants of
 * the model, which are saved with it; a Parameter is trained.
 * Shape:     as the operation has it
 * @param name of a function that is a method of tensors too, or "concat", "stack", "einsum"
 * @param args its arguments, with { input: i } where input i of the layer stands
 * @throws ArgumentError for another name or argument; at forward the errors of the operation
 * @example new Operation("clamp", [{ input: 0 }, 0, 6]).forward(tensor([-1, 7]));   // [0, 6]
 */
export class Operation extends Composed<typeof OPERATION> {
  static override readonly declaration = OPERATION;
  /** The tensors among the arguments, in their order. */
  readonly constants: readonly Parameter[];
  readonly #readers: readonly Reader[] = readersOf(this.settings.args);
  readonly #inputs: number = inputsIn(this.settings.args);

  constructor(name: string, args: readonly unknown[]) {
    const constants: Parameter[] = [];
    super(arguments.length, name, Array.isArray(args) ? writtenArguments(args, constants) : args);
    this.constants = constants;
  }

  static override stateShapes({ args }: SettingsOf<typeof OPERATION>): StateShapes {
    return Object.fromEntries(constantsIn(args).map(({ constant }, i) => [`constants.${i}`, constant]));
  }

  /** @internal what summaries and errors call it */
  get summaryName(): string {
    return this.settings.name;
  }

  /** Several results stand in a list, in the order in which the operation names them. */
  forward(...inputs: Tensor[]): Tensor | Tensor[] {
    for (const input of inputs) checkTensor("Operation", "an input", input);
    return this.compute(...inputs);
  }

  protected compute(...inputs: Tensor[]): Tensor | Tensor[] {
    const { name } = this.settings;
    if (inputs.length !== this.#inputs) {
      throw new ArgumentError(message("Operation", `${inputs.length} inputs given; ${name} has ${this.#inputs} here`));
    }
    const args = this.#readers.map((read) => read(inputs, this.constants));
    const result = runOperation(name, args) as Tensor | Tensor[] | Record<string, Tensor>;
    return result instanceof Tensor ? result : Object.values(result);
  }
}
