import { readFileSync } from "node:fs";
import { join } from "node:path";
import asc from "assemblyscript/asc";
import { root } from "./repository.js";

/** The code of a module of AssemblyScript that stands at the root of the repository, compiled with all that the kernels may use. */
export async function assemble(source: string, ...options: string[]): Promise<BufferSource> {
  let code: Uint8Array | undefined;
  const { error, stderr } = await asc.main(
    ["probe.ts", "--outFile", "probe.wasm", "--runtime", "stub", "--enable", "simd,relaxed-simd,threads,bulk-memory", ...options],
    {
      readFile: (name) => {
        if (name === "probe.ts") return source;
        if (name === "asconfig.json") return null;
        try {
          return readFileSync(join(root, name), "utf8");
        } catch {
          return null;
        }
      },
      writeFile: (name, contents) => {
        if (name === "probe.wasm") code = contents as Uint8Array;
      },
      listFiles: () => [],
    },
  );
  if (error || !code) throw new Error(stderr.toString());
  return code as BufferSource;
}
