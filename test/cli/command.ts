import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { root } from "../support/repository.js";

export interface Result {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * The command's process; `watch` sees each piece of its stdout.
 * @param input what it reads from stdin; default nothing
 * @param environment what differs from the environment of the tests
 */
export function start(
  cwd: string,
  args: readonly string[],
  watch?: (child: ChildProcess, piece: string) => void,
  input = "",
  environment: NodeJS.ProcessEnv = {},
): Promise<Result> {
  const child = spawn(process.execPath, [join(root, "build/cli.js"), ...args], {
    cwd,
    env: { ...process.env, NO_COLOR: "1", npm_command: undefined, ...environment },
  });
  const result: Result = { code: null, stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (piece: string) => {
    result.stdout += piece;
    watch?.(child, piece);
  });
  child.stderr.setEncoding("utf8").on("data", (piece: string) => {
    result.stderr += piece;
  });
  // One that fails at once does not read it.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ ...result, code }));
  });
}

/** The objects that `--json` prints, one a line. */
// biome-ignore lint/suspicious/noExplicitAny: tests say what they expect
export function jsonLines({ stdout }: Result): any[] {
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
