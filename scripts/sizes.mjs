/**
 * Measures what the package adds to a bundle. Typical programs are bundled and minified by esbuild with the published files, and their
 * size is measured in bytes after brotli. The kernels' bytes are counted separately; in a bundle they are strings of data.
 *
 * `node scripts/sizes.mjs --write` writes the sizes of the present build into the table that the tests check, and into the README.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const TABLE = join(root, "test/package/sizes.json");
const README = join(root, "README.md");

/** The programs by their names in the table. */
export const PROGRAMS = {
  "tensor, matmul": `
    import { matmul, tensor } from "simdgrad";
    console.log(matmul(tensor([[1, 2]]), tensor([[3], [4]])).data);`,
  "Sequential: Dense, Adam, crossEntropy, fit": `
    import { Adam, crossEntropy, Dense, Sequential } from "simdgrad";
    const model = new Sequential([new Dense(8, { activation: "relu" }), new Dense(3)]);
    model.compile({ optimizer: new Adam(), loss: crossEntropy });
    await model.fit({ x: [[1], [2]], y: [0, 1] }, { epochs: 3 });`,
  "own loop: Module, Linear, SGD, mse": `
    import { Linear, Module, mse, SGD, tensor } from "simdgrad";
    class Net extends Module {
      linear = new Linear(1, 1);
      forward(x) {
        return this.linear.forward(x);
      }
    }
    const net = new Net();
    const optimizer = new SGD(net.parameters());
    mse(net.forward(tensor([[1]])), tensor([[2]])).backward();
    optimizer.step();
    optimizer.zeroGrad();`,
  "serving: loadModel, predict": `
    import { loadModel } from "simdgrad";
    const model = await loadModel("model.safetensors");
    console.log((await model.predict([[1]])).data);`,
  everything: `export * from "simdgrad";`,
};

/** A string of more than 4,000 characters, broken into lines or not, which is data: code has no such strings. */
const DATA = /(["'`])((?:(?!\1)[^\\\n]|\\[\s\S]){4000,})\1/g;
const BROKEN = /\\\n/g;

/** Makes a plugin that replaces every string of data by a mark and adds the string to `found`. */
function markData(found) {
  const mark = (_, quote, text) => `${quote}data:${found.push(text.replace(BROKEN, "")) - 1};${quote}`;
  return {
    name: "mark-data",
    setup({ onLoad }) {
      onLoad({ filter: /\.js$/ }, ({ path }) => ({ contents: readFileSync(path, "utf8").replace(DATA, mark) }));
    },
  };
}

/**
 * Measures all programs.
 * @param folder folder from which "simdgrad" is resolved
 * @returns { code, kernels } for each program, in bytes after brotli
 */
export async function measure(folder) {
  const compressed = new Map();
  const size = (text) => {
    if (!compressed.has(text)) compressed.set(text, brotliCompressSync(text).length);
    return compressed.get(text);
  };
  const sizes = {};
  for (const [name, contents] of Object.entries(PROGRAMS)) {
    const data = [];
    const { outputFiles } = await build({
      stdin: { contents, resolveDir: folder, loader: "js" },
      bundle: true,
      minify: true,
      format: "esm",
      target: "es2022",
      external: ["node:*"],
      write: false,
      plugins: [markData(data)],
    });
    const [{ text }] = outputFiles;
    const left = data.filter((_, i) => text.includes(`data:${i};`));
    sizes[name] = { code: size(text), kernels: size(left.sort().join("\n")) };
  }
  return sizes;
}

/** The sizes as lines of text. */
export function table(sizes) {
  const kB = (bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(9);
  const rows = Object.entries(sizes).map(([name, { code, kernels }]) => `${name.padEnd(44)}${kB(code)}${kB(kernels)}`);
  return [`${"bundled and minified, brotli".padEnd(44)}${"code".padStart(9)}${"kernels".padStart(9)}`, ...rows].join("\n");
}

/** The README's table, which stands between two marks. */
const MARKS = /(<!-- sizes -->\n)[\s\S]*?(\n<!-- \/sizes -->)/;

/** The README with these sizes in its table. */
export function withSizes(readme, sizes) {
  const kB = (bytes) => `${Math.round(bytes / 1000)} kB`;
  const rows = Object.entries(sizes).map(([name, { code, kernels }]) => `| ${name} | ${kB(code)} | ${kB(kernels)} |`);
  return readme.replace(MARKS, (_, before, after) => [`${before}| | code | kernels |`, "|---|---|---|", ...rows].join("\n") + after);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const sizes = await measure(root);
  console.log(table(sizes));
  if (process.argv[2] === "--write") {
    writeFileSync(TABLE, `${JSON.stringify(sizes, null, 2)}\n`);
    writeFileSync(README, withSizes(readFileSync(README, "utf8"), sizes));
  }
}
