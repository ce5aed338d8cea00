/**
 * Generates the code on both sides of the kernels from the declarations that records.mjs reads: the entry of the compiled module, and
 * for the host a file for each family. Such a file has an interface, a layout and a writer for each record, and a thin function for
 * each kernel.
 */
import { dirname, relative } from "node:path/posix";
import { bytesOf } from "./constants.mjs";
import { SIZES } from "./source.mjs";

const VIEWS = { usize: "u32", u32: "u32", i32: "i32", f32: "f32", f64: "f64" };
const NOTICE = "by `npm run kernels`; do not edit.";

/** The kernels by the pieces that they are compiled in. A family right in assembly/ belongs to the core, others to their folder. */
export function piecesOf({ kernels }) {
  const pieces = new Map([[CORE, []]]);
  for (const kernel of kernels) {
    const name = pieceOf(kernel.family);
    pieces.set(name, [...(pieces.get(name) ?? []), kernel]);
  }
  return pieces;
}

const CORE = "core";

function pieceOf(family) {
  return family.includes("/") ? family.split("/")[0] : CORE;
}

/**
 * The AssemblyScript entry of a piece: exports its kernels, and what sets it up. In the core also what runs kernels of all pieces.
 * @param assembly the way to the sources
 */
export function entrySource(piece, kernels, assembly) {
  const families = [...new Set(kernels.map(({ family }) => family))];
  const list = (family) =>
    kernels
      .filter((kernel) => kernel.family === family)
      .map(({ name }) => name)
      .join(", ");
  return [
    ...families.map((family) => `export { ${list(family)} } from "${assembly}/${family}";`),
    `export { heapBase, setup } from "${assembly}/threads";`,
    ...(piece === CORE
      ? [`export { fork, join, rouse, work } from "${assembly}/forkJoin";`, `export { replay } from "${assembly}/replay";`]
      : []),
    "",
  ].join("\n");
}

/** The host's file of a piece. @param texts of its builds: see text.mjs @param inner of its builds: see closure.mjs */
export function pieceSource(piece, texts, inner) {
  return [
    `// Generated from assembly/ ${NOTICE}`,
    `import type { Piece } from "../../piece.js";`,
    "",
    `export const ${piece}: Piece = {`,
    `  name: "${piece}",`,
    ...Object.entries(texts).map(([build, text]) => `  ${build}: "${text}",`),
    "  inner: {",
    ...Object.entries(inner).map(([build, lists]) => `    ${build}: ${JSON.stringify(lists)},`),
    "  },",
    "  exports: null,",
    "};",
    "",
  ].join("\n");
}

/**
 * The texts of the host's files by their paths below src/kernels/: one for each family, `generated.ts`, which exports them all, and
 * `generated/work.ts`, which only profiles read.
 */
export function hostSources(declared) {
  const { records, kernels } = declared;
  const used = new Set(kernels.map(({ record }) => record));
  const families = [
    ...new Set([...kernels, ...[...records.values()].filter(({ name }) => used.has(name))].map(({ family }) => family)),
  ].sort();
  const barrel = [`// Generated from assembly/ ${NOTICE}`];
  const files = new Map();
  const numbered = [...piecesOf(declared).values()].flatMap((list) => list.map((kernel, number) => ({ ...kernel, number })));
  for (const family of families) {
    if (/^(constants|work|pieces\/.*)$/.test(family)) throw new Error(`${family}.ts: this name is taken by a file that is generated`);
    const own = numbered.filter((kernel) => kernel.family === family);
    const declaredHere = [...records.values()].filter((record) => record.family === family && used.has(record.name));
    files.set(`generated/${family}.ts`, familySource(family, own, declaredHere, records));
    const types = declaredHere.map(({ name }) => `type ${name}`);
    barrel.push(
      `export { ${[...own.flatMap(({ name }) => [name, `${name}Kernel`]), ...types].join(", ")} } from "./generated/${family}.js";`,
    );
  }
  files.set("generated.ts", `${barrel.join("\n")}\n`);
  files.set("generated/work.ts", workSource(declared));
  return files;
}

function familySource(family, kernels, declaredHere, records) {
  /** The relative path from the family's file to a file of src/. */
  const to = (path) => {
    const way = relative(dirname(`kernels/generated/${family}`), path);
    return JSON.stringify(way.startsWith(".") ? way : `./${way}`);
  };
  const [hasKernels, hasRecords] = [kernels.length > 0, declaredHere.length > 0];
  const piece = pieceOf(family);
  const out = [
    `// Generated from assembly/${family}.ts ${NOTICE}`,
    hasRecords && `import { views } from ${to("memory/memory.js")};`,
    hasKernels && `import type { DType } from ${to("memory/views.js")};`,
    hasKernels && `import { call } from ${to("kernels/call.js")};`,
    hasKernels && `import { direct } from ${to("kernels/direct.js")};`,
    hasKernels && `import * as twins from ${to(`kernels/js/${family}.js`)};`,
    hasKernels && `import type { Kernel } from ${to("kernels/kernel.js")};`,
    hasKernels && `import type { Exports } from ${to("kernels/piece.js")};`,
    hasKernels && `import { ${piece} } from ${to(`kernels/generated/pieces/${piece}.js`)};`,
    hasRecords && `import { type RecordLayout, record } from ${to("kernels/record.js")};`,
  ].filter(Boolean);
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

function kernelSource({ name, family, record, number, doc, cost, even }) {
  const piece = pieceOf(family);
  // The core is loaded whenever calls go straight to the kernels.
  const isLoaded = piece === CORE ? "" : ` && ${piece}.exports !== null`;
  return [
    `export const ${name}Kernel: Kernel<${record}> = {`,
    `  name: "${name}",`,
    `  piece: ${piece},`,
    `  number: ${number},`,
    `  record: ${layoutName(record)},`,
    `  twin: twins.${name},`,
    ...(even ? ["  even: true,"] : []),
    "};",
    ...(doc ? [withoutTags(doc)] : []),
    `export function ${name}(args: ${record}, from: number, to: number, dtype: DType = "float32"): void {`,
    `  const cost = ${cost === undefined ? "0" : `(to - from) * (${cost})`};`,
    `  if (cost < direct && dtype === "float32"${isLoaded}) (${piece}.exports as Exports).${name}(write${record}(args), from, to);`,
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
    "/** The floating-point operations and bytes of a unit of a kernel's range, by the kernel's name. */",
    "export const WORK: Readonly<Record<string, Work>> = {",
    ...entries,
    "};",
    "",
  ].join("\n");
}

/** Rewrites an expression over fields to one over the words of a record, which begins at word r. */
function overWords(expression, fields) {
  const words = expression.replace(/args\.(\w+)/g, (_, name) => {
    const { offset } = fields.find((field) => field.name === name);
    return offset > 0 ? `u[r + ${offset >> 2}]` : "u[r]";
  });
  return `(${words.includes("u[") ? "u, r" : ""}) => ${words}`;
}

/** A comment without the tags that are only for the generator. */
function withoutTags(doc) {
  return doc
    .replace(/ ?@(?:alone\b|even\b|narrow\b|(?:cost|flops|bytes|inplace) .+?)(?=\s*(?:\*\/|@|$))/gm, "")
    .replace(/\n \*\s*(?=\n)/g, "");
}

/** `SoftmaxArgs` → `softmaxArgs` */
function layoutName(record) {
  return record[0].toLowerCase() + record.slice(1);
}
