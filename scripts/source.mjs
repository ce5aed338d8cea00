/** How sources of assembly/ are read: files, comments, fields of classes. */
import { readdirSync } from "node:fs";
import { sep } from "node:path";

/** Bytes of the types that a record may hold. */
export const SIZES = { usize: 4, u32: 4, i32: 4, f32: 4, f64: 8 };

/** The .ts files of a folder and its folders, by their paths in it. */
export function sourcesIn(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".ts"));
  return files.map((file) => file.replaceAll(sep, "/")).sort();
}

/** Comments as blanks: every character keeps its place. */
export function withoutComments(source) {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (comment) => comment.replace(/[^\n]/g, " "));
}

/** The comment that ends right before a place, if any. */
export function commentBefore(source, place) {
  return source
    .slice(0, place)
    .match(/\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/)?.[0]
    .trim();
}

export function oneLine(text) {
  return text.trim().replace(/\s+/g, " ");
}

/** Fields in order with the offsets that AssemblyScript gives them (natural alignment). */
export function readFields(body, place) {
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
