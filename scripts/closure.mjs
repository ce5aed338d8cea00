/**
 * Gives the functions inside a module names from outside: the host has V8 optimise every function that a kernel reaches, and V8 takes
 * only functions that are exported. A function that is not exported already is exported as `$`, followed by its index.
 */

/**
 * @param code the module @param text the same as .wat
 * @param kernels names of exported functions @param narrow functions that wide kernels do not call
 * @returns {{code: Uint8Array, inner: Record<string, number[]>}} the module with the new exports, and the inner functions of each kernel
 */
export function exposeInner(code, text, kernels, narrow) {
  const inner = {};
  const needed = new Set();
  for (const [kernel, reached] of reachedBy(text, kernels, narrow)) {
    inner[kernel] = reached.flatMap(({ index, exported }) => (exported ? [] : [index])).sort((a, b) => a - b);
    for (const index of inner[kernel]) needed.add(index);
  }
  return {
    code: withExports(
      code,
      [...needed].sort((a, b) => a - b),
    ),
    inner,
  };
}

/**
 * The functions that each kernel reaches where it is wide and that JavaScript could call, itself first.
 * @returns {Map<string, {index: number, name: string, exported: boolean}[]>}
 */
export function reachedBy(text, kernels, narrow) {
  const functions = functionsOf(text);
  const indices = new Map(functions.map(({ name }, index) => [name, index]));
  const exports = new Map([...text.matchAll(/^ \(export "([^"]+)" \(func (\$\S+)\)\)/gm)].map(([, name, id]) => [name, id]));
  const exported = new Set(exports.values());
  return new Map(
    kernels.map((kernel) => {
      const names = reachedFrom(exports.get(kernel), functions, indices, narrow).filter((name) => callable(functions[indices.get(name)]));
      return [kernel, names.map((name) => ({ index: indices.get(name), name, exported: exported.has(name) }))];
    }),
  );
}

/** The functions of a module in the order of their indices: name, parameters, what they call. */
function functionsOf(text) {
  if (/^ \(import "[^"]*" "[^"]*" \(func/m.test(text))
    throw new Error("a module of kernels imports no functions: indices would not be theirs");
  return text
    .split(/^ \(func /m)
    .slice(1)
    .map((body) => {
      const name = body.match(/^\$(?:"[^"]*"|\S+)/)[0];
      const head = body.slice(name.length, body.indexOf("\n"));
      return {
        name,
        parameters: [...head.matchAll(/\(param \$\S+ (\w+)\)/g)].map(([, type]) => type),
        calls: [...body.matchAll(/\(?call (\$(?:"[^"]*"|[^\s)]+))/g)].map(([, id]) => id),
      };
    });
}

/** JavaScript cannot pass a vector, and a number not as i64. Functions that take them are small, and pack nothing by themselves. */
function callable({ parameters }) {
  return !parameters.some((type) => type === "v128" || type === "i64");
}

function reachedFrom(start, functions, indices, narrow) {
  const reached = new Set([start]);
  for (const name of reached) for (const callee of functions[indices.get(name)].calls) if (!narrow.has(callee)) reached.add(callee);
  return [...reached];
}

const EXPORTS = 7;

/** Adds exports of functions to a module. */
function withExports(code, indices) {
  const bytes = [...code];
  for (let at = 8; at < bytes.length; ) {
    const id = bytes[at];
    const [size, from] = readNumber(bytes, at + 1);
    if (id === EXPORTS) {
      const [count, first] = readNumber(bytes, from);
      const added = indices.flatMap((index) => [...named(`$${index}`), 0, ...number(index)]);
      const body = [...number(count + indices.length), ...bytes.slice(first, from + size), ...added];
      return Uint8Array.from([...bytes.slice(0, at), EXPORTS, ...number(body.length), ...body, ...bytes.slice(from + size)]);
    }
    at = from + size;
  }
  throw new Error("the module exports nothing");
}

function named(name) {
  return [...number(name.length), ...Buffer.from(name)];
}

/** An unsigned LEB128. */
function number(value) {
  const bytes = [];
  do {
    bytes.push((value & 0x7f) | (value > 0x7f ? 0x80 : 0));
    value >>>= 7;
  } while (value > 0);
  return bytes;
}

/** @returns the number at a place, and the place behind it */
function readNumber(bytes, at) {
  let value = 0;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++];
    value |= (byte & 0x7f) << shift;
    if (byte < 0x80) return [value, at];
  }
}
