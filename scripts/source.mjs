/** Reads sources of assembly/: files, comments, fields of classes. */
import { readdirSync } from "node:fs";
import { sep } from "node:path";

/** The sizes in bytes of the types that a record may have as fields. */
export const SIZES = { usize: 4, u32: 4, i32: 4, f32: 4, f64: 8 };

/** The .ts files of a folder and its sub-folders, by their paths in the folder. */
export function sourcesIn(folder) {
  const files = readdirSync(folder, { recursive: true }).filter((file) => file.endsWith(".ts"));
  return files.map((file) => file.replaceAll(sep, "/")).sort();
}

/** A source with blanks in place of comments, so that every other character keeps its place. */
export function withoutComments(source) {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, (comment) => comment.replace(/[^\n]/g, " "));
}

/** The comment that ends directly before a place; "" if there is none. */
export function commentBefore(source, place) {
  return source
    .slice(0, place)
    .match(/\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*$/)?.[0]
    .trim();
}

export function oneLine(text) {
  return text.trim().replace(/\s+/g, " ");
}

/** The fields of a class in order, with the offsets that AssemblyScript gives them (natural alignment). */
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
