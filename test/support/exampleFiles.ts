import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { png } from "./png.js";

/** Writes the files that examples in doc comments read. */
export function writeExampleFiles(folder: string): void {
  const write = (name: string, content: Uint8Array | string): void => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  };
  write("t10k-images-idx3-ubyte.gz", new Uint8Array([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 1]));
  write("digit.png", png({ width: 8, height: 8, type: 0, depth: 8, pixel: (x, y) => [8 * x * y] }));
  for (const name of ["cat/1", "cat/2", "dog/1", "dog/2"])
    write(`animals/${name}.png`, png({ width: 8, height: 8, type: 0, depth: 8, pixel: (x) => [8 * x] }));
  write("iris.csv", `length,species\n${"5.1,setosa\n6.2,virginica\n".repeat(10)}`);
}
