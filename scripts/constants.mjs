/**
 * Reads the constants that the kernels share with the host, and writes the host's file of them. They are declared only in assembly/,
 * with a comment that has the tag `@host`:
 *
 *     const, with a value of numbers, operators and constants of assembly/  →  a number of the same name
 *     enum                                                                  →  its members by their names
 *     class, `@unmanaged`, of plain number fields                           →  offsets of its fields NAME, and its size NAME_BYTES
 *
 * An offset is counted in elements of the field's own type: field f of a `Cell` at byte `at` is `views.f64[at / 8 + CELL.f]`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { oneLine, readFields, SIZES, sourcesIn, withoutComments } from "./source.mjs";

/** @returns {Constant[]} the constants declared for the host in the files of `folder` and its sub-folders */
export function readConstants(folder) {
  const constants = [];
  const values = new Map();
  const files = sourcesIn(folder).map((file) => ({ file, source: readFileSync(join(folder, file), "utf8") }));
  const known = (name, file) => {
    if (!values.has(name))
      throw new Error(`${file}: cannot tell the value of "${name}", which is no constant for the host declared before`);
    return values.get(name);
  };
  for (const { file, source } of files) {
    const code = withoutComments(source);
    const tags = [...source.matchAll(/\/\*\*(?:(?!\*\/)[\s\S])*@host\b(?:(?!\*\/)[\s\S])*\*\//g)];
    for (const tag of tags) {
      const begin = tag.index + tag[0].length;
      const declaration = declarationAt(code, source, begin, file);
      const doc = tag[0].replace(/ ?@host\b/, "");
      const { name } = declaration;
      if (constants.some((constant) => constant.name === name)) throw new Error(`${file}: ${name} is declared for the host twice`);
      if (declaration.kind === "const")
        values.set(
          name,
          constantValue(declaration.text, (other) => known(other, `${file}: ${name}`), `${file}: ${name}`),
        );
      constants.push({ ...declaration, value: values.get(name), doc, file });
    }
  }
  return constants;
}

function declarationAt(code, source, begin, file) {
  const rest = code.slice(begin);
  const constant = rest.match(/^\s*(?:@\w+\s+)*(?:export\s+)?const (\w+)(?:: \w+)? = ([^;]+);/);
  if (constant) return { kind: "const", name: constant[1], text: constant[2] };
  const enumeration = rest.match(/^\s*(?:export\s+)?enum (\w+) \{/);
  const record = rest.match(/^\s*@unmanaged\s+(?:export\s+)?class (\w+) \{/);
  const found = enumeration ?? record;
  if (!found)
    throw new Error(
      `${file}: cannot read what is declared for the host: "${oneLine(rest.slice(0, 80))}"; it may be a const, an enum, an @unmanaged class`,
    );
  const from = begin + found[0].length;
  const body = source.slice(from, code.indexOf("}", from));
  const place = `${file}: ${found[1]}`;
  return enumeration
    ? { kind: "enum", name: found[1], members: readMembers(body, place) }
    : { kind: "class", name: found[1], fields: readFields(body, place) };
}

/** The members of an enum with their comments: `/** … *\/` before the member, or `//` behind it. */
function readMembers(body, place) {
  const members = [];
  let comment;
  for (const line of body.split("\n").map((line) => line.trim())) {
    const member = line.match(/^(\w+) = (-?\w+),?\s*(?:\/\/\s*(.*))?$/);
    if (member) {
      members.push({ name: member[1], value: Number(member[2]), comment: member[3] ?? comment });
      comment = undefined;
    } else if (line.startsWith("/**")) comment = line.replace(/^\/\*\* ?| ?\*\/$/g, "");
    else if (line !== "") throw new Error(`${place}: cannot read the member "${line}"; every member has a number`);
  }
  return members;
}

/** The value of a constant expression. */
function constantValue(text, known, place) {
  const expression = text.replace(/<\w+>/g, "").replace(/\b[A-Za-z_]\w*/g, (name) => known(name));
  if (!/^[\w\s.+\-*/%()<>&|~^]+$/.test(expression)) throw new Error(`${place}: cannot tell the value of "${oneLine(text)}"`);
  return Number(new Function(`return ${expression};`)());
}

/** The text of the host's file of constants. */
export function constantsSource(constants) {
  const out = ["// Generated from assembly/ by `npm run kernels`; do not edit."];
  for (const { kind, name, value, members, fields, doc } of constants) {
    out.push("", doc);
    if (kind === "const") out.push(`export const ${name} = ${value};`);
    else if (kind === "enum")
      out.push(`export const ${name} = {`, ...members.flatMap((member) => lineOf(member, member.value)), "} as const;");
    else {
      out.push(
        `export const ${upperCase(name)} = {`,
        ...fields.flatMap((field) => lineOf(field, field.offset / SIZES[field.type])),
        "} as const;",
      );
      out.push(`export const ${upperCase(name)}_BYTES = ${bytesOf(fields)};`);
    }
  }
  return `${out.join("\n")}\n`;
}

function lineOf({ name, comment }, value) {
  return [...(comment ? [`  /** ${comment} */`] : []), `  ${name}: ${value},`];
}

export function bytesOf(fields) {
  return fields.reduce((end, field) => Math.max(end, field.offset + SIZES[field.type]), 0);
}

/** `ControlBlock` → `CONTROL_BLOCK` */
export function upperCase(name) {
  return name.replace(/(?<=[a-z])(?=[A-Z])/g, "_").toUpperCase();
}
