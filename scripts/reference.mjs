/**
 * `npm run docs` makes the API reference from the doc comments, by TypeDoc, as pages in build/docs. It fails at any warning, such as
 * a link to a name that does not exist.
 *
 * TypeDoc needs the compiler's JavaScript API, which TypeScript 7 does not have. So it gets the version 5 that is installed as
 * `typescript-5`.
 */
import { registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { doors } from "./bundle.mjs";

registerHooks({ resolve: (name, context, next) => next(name === "typescript" ? "typescript-5" : name, context) });
const { Application, ConsoleLogger } = await import("typedoc");

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const application = await Application.bootstrap({
  name: "simdgrad",
  entryPoints: doors.map((door) => join(root, `src/${door}.ts`)),
  tsconfig: join(root, "tsconfig.build.json"),
  out: join(root, "build/docs"),
  readme: "none",
  excludeInternal: true,
  excludePrivate: true,
  disableSources: true,
  // `npm run types` checks the sources, with TypeScript 7; 5.x refuses some types that 7 proves.
  skipErrorChecking: true,
  githubPages: false,
  // A type that is not exported, such as the union of an option's values, is shown in the type that uses it.
  validation: { notExported: false, invalidLink: true },
});

/** Ignores one kind of warning: a method has the comment of its function, whose parameter names differ from the method's. */
application.logger = new (class extends ConsoleLogger {
  warn(text, ...rest) {
    if (!/has an @param with name "[\w.]+", which was not used$/.test(text)) super.warn(text, ...rest);
  }
})();

const project = await application.convert();
if (project) {
  application.validate(project);
  await application.generateOutputs(project);
}
const { errorCount, warningCount } = application.logger;
console.log(`API reference: ${errorCount} errors, ${warningCount} warnings`);
process.exitCode = project && errorCount + warningCount === 0 ? 0 : 1;
