/** Writes text for people. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

/** Writes an object for programs, as one line of JSON. */
export function jsonLine(object: object): void {
  process.stdout.write(`${JSON.stringify(object)}\n`);
}
