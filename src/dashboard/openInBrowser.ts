import { note } from "../errors/note.js";
import { fileSystem, nodeProcess, paths } from "../io/node.js";
import { nodeModule } from "./node.js";

interface Child {
  on(event: "error", heard: (error: unknown) => void): unknown;
  unref(): unknown;
}

interface ChildProcess {
  spawn(command: string, args: readonly string[], options: { stdio: "ignore"; detached: boolean }): Child;
}

interface Temporary {
  mkdtempSync(prefix: string): string;
  writeFileSync(path: string, text: string, options: { mode: number }): void;
}

/**
 * Opens an address in the browser of the desktop. The browser is given a file of this user alone that leads there: every user of the machine
 * can read the arguments of a command, and the address has the token.
 */
export function openInBrowser(url: string): void {
  try {
    const { join } = paths("Dashboard");
    const fs = fileSystem("Dashboard", "write") as unknown as Temporary;
    const folder = fs.mkdtempSync(join(nodeModule<{ tmpdir(): string }>("Dashboard", "node:os").tmpdir(), "simdgrad-"));
    const file = join(folder, "dashboard.html");
    fs.writeFileSync(file, `<!doctype html><meta http-equiv="refresh" content="0; url=${url}">`, { mode: 0o600 });
    const [command, ...args] = COMMANDS[nodeProcess()?.platform ?? ""] ?? ["xdg-open"];
    const { spawn } = nodeModule<ChildProcess>("Dashboard", "node:child_process");
    const child = spawn(command, [...args, file], { stdio: "ignore", detached: true });
    child.on("error", () => note(`no browser could be opened by ${command}: open ${url}`));
    child.unref();
  } catch (error) {
    note(`no browser could be opened: ${(error as Error).message}`);
  }
}

/** What opens a file, by platform. */
const COMMANDS: Readonly<Record<string, readonly string[]>> = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] };
