/** For people. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** For machines: one object a line. */
export function jsonLine(object: object): void {
  process.stdout.write(`${JSON.stringify(object)}\n`);
}
