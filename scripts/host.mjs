/**
 * Writes what stands on both sides of the kernels, from what records.mjs has read: the entry of the compiled module, and for the
 * host a file a family with an interface, a layout and a writer a record and a thin function a kernel.
 */
import { dirname, relative } from "node:path/posix";
import { bytesOf } from "./constants.mjs";
import { SIZES } from "./source.mjs";

const VIEWS = { usize: "u32", u32: "u32", i32: "i32", f32: "f32", f64: "f64" };
const NOTICE = "by `npm run kernels`; do not edit.";

/** The AssemblyScript entry: exports every kernel and the set-up functions. */
export function entrySource({ kernels }) {
  const families = [...new Set(kernels.map(({ family }) => family))];
  const list = (family) =>
    kernels
      .filter((kernel) => kernel.family === family)
      .map(({ name }) => name)
      .join(", ");
  return [
    ...families.map((family) => `import { ${list(family)} } from "../assembly/${family}";`),
    ...families.map((family) => `export { ${list(family)} };`),
    `export { setup } from "../assembly/threads";`,
    `export { fork, join, rouse, work } from "../assembly/forkJoin";`,
    `export { replay } from "../assembly/replay";`,
    `export function heapBase(): usize { return __heap_base; }`,
    "/** Where a kernel stands in the table of functions. */",
    "export function kernelIndex(number: u32): u32 {",
    "  switch (number) {",
    ...kernels.map(({ name }, number) => `    case ${number}: return ${name}.index;`),
    "  }",
    "  return 0;",
    "}",
    "",
  ].join("\n");
}

/**
 * The host's files by their paths below src/kernels/: one a family, `generated.ts`, which exports them all, and `generated/work.ts`,
 * which profiles alone read.
 */
export function hostSources(declared) {
  const { records, kernels } = declared;
  const used = new Set(kernels.map(({ record }) => record));
  const families = [
    ...new Set([...kernels, ...[...records.values()].filter(({ name }) => used.has(name))].map(({ family }) => family)),
  ].sort();
  const barrel = [`// Generated from assembly/ ${NOTICE}`];
  const files = new Map();
  for (const family of families) {
    const own = kernels.flatMap((kernel, number) => (kernel.family === family ? [{ ...kernel, number }] : []));
    const declaredHere = [...records.values()].filter((record) => record.family === family && used.has(record.name));
    files.set(`generated/${family}.ts`, familySource(family, own, declaredHere, records));
    const types = declaredHere.map(({ name }) => `type ${name}`);
    barrel.push(
      `export { ${[...own.flatMap(({ name }) => [name, `${name}Kernel`]), ...types].join(", ")} } from "./generated/${family}.js";`,
    );
  }
  files.set("generated.ts", `${barrel.join("\n")}\n`);
  if (files.has("generated/work.ts")) throw new Error("assembly/work.ts: this name is taken by what the generator writes for profiles");
  files.set("generated/work.ts", workSource(declared));
  return files;
}

function familySource(family, kernels, declaredHere, records) {
  /** The way from the family's file to one of src/. */
  const to = (path) => {
    const way = relative(dirname(`kernels/generated/${family}`), path);
    return JSON.stringify(way.startsWith(".") ? way : `./${way}`);
  };
  const out = [`// Generated from assembly/${family}.ts ${NOTICE}`];
  if (declaredHere.length > 0) out.push(`import { views } from ${to("memory/memory.js")};`);
  if (kernels.length > 0) {
    out.push(
      `import type { DType } from ${to("memory/views.js")};`,
      `import { call } from ${to("kernels/call.js")};`,
      `import { direct } from ${to("kernels/direct.js")};`,
      `import * as twins from ${to(`kernels/js/${family}.js`)};`,
    );
  }
  const needed = (ofKernels, ofRecords) =>
    [kernels.length > 0 && ofKernels, declaredHere.length > 0 && ofRecords].filter(Boolean).join(", ");
  out.push(
    `import type { ${needed("Kernel", "RecordLayout")} } from ${to("kernels/kernel.js")};`,
    `import { ${needed("type Exports, wasm", "record")} } from ${to("kernels/load.js")};`,
  );
  const borrowed = [...new Set(kernels.map(({ record }) => record))]
    .map((name) => records.get(name))
    .filter((record) => record.family !== family);
  for (const home of new Set(borrowed.map((record) => record.family))) {
    const things = borrowed.filter((record) => record.family === home).map(({ name }) => `type ${name}, ${layoutName(name)}, write${name}`);
    out.push(`import { ${things.join(", ")} } from ${to(`kernels/generated/${home}.js`)};`);
  }
  out.push("");
  for (const record of declaredHere) out.push(...recordSource(record));
  for (const kernel of kernels) out.push(...kernelSource(kernel));
  return out.join("\n");
}

