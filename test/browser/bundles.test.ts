/** Pages and workers as bundlers make them. */
import { join } from "node:path";
import { build as esbuild } from "esbuild";
import { build as vite } from "vite";
import { beforeAll, describe, expect } from "vitest";
import { installed } from "../package/built.js";
import { HASHES } from "../support/determinism.js";
import { useChromium } from "./chromium.js";
import { NAMED, programs, TRAIN } from "./programs.js";
import { ISOLATED, pageOf, write } from "./site.js";

const { testInPage, visit } = useChromium();

const BUNDLERS = {
  esbuild: async (folder: string) => {
    const entryPoints = ["page", "inWorker", "worker"].map((name) => join(folder, `train-${name}.js`));
    const options = { bundle: true, minify: true, format: "esm", platform: "browser", logLevel: "silent" } as const;
    const { warnings } = await esbuild({ ...options, entryPoints, outdir: join(folder, "esbuild") });
    write(folder, Object.fromEntries(["page", "inWorker"].map((name) => [`esbuild/train-${name}.html`, pageOf(`./train-${name}.js`)])));
    return warnings;
  },
  vite: async (folder: string) => {
    const warnings: string[] = [];
    const input = ["page", "inWorker"].map((name) => join(folder, `train-${name}.html`));
    await vite({
      root: folder,
      configFile: false,
      logLevel: "silent",
      worker: { format: "es" },
      build: {
        outDir: "vite",
        chunkSizeWarningLimit: 2000,
        rolldownOptions: { input, onwarn: ({ code, message }) => (code === "PLUGIN_TIMINGS" ? undefined : warnings.push(message)) },
      },
    });
    return warnings;
  },
};

describe.each(Object.keys(BUNDLERS) as (keyof typeof BUNDLERS)[])("%s", (bundler) => {
  let folder: string;
  beforeAll(async () => {
    folder = installed();
    write(folder, programs("train", TRAIN, NAMED));
    expect(await BUNDLERS[bundler](folder)).toEqual([]);
  });

  testInPage.each(["page", "inWorker"])("%s: the bits of Node on two threads, a quiet console", async (place) => {
    const { outcome, said } = await visit(join(folder, bundler), `train-${place}.html`, ISOLATED);
    expect(outcome).toMatchObject({ hash: HASHES.architectures, threads: 2 });
    expect(said).toEqual([]);
  });
});
