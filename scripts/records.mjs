/**
 * Reads the kernels' sources and writes what the host needs to call them, so that no record layout, no kernel name
 * and no list of exports is ever written by hand.
 *
 * A record is an `@unmanaged export class XxxArgs` of plain number fields; a kernel is an exported function with the
 * signature `(name: XxxArgs, from: u32, to: u32): void`. `@cost` in the comment of either (the kernel's goes before) is an
 * estimate of the nanoseconds that a unit of the range takes on one thread, from the fields of the record: what decides whether
 * threads share a call. Without it they never do. `@even` cuts one part a thread: for kernels that prepare something anew for
 * each part. `@inplace`, of a kernel whose range counts elements, names the fields whose element it is done with when it writes the
 * same element of `out`, so that a captured step may lay both into one place. `@flops` and `@bytes` are what a unit of the range
 * computes and moves, from the whole numbers of the record: a profile makes rates of them. Bytes are those of float32, of each
 * operand once.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";

const SIZES = { usize: 4, u32: 4, i32: 4, f32: 4, f64: 8 };
/** Types that stand in a record as a word of their own value. */
const WHOLE = ["usize", "u32"];
const VIEWS = { usize: "u32", u32: "u32", i32: "i32", f32: "f32", f64: "f64" };

/** @returns {{records: Map<string, Record>, kernels: Kernel[]}} everything declared under `folder`. */
export function readKernels(folder) {
  const records = new Map();
  const kernels = [];
  const docs = new Map();
  for (const file of readdirSync(folder)
    .filter((name) => name.endsWith(".ts"))
    .sort()) {
    const source = readFileSync(join(folder, file), "utf8");
    const family = basename(file, ".ts");
    for (const match of source.matchAll(/(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?@unmanaged\s+export class (\w+Args) \{([\s\S]*?)\n\}/g)) {
      const [, doc, name, body] = match;
      if (records.has(name)) throw new Error(`${file}: record ${name} is declared twice`);
      records.set(name, readFields(body, `${file}: ${name}`));
      docs.set(name, doc);
    }
    for (const match of source.matchAll(
      /(\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*)?^export function (\w+)\(\w+: (\w+Args), from: u32, to: u32\): void/gm,
    )) {
      kernels.push({ name: match[2], record: match[3], family, doc: match[1]?.trim() });
    }
  }
  for (const kernel of kernels) {
    const { name, record, family, doc } = kernel;
    if (!records.has(record)) throw new Error(`${family}.ts: kernel ${name} takes ${record}, which no file declares`);
    const place = `${family}.ts: kernel ${name}`;
    const read = (tag, types) =>
      readExpression(tag, doc, records.get(record), place, types) ??
      readExpression(tag, docs.get(record), records.get(record), place, types);
    kernel.cost = read("cost");
    kernel.flops = read("flops", WHOLE);
    kernel.bytes = read("bytes", WHOLE);
    kernel.even = /@even\b/.test(`${doc}${docs.get(record)}`);
    kernel.inplace = readInplace(docs.get(record), records.get(record), place);
  }
  const twice = kernels.find(({ name }, i) => kernels.findIndex((kernel) => kernel.name === name) < i);
  if (twice) throw new Error(`${twice.family}.ts: kernel ${twice.name} is declared twice`);
  return { records, kernels };
}

/** Fields in order with the offsets that AssemblyScript gives them (natural alignment). */
function readFields(body, place) {
  const fields = [];
  let offset = 0;
  for (const line of body.split("\n")) {
    const match = line.match(/^\s*(\w+): (\w+);\s*(?:\/\/\s*(.*))?$/);
    if (!match) {
      if (/^\s*(\/\/|\/?\*|$)/.test(line)) continue;
      throw new Error(`${place}: cannot read the field "${line.trim()}"`);
    }
    const [, name, type, comment] = match;
    const size = SIZES[type];
    if (!size) throw new Error(`${place}: field ${name} has the type ${type}; a record holds ${Object.keys(SIZES).join(", ")}`);
    offset = (offset + size - 1) & -size;
    fields.push({ name, type, comment, offset });
    offset += size;
  }
  return fields;
}

/** The `@cost`, `@flops` or `@bytes` of a comment as an expression over `args`, or undefined. @param types of fields that it may name */
function readExpression(tag, doc, fields, place, types = Object.keys(SIZES)) {
  const text = doc?.match(new RegExp(`@${tag} (.+?)\\s*(?:\\*/|@|$)`, "m"))?.[1];
  return text?.replace(/[a-z_]\w*/gi, (name) => {
    const field = fields.find((field) => field.name === name);
    if (field === undefined) throw new Error(`${place}: its @${tag} names "${name}", which its record has not`);
    if (!types.includes(field.type))
      throw new Error(`${place}: its @${tag} names "${name}" of type ${field.type}; it may name ${types.join(", ")}`);
    return `args.${name}`;
  });
}

/** The fields that the `@inplace` of a record's comment names. */
function readInplace(doc, fields, place) {
  const names = doc?.match(/@inplace ((?:\w+ )*\w+)/)?.[1].split(" ") ?? [];
  for (const name of names) {
    if (!fields.some((field) => field.name === name && field.type === "usize"))
      throw new Error(`${place}: its @inplace names "${name}", which is no address of its record`);
  }
  return names;
}

/** The AssemblyScript entry: re-exports every kernel and the set-up functions. */
export function entrySource({ kernels }) {
  const families = new Map();
  for (const kernel of kernels) families.set(kernel.family, [...(families.get(kernel.family) ?? []), kernel]);
  const lines = [...families].map(
    ([family, list]) => `export { ${list.map(({ name }) => name).join(", ")} } from "../assembly/${family}";`,
  );
  return [
    ...lines,
    ...[...families].map(
      ([family, list]) => `import { ${list.map(({ name }) => `${name} as ${family}_${name}`).join(", ")} } from "../assembly/${family}";`,
    ),
    `export { setup } from "../assembly/threads";`,
    `export { fork, join, rouse, work } from "../assembly/pool";`,
    `export { replay } from "../assembly/replay";`,
    `export function heapBase(): usize { return __heap_base; }`,
    "/** Where a kernel stands in the table of functions. */",
    "export function kernelIndex(id: u32): u32 {",
    "  switch (id) {",
    ...kernels.map(({ name, family }, id) => `    case ${id}: return ${family}_${name}.index;`),
    "  }",
    "  return 0;",
    "}",
    "",
  ].join("\n");
}

function recordBytes(fields) {
  return fields.reduce((end, field) => Math.max(end, field.offset + SIZES[field.type]), 0);
}

/** The typed host side: an interface per record, a function per kernel. */
export function hostSource({ records, kernels }) {
  const used = new Set(kernels.map(({ record }) => record));
  const out = [
    "// Generated from assembly/ by `npm run kernels`; do not edit.",
    `import { type NumberArray, type DType, viewOf } from "../memory/views.js";`,
    `import { views } from "../memory/memory.js";`,
    `import { loadKernels, record, wasm } from "./load.js";`,
    `import { type Layout, observer, type Work } from "./observer.js";`,
    `import { breakEven, share } from "./pool.js";`,
    ...[...new Set(kernels.map(({ family }) => family))].sort().map((family) => `import * as ${family}Twins from "./js/${family}.js";`),
    "",
  ];
  for (const [name, fields] of records) {
    if (!used.has(name)) continue;
    out.push(`export interface ${name} {`);
    for (const field of fields) {
      if (field.comment) out.push(`  /** ${field.comment} */`);
      out.push(`  ${field.name}: number;`);
    }
    out.push("}", "");
  }
  out.push(`export type KernelName = ${kernels.map(({ name }) => `"${name}"`).join(" | ") || "never"};`, "");
  out.push("export interface KernelArgs {", ...kernels.map(({ name, record }) => `  ${name}: ${record};`), "}", "");
  for (const [name, fields] of records) {
    if (!used.has(name)) continue;
    const kinds = [...new Set(fields.map((field) => VIEWS[field.type]))];
    out.push(`function write${name}(args: ${name}): number {`, `  const at = record(${recordBytes(fields)});`);
    for (const kind of kinds) out.push(`  const ${kind} = views.${kind};`);
    for (const { name: field, type, offset } of fields) {
      const shift = SIZES[type] === 8 ? 3 : 2;
      const index = offset >> shift;
      out.push(`  ${VIEWS[type]}[(at >>> ${shift})${index ? ` + ${index}` : ""}] = args.${field};`);
    }
    out.push("  return at;", "}", "");
  }
  /** The expression over the words of the record. */
  const workOf = (kernel, tag) =>
    kernel[tag]?.replace(/args\.(\w+)/g, (_, name) => {
      const { offset } = records.get(kernel.record).find((field) => field.name === name);
      return `u[r${offset > 0 ? ` + ${offset >> 2}` : ""}]`;
    });
  const works = [...new Set(kernels.flatMap((kernel) => [workOf(kernel, "flops"), workOf(kernel, "bytes")]))].filter(Boolean);
  const layouts = [...used].map((record) => {
    const pointers = records.get(record).filter(({ type }) => type === "usize");
    const names = pointers.map((field) => `${field.name}: ${field.offset}`);
    const { inplace } = kernels.find((kernel) => kernel.record === record);
    const doubles = records.get(record).filter(({ type }) => type === "f64");
    const offsets = doubles.map(({ offset }) => offset);
    return `  [${recordBytes(records.get(record))}, { ${names.join(", ")} }, ${JSON.stringify(inplace)}, ${JSON.stringify(offsets)}],`;
  });
  out.push(
    'type RecordLayout = readonly [bytes: number, pointers: Layout["pointers"], inplace: readonly string[], doubles: readonly number[]];',
    "const RECORDS: readonly RecordLayout[] = [",
    ...layouts,
    "];",
    `const NAMES = "${kernels.map(({ name }) => name).join(" ")}".split(" ");`,
    `const RECORD_OF = [${kernels.map(({ record }) => [...used].indexOf(record)).join(", ")}];`,
    "",
    "/** What a unit of a range computes or moves, from a record that begins at word r. */",
    "const WORKS: readonly Work[] = [",
    ...works.map((work) => `  (${work.includes("u[") ? "u, r" : ""}) => ${work},`),
    "];",
    `const FLOPS = [${kernels.map((kernel) => works.indexOf(workOf(kernel, "flops"))).join(", ")}];`,
    `const TRAFFIC = [${kernels.map((kernel) => works.indexOf(workOf(kernel, "bytes"))).join(", ")}];`,
    "",
    "/** What a kernel's record looks like, by the kernel's number. */",
    "export const LAYOUTS: readonly Layout[] = NAMES.map((name, id) => {",
    "  const [bytes, pointers, inplace, doubles] = RECORDS[RECORD_OF[id]];",
    "  return { name, bytes, pointers, inplace, doubles, flops: WORKS[FLOPS[id]] ?? null, traffic: WORKS[TRAFFIC[id]] ?? null };",
    "});",
    "",
  );
  for (const [id, { name, record, family, doc, cost, even }] of kernels.entries()) {
    if (doc) out.push(doc.replace(/ @(cost|flops|bytes) .*(?= \*\/)/, ""));
    out.push(
      `export function ${name}(args: ${record}, from: number, to: number, dtype: DType = "float32"): void {`,
      "  const build = wasm === undefined ? loadKernels() : wasm;",
      `  if (build === null || dtype !== "float32") {`,
      `    const twin = () => ${family}Twins.${name}(args, from, to, viewOf(dtype) as NumberArray);`,
      `    return observer === null ? twin() : observer.twin(${id}, write${record}(args), from, to, dtype, twin);`,
      "  }",
      `  const kernel = build.${name};`,
      `  const at = write${record}(args);`,
    );
    if (cost === undefined)
      out.push(`  if (observer !== null) observer.call(kernel, ${id}, at, from, to, 0, false);`, "  else kernel(at, from, to);");
    else {
      out.push(
        `  const cost = (to - from) * (${cost});`,
        `  if (observer !== null) observer.call(kernel, ${id}, at, from, to, cost, ${even});`,
        "  else if (cost < breakEven) kernel(at, from, to);",
        `  else share(kernel, ${id}, at, from, to, cost${even ? ", true" : ""});`,
      );
    }
    out.push("}", "");
  }
  return out.join("\n");
}
