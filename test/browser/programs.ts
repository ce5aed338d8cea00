import { TRAINING } from "../support/determinism.js";
import { pageOf } from "./site.js";

/** Programs of pages and of their workers, as source texts. */

/** Where the installed package is served, for pages without a bundler. */
const INSTALLED = { library: "/node_modules/simdgrad/build/index.js", digits: "/node_modules/simdgrad/build/digits.js" };
/** What bundlers resolve. */
export const NAMED = { library: "simdgrad", digits: "simdgrad/digits" };

/** Runs an async body that returns the outcome. An error is one too. */
function reported(body: string, report: string): string {
  return `(async () => {${body}})().catch(({ name, code, message }) => ({ name, code, message })).then((outcome) => ${report});`;
}

/** A page and a worker that run `body`, over the modules `library` and `digits`; `training` is at hand. */
export function programs(name: string, body: string, modules = INSTALLED): Record<string, string> {
  const head = `import * as library from "${modules.library}";\nimport * as digits from "${modules.digits}";\n${TRAINING}\n`;
  const worker = `const worker = new Worker(new URL("./${name}-worker.js", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }) => { globalThis.report(data); };
    worker.onerror = ({ message }) => { globalThis.report({ message }); };`;
  return {
    [`${name}-page.html`]: pageOf(`./${name}-page.js`),
    [`${name}-page.js`]: head + reported(body, "globalThis.report(outcome)"),
    [`${name}-inWorker.html`]: pageOf(`./${name}-inWorker.js`),
    [`${name}-inWorker.js`]: worker,
    [`${name}-worker.js`]: head + reported(body, "postMessage(outcome)"),
  };
}

/** The training whose weights have one hash everywhere, on the plain build. */
export const TRAIN = `
  await library.init({ kernels: "simd" });
  const outcome = await training(library, digits, { name: "architectures", threads: 2 });
  // A product worth sharing, whatever the machine.
  const a = library.ones([512, 512]);
  for (let i = 0; i < 20; i++) a.matmul(a);
  return { ...outcome, isolated: crossOriginIsolated };`;
