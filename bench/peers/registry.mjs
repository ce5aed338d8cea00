/** Workloads and libraries are the files of their folders. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, "../..");
/** Where data and bundle are written. */
export const scratch = join(root, "build/peers");

const ORDER = ["limits", "xor", "mlp", "deep", "inference-mlp"];

/** @returns {Promise<import("./layers.mjs").Workload[]>} */
export async function allWorkloads() {
  const modules = await modulesOf("workloads", ORDER);
  return modules.flatMap(({ module }) => module.workloads);
}

/**
 * A column of the table. `file` is the library's; `threads` how many it can use; `command` what runs its child, if not Node;
 * `variantOf` names the row with which it shares a column, the better of both counts; `note` says what differs.
 * @typedef {{ name: string, file: string, threads?: number, mode?: string, command?: string[], env?: Record<string, string>,
 *   variantOf?: string, note?: string }} Row
 * @returns {Promise<Row[]>}
 */
export async function allRows() {
  const modules = await modulesOf("libraries", ["simdgrad", "torch", "jax", "tfjs"]);
  return modules.flatMap(({ file, module }) => module.rows.map((row) => ({ ...row, file })));
}

/** The modules of a folder, those named first, the others by name. */
async function modulesOf(folder, order) {
  const rank = (name) => (order.includes(name) ? order.indexOf(name) : order.length);
  const names = readdirSync(join(here, folder))
    .filter((name) => name.endsWith(".mjs"))
    .map((name) => name.slice(0, -".mjs".length))
    .sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  return Promise.all(
    names.map(async (name) => {
      const file = join(here, folder, `${name}.mjs`);
      return { file, module: await import(pathToFileURL(file).href) };
    }),
  );
}
