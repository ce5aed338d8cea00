/** The versions of V8, without Node's suffix, that `npm run prove:wide` has found clean: the oldest first. The command adds its own. */
export const PROVEN: readonly string[] = [
  "13.6.233.17", // Node 24
  "14.6.202.34", // Node 26
];
