import process from "node:process";

/** The command line that goes on with an interrupted training: the same words, and --resume. */
export function resumingCommand(words: readonly string[]): string {
  const own = process.env.npm_command === "exec" ? "npx simdgrad" : "simdgrad";
  const all = words.includes("--resume") ? words : [...words, "--resume"];
  return [own, ...all.map(quoted)].join(" ");
}

/** A word as a POSIX shell, and PowerShell, take it. */
function quoted(word: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
