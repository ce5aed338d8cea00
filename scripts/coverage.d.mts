/** The text of docs/coverage.md. */
export function coverage(): string;
