const said = new Set<string>();

/** Writes a note for the user to console.warn. Each text is written once in the life of the process. */
export function note(text: string): void {
  if (said.has(text)) return;
  said.add(text);
  console.warn(`simdgrad: ${text}`);
}

/** @internal forgets which notes were written, so that they are written again; for tests */
export function forgetNotes(): void {
  said.clear();
}
