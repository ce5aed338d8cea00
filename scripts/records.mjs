/**
 * Reads the sources of the kernels, so that no record layout, kernel name or list of exports is written by hand.
 *
 * A record is an `@unmanaged export class XxxArgs` of plain number fields. A kernel is an exported function with the signature
 * `(name: XxxArgs, from: u32, to: u32): void`. Its family is the path of its file in assembly/, such as `softmax` or `optim/adam`.
 * A declaration that looks like a record or a kernel but breaks these rules is an error that names it, so that none is left out
 * silently.
 *
 * The tags below stand in the comment before a kernel, or before a record for all kernels that take it. A kernel's own tag comes first.
 *
 *     @cost n       estimated nanoseconds that a unit of the range takes on one thread: decides whether threads share a call
 *     @alone        instead of a cost: the calling thread runs it, whatever its range
 *     @even         a shared call is cut into one part a thread: for kernels that prepare something anew for each part
 *     @narrow       nothing in it packs, so that it is not compiled to 256-bit instructions where others are. Before a function that is
 *                   no kernel: it runs in narrow kernels only
 *     @flops n      floating-point operations of a unit of the range, for profiles
 *     @bytes n      bytes that a unit of the range reads and writes in float32, each operand counted once, for profiles
 *     @inplace a b  the kernel is done with an element of these fields when it writes the same element of `out`; its range counts
 *                   elements. A captured step may then lay both into one place.
 *
 * `@cost` may name every field of the record, `@flops` and `@bytes` its whole numbers; all may name constants for the host (see
 * constants.mjs) and `ceil`. Every kernel has a cost or is `@alone`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readConstants } from "./constants.mjs";
import { commentBefore, oneLine, readFields, SIZES, sourcesIn, withoutComments } from "./source.mjs";

/** Types of whole numbers, which stand in a record as one word. */
const WHOLE = ["usize", "u32"];

/** @returns {{records: Map<string, Record>, kernels: Kernel[]}} all records and kernels in the files of `folder` and its sub-folders */
export function readKernels(folder) {
  const records = new Map();
  const kernels = [];
  for (const file of sourcesIn(folder)) {
    const source = readFileSync(join(folder, file), "utf8");
    const family = file.replace(/\.ts$/, "");
    for (const record of recordsOf(source, file)) {
      if (records.has(record.name)) throw new Error(`${file}: record ${record.name} is declared twice`);
      records.set(record.name, { ...record, family, inplace: readInplace(record) });
    }
    kernels.push(...kernelsOf(source, file).map((kernel) => ({ ...kernel, family })));
  }
  const constants = new Map(readConstants(folder).flatMap(({ kind, name, value }) => (kind === "const" ? [[name, value]] : [])));
  for (const kernel of kernels) readTags(kernel, records, constants);
  const twice = kernels.find(({ name }, i) => kernels.findIndex((kernel) => kernel.name === name) < i);
  if (twice) throw new Error(`${twice.family}.ts: kernel ${twice.name} is declared twice`);
  return { records, kernels };
}

/** @returns {Set<string>} the functions in the files of `folder` that say `@narrow`, as the text of a module names them */
export function readNarrow(folder) {
  const found = sourcesIn(folder).flatMap((file) => {
    const source = readFileSync(join(folder, file), "utf8");
    const functions = [...withoutComments(source).matchAll(/(?:export\s+)?function\s+(\w+)/g)];
    const narrow = functions.filter(({ index }) => /@narrow\b/.test(commentBefore(source, index) ?? ""));
    return narrow.map(([, name]) => `$assembly/${file.replace(/\.ts$/, "")}/${name}`);
  });
  return new Set(found);
}

