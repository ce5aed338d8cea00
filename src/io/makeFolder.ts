import { message } from "../errors/message.js";
import { FileError } from "./error.js";
import { fileSystem, paths } from "./node.js";
import { codeOf, reasonOf } from "./reason.js";

/**
 * Makes a folder, and those above it that are missing, one by one: Node's own recursive way never comes back where the system makes no
 * folders and says of each that there is no such file, as Linux does in /proc.
 * @param op the name in errors
 * @throws FileError that says why the folder cannot be made
 */
export function makeFolder(op: string, folder: string): void {
  const fs = fileSystem(op, "write");
  const { dirname, resolve } = paths(op);
  const isFolder = (path: string): boolean => fs.statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  const missing: string[] = [];
  let path = resolve(folder);
  try {
    for (; !isFolder(path) && path !== dirname(path); path = dirname(path)) missing.push(path);
    for (path of missing.reverse()) make(path);
  } catch (error) {
    throw new FileError(message(op, `cannot make the folder ${folder}: ${whyNot(error, path)}`));
  }

  function make(path: string): void {
    try {
      fs.mkdirSync(path);
    } catch (error) {
      // Another process may have made it in between.
      if (!isFolder(path)) throw error;
    }
  }
}

function whyNot(error: unknown, path: string): string {
  const code = codeOf(error);
  if (code === "EEXIST") return `${path} is a file`;
  // The folders above it are there.
  return code === "ENOENT" ? "the system makes none there" : reasonOf(error);
}
