/** The names of figures, as history, logs and callbacks have them. */

/** The name of an output: the model's own name for it, or out1, out2 …  @param i from 0 */
export function outputName(names: readonly string[] | null, i: number): string {
  return names?.[i] ?? `out${i + 1}`;
}

/** out1, loss → out1Loss */
export function figureOf(output: string, figure: string): string {
  return `${output}${capitalized(figure)}`;
}

/** accuracy → valAccuracy */
export function validationName(figure: string): string {
  return `val${capitalized(figure)}`;
}

/** valAccuracy → accuracy; null for a figure of the training */
export function ofValidation(figure: string): string | null {
  const name = /^val([A-Z].*)$/.exec(figure)?.[1];
  return name === undefined ? null : `${name[0].toLowerCase()}${name.slice(1)}`;
}

function capitalized(name: string): string {
  return `${name[0].toUpperCase()}${name.slice(1)}`;
}