function recordsOf(source, file) {
  const code = withoutComments(source);
  return [...code.matchAll(/((?:@\w+\s+)*)export\s+(?:\w+\s+)*class\s+(\w*Args)\b([^{]*)\{/g)].map((match) => {
    const [declaration, decorators, name, rest] = match;
    const begin = match.index + declaration.length;
    const end = code.indexOf("}", begin);
    if (!decorators.includes("@unmanaged") || rest.trim() !== "")
      throw new Error(`${file}: record ${name}: cannot read "${oneLine(declaration)}"; expected "@unmanaged export class ${name} {"`);
    const fields = readFields(source.slice(begin, end), `${file}: ${name}`);
    checkGaps(fields, `${file}: ${name}`);
    return { name, file, fields, doc: commentBefore(source, match.index) };
  });
}

/** Refuses gaps between the fields of a record: the host writes fields only, and records are compared word by word. */
function checkGaps(fields, place) {
  let end = 0;
  for (const { name, type, offset } of fields) {
    if (offset > end) throw new Error(`${place}: there is a gap before the field ${name}; put another field of 4 bytes there`);
    end = offset + SIZES[type];
  }
}

/** The exported functions over a record and a range. Generic functions are left out: they are parts of kernels. */
function kernelsOf(source, file) {
  const code = withoutComments(source);
  const kernels = [];
  for (const match of code.matchAll(/export\s+(?:function|const|let)\s+(\w+)\s*(\(|=|:)/g)) {
    const [declaration, name, opening] = match;
    const from = match.index + declaration.length - 1;
    const signature = oneLine(opening === "(" ? code.slice(from, endOf(code, from)) : code.slice(from).split("{", 1)[0].split(";", 1)[0]);
    const [, record] = signature.match(/^\( ?\w+: (\w+Args), from: u32, to: u32,? ?\): void$/) ?? [];
    if (record !== undefined) {
      kernels.push({ name, record, doc: commentBefore(source, match.index) });
    } else if (/: ?\w+Args\b/.test(signature) || /^\( ?\w+ ?: ?\w+ ?, ?from\b/.test(signature)) {
      throw new Error(
        `${file}: function ${name}: cannot read its signature "${signature}"; a kernel's is "(r: XxxArgs, from: u32, to: u32): void", and whatever else takes a record or a range is not exported, or generic`,
      );
    }
  }
  return kernels;
}

/** The end of a signature that begins at `from`, before the body of the function. */
function endOf(code, from) {
  const end = code.indexOf("{", from);
  return end < 0 ? code.length : end;
}

function readTags(kernel, records, constants) {
  const { name, record, family, doc } = kernel;
  const place = `${family}.ts: kernel ${name}`;
  const declared = records.get(record);
  if (declared === undefined) throw new Error(`${place} takes ${record}, which no file declares`);
  const read = (tag, types) =>
    readExpression(tag, doc, declared.fields, constants, place, types) ??
    readExpression(tag, declared.doc, declared.fields, constants, place, types);
  const has = (tag) => new RegExp(`@${tag}\\b`).test(`${doc}${declared.doc}`);
  kernel.cost = /@alone\b/.test(doc ?? "") ? undefined : read("cost");
  kernel.flops = read("flops", WHOLE);
  kernel.bytes = read("bytes", WHOLE);
  kernel.even = has("even");
  kernel.wide = !has("narrow");
  if (kernel.cost === undefined && !has("alone"))
    throw new Error(`${place} has no @cost: give its nanoseconds a unit of the range, or say @alone if threads never share it`);
}

/** The `@cost`, `@flops` or `@bytes` of a comment as an expression over `args`, or undefined. @param types types of the fields that it may name */
function readExpression(tag, doc, fields, constants, place, types = Object.keys(SIZES)) {
  const text = doc?.match(new RegExp(`@${tag} (.+?)\\s*(?:\\*/|@|$)`, "m"))?.[1];
  return text?.replace(/[a-z_]\w*/gi, (name) => {
    if (constants.has(name)) return constants.get(name);
    if (name === "ceil") return "Math.ceil";
    const field = fields.find((field) => field.name === name);
    if (field === undefined) throw new Error(`${place}: its @${tag} names "${name}", which its record has not`);
    if (!types.includes(field.type))
      throw new Error(`${place}: its @${tag} names "${name}" of type ${field.type}; it may name ${types.join(", ")}`);
    return `args.${name}`;
  });
}

/** The fields that the `@inplace` of a record's comment names. */
function readInplace({ name: record, fields, doc, file }) {
  const names = doc?.match(/@inplace ((?:\w+ )*\w+)/)?.[1].split(" ") ?? [];
  for (const name of names) {
    if (!fields.some((field) => field.name === name && field.type === "usize"))
      throw new Error(`${file}: record ${record}: its @inplace names "${name}", which is no address of it`);
  }
  return names;
}
