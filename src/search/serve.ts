import { kindText } from "../errors/message.js";
import { type ThreadModule, threads } from "./pool.js";
import { type Objective, tryOut } from "./runner.js";

/** @internal in a thread of a search: tries what it is sent with the default export of a module */
export function serveTrials(module: string): void {
  const port = (threads() as ThreadModule).parentPort;
  const loaded = import(/* @vite-ignore */ /* webpackIgnore: true */ module).then(
    ({ default: objective }: { default?: unknown }) =>
      typeof objective === "function"
        ? (objective as Objective)
        : `the module ${module} exports ${kindText(objective)} as default; expected a function`,
    (error: Error) => `the module ${module} cannot be loaded: ${error.message}`,
  );
  port?.on("message", async (job) => {
    const objective = await loaded;
    port.postMessage(typeof objective === "string" ? { unusable: objective } : await tryOut(objective, job));
  });
}
