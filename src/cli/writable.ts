import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { codeOf, reasonOf } from "../io/reason.js";
import { loadFonts, loadResvg } from "../plot/peers.js";

/**
 * Checks that a file can be written, before minutes of work whose result could not be saved.
 * @param option the option that names the file, for errors
 * @throws ArgumentError for a folder that is missing or read-only, and for a file that is a folder or read-only
 */
export function checkWritable(command: string, option: string, file: string): void {
  const folder = dirname(file);
  const refuse = (problem: string, mend: string) => new ArgumentError(message(command, `cannot write ${file}: ${problem}`, mend));
  try {
    accessSync(folder, constants.W_OK);
  } catch {
    throw refuse(`the folder ${folder} is missing or read-only`, `Make it, or choose another ${option}.`);
  }
  try {
    if (statSync(file).isDirectory()) throw refuse("it is a folder", `Name a file with ${option}.`);
    accessSync(file, constants.W_OK);
  } catch (error) {
    if (error instanceof ArgumentError) throw error;
    if (codeOf(error) !== "ENOENT") throw refuse(reasonOf(error), `Choose another ${option}.`);
  }
}

/** The same of a picture, which as PNG needs libraries. @throws ArgumentError, PeerError where they are not installed */
export async function checkPicture(command: string, option: string, file: string): Promise<void> {
  checkWritable(command, option, file);
  if (/\.png$/i.test(file)) await Promise.all([loadResvg(command), loadFonts(command)]);
}
