const said = new Set<string>();

/** Tells the user something on console.warn, each text once in the life of the process. */
export function note(text: string): void {
  if (said.has(text)) return;
  said.add(text);
  console.warn(`simdgrad: ${text}`);
}

/** @internal makes everything sayable again, for tests */
export function forgetNotes(): void {
  said.clear();
}
