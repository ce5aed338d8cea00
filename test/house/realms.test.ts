import { expect, test } from "vitest";
import { files, read } from "../support/repository.js";

/** What JavaScript itself, Node or a browser defines: each realm (a vm context, a frame, a test runner's sandbox) has its own. */
const BUILT_IN = new Set(Object.getOwnPropertyNames(globalThis));

test("no file of src/ asks for an instanceof of a built-in class, which objects of another realm are not", () => {
  const found = files("src").flatMap((path) => {
    const text = read(path);
    const names = [...text.matchAll(/instanceof (\w+)/g)].map(([, name]) => name);
    const isOurs = (name: string): boolean => new RegExp(`^import .*\\b${name}\\b`, "m").test(text);
    return names.filter((name) => BUILT_IN.has(name) && !isOurs(name)).map((name) => `${path}: ${name}`);
  });
  expect(found).toEqual([]);
});
