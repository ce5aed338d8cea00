/** How operations are written in a graph, where they have a sign that everybody knows; others by their names. */
const SIGNS: Readonly<Record<string, string>> = {
  add: "+",
  sub: "−",
  mul: "×",
  div: "÷",
  neg: "−x",
  square: "x²",
  sqrt: "√",
  sum: "Σ",
  sigmoid: "σ",
  reciprocal: "1/x",
};

/** What stands in the circle of an operation. */
export function signOf(operation: string): string {
  return Object.hasOwn(SIGNS, operation) ? SIGNS[operation] : operation;
}
