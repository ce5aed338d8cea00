/** Lists workloads and libraries, which are the files of their folders. */
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, "../..");
/** The folder for data and bundles. */
export const scratch = join(root, "build/peers");

const ORDER = ["limits", "xor", "mlp", "deep", "inference-mlp"];

/** @returns {Promise<import("./layers.mjs").Workload[]>} */
export async function allWorkloads() {
  const modules = await modulesOf("workloads", ORDER);
  return modules.flatMap(({ module }) => module.workloads);
}

/**
 * A row of a library. `file` is its file; `threads` is the most threads that it can use; `command` runs its child, if that is not Node.
 * `variantOf` names another row with which it shares a column of the table, in which the better of both counts; `note` says how it differs.
 * @typedef {{ name: string, file: string, threads?: number, mode?: string, command?: string[], env?: Record<string, string>,
 *   variantOf?: string, note?: string }} Row
 * @returns {Promise<Row[]>}
 */
export async function allRows() {
  const modules = await modulesOf("libraries", ["simdgrad", "torch", "jax", "tfjs"]);
  return modules.flatMap(({ file, module }) => module.rows.map((row) => ({ ...row, file })));
}

/** The modules of a folder: first those in `order`, then the others by name. */
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
