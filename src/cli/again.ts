import process from "node:process";

/** A command line as it is typed, so that it can be copied. @param words those behind the name of the command */
export function commandText(words: readonly string[]): string {
  const own = process.env.npm_command === "exec" ? "npx simdgrad" : "simdgrad";
  return [own, ...words.map(quoted)].join(" ");
}

/** The command line that goes on with an interrupted training: the same words, and --resume. */
export function resumingCommand(words: readonly string[]): string {
  return commandText(words.includes("--resume") ? words : [...words, "--resume"]);
}

/** A word as POSIX shells take it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
