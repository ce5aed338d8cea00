import { loadModel } from "../model/load.js";
import { checkArity } from "../options/arity.js";
import { TableModel } from "./tableModel.js";

/**
 * Reads a model of tables that `save` wrote, or a checkpoint of its training.
 * @param path path of the file, or a file: URL
 * @throws ArgumentError for a file of another model, and every error of `loadModel`
 * @example
 * const rows = Array.from({ length: 40 }, (_, i) => ({ size: (i * 7) % 40, kind: (i * 7) % 40 < 20 ? "small" : "large" }));
 * const saved = new TableModel(planTable(rows));
 * await saved.fit(rows, { epochs: 2, verbose: 0 });
 * await saved.save("sizes.safetensors");
 * const { predictions } = await (await loadTableModel("sizes.safetensors")).predict([{ size: 3 }]);
 */
export async function loadTableModel(path: string | URL): Promise<TableModel> {
  checkArity("loadTableModel", arguments.length, 1);
  return TableModel.of("loadTableModel", await loadModel(path));
}
