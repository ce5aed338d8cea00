/** The versions of V8, without Node's suffix, on which all tests of kernels pass wide, and trials beside other modules: oldest first. */
export const PROVEN: readonly string[] = [
  "13.6.233.17", // Node 24
  "14.6.202.34", // Node 26
];
