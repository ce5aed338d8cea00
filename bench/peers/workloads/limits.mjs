/** The limits of one core: multiply-adds in registers, and a copy of 1,048,576 floats. */
export const workloads = [
  { name: "limit multiply-add", kind: "limit", limit: "multiplyAdd" },
  { name: "limit copy", kind: "limit", limit: "copy" },
];