function recordSource({ name, fields, inplace }) {
  const bytes = bytesOf(fields);
  const pointers = fields.filter(({ type }) => type === "usize").map((field) => `${field.name}: ${field.offset}`);
  const doubles = fields.filter(({ type }) => type === "f64").map(({ offset }) => offset);
  const kinds = [...new Set(fields.map((field) => VIEWS[field.type]))];
  return [
    `export interface ${name} {`,
    ...fields.flatMap((field) => [...(field.comment ? [`  /** ${field.comment} */`] : []), `  ${field.name}: number;`]),
    "}",
    "",
    `export const ${layoutName(name)}: RecordLayout<${name}> = {`,
    `  write: write${name},`,
    `  bytes: ${bytes},`,
    `  pointers: { ${pointers.join(", ")} },`,
    `  inplace: ${JSON.stringify(inplace)},`,
    `  doubles: ${JSON.stringify(doubles)},`,
    "};",
    "",
    `export function write${name}(args: ${name}): number {`,
    `  const at = record(${bytes});`,
    `  const { ${kinds.join(", ")} } = views;`,
    ...fields.map(({ name: field, type, offset }) => {
      const shift = SIZES[type] === 8 ? 3 : 2;
      const word = offset >> shift;
      return `  ${VIEWS[type]}[${word ? `(at >>> ${shift}) + ${word}` : `at >>> ${shift}`}] = args.${field};`;
    }),
    "  return at;",
    "}",
    "",
  ];
}

function kernelSource({ name, record, number, doc, cost, even }) {
  return [
    `export const ${name}Kernel: Kernel<${record}> = {`,
    `  name: "${name}",`,
    `  number: ${number},`,
    `  record: ${layoutName(record)},`,
    `  twin: twins.${name},`,
    `  even: ${even},`,
    "};",
    ...(doc ? [withoutTags(doc)] : []),
    `export function ${name}(args: ${record}, from: number, to: number, dtype: DType = "float32"): void {`,
    `  const cost = ${cost === undefined ? "0" : `(to - from) * (${cost})`};`,
    `  if (cost < direct && dtype === "float32") (wasm as Exports).${name}(write${record}(args), from, to);`,
    `  else call(${name}Kernel, args, from, to, cost, dtype);`,
    "}",
    "",
  ];
}

function workSource({ kernels, records }) {
  const entries = kernels.map(({ name, record, flops, bytes }) => {
    const { fields } = records.get(record);
    const counted = Object.entries({ flops, bytes }).filter(([, expression]) => expression !== undefined);
    return `  ${name}: { ${counted.map(([what, expression]) => `${what}: ${overWords(expression, fields)}`).join(", ")} },`;
  });
  return [
    `// Generated from assembly/ ${NOTICE}`,
    'import type { Work } from "../kernel.js";',
    "",
    "/** What a unit of a kernel's range computes and moves, by the kernel's name. */",
    "export const WORK: Readonly<Record<string, Work>> = {",
    ...entries,
    "};",
    "",
  ].join("\n");
}

/** An expression over the words of a record, which begins at word r. */
function overWords(expression, fields) {
  const words = expression.replace(/args\.(\w+)/g, (_, name) => {
    const { offset } = fields.find((field) => field.name === name);
    return offset > 0 ? `u[r + ${offset >> 2}]` : "u[r]";
  });
  return `(${words.includes("u[") ? "u, r" : ""}) => ${words}`;
}

/** A comment without what the generator alone reads. */
function withoutTags(doc) {
  return doc.replace(/ ?@(?:alone\b|even\b|(?:cost|flops|bytes|inplace) .+?)(?=\s*(?:\*\/|@|$))/gm, "").replace(/\n \*\s*(?=\n)/g, "");
}

/** `SoftmaxArgs` → `softmaxArgs` */
function layoutName(record) {
  return record[0].toLowerCase() + record.slice(1);
}
