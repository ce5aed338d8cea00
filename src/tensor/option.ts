import { type OptionOf, type OptionSpec, option } from "../options/option.js";
import { Tensor } from "./tensor.js";

/** Declares an option whose value is a tensor. */
export function tensorOption<const S extends OptionSpec<Tensor>>(spec: S): OptionOf<Tensor, S> {
  const mend = (value: unknown): string | undefined => {
    if (Array.isArray(value)) return "Wrap it with tensor(…).";
    return typeof value === "number" ? `Write tensor([${value}]).` : undefined;
  };
  return option<Tensor, S>("a tensor", (value) => value instanceof Tensor, { mend, ...spec });
}
