import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import type { Declaration, Declared } from "../options/declare.js";
import { CLIPPING } from "./declaration.js";

/** An optimizer's class. */
interface OptimizerClass {
  readonly type: string;
  readonly name: string;
  readonly prototype: object;
}

const guarded = new WeakSet<object>();

/**
 * Makes an assignment such as `optimizer.lr = 0.1` an error: it would go unnoticed, since the rate is called learningRate and the
 * options belong to the groups. Guards the words that the options are declared with.
 */
export function refuseStrayProperties({ prototype }: OptimizerClass, { options }: Declaration<Declared>): void {
  if (guarded.has(prototype)) return;
  guarded.add(prototype);
  for (const [name, { aka }] of Object.entries(options)) {
    for (const word of [name, ...aka].flatMap((spelling) => [spelling, snakeCase(spelling)])) {
      if (word in prototype) continue;
      const set = function (this: { constructor: unknown }): never {
        const { type } = this.constructor as OptimizerClass;
        throw new ArgumentError(message(type, `it has no property "${word}"`, advice(name)));
      };
      Object.defineProperty(prototype, word, { set, configurable: true });
    }
  }
}

function advice(name: string): string {
  if (name === "learningRate") return 'Did you mean "learningRate"?';
  if (name in CLIPPING.options) return "How to clip is chosen when the optimizer is made.";
  return `Set it for a group: optimizer.groups[0].options.${name}.`;
}

function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

/** Refuses what an optimizer's class declared in earlier versions. */
export function refuseOldForm(optimizer: OptimizerClass): void {
  if (!Object.hasOwn(optimizer, "defaults")) return;
  throw new ArgumentError(
    message(optimizer.name, "static defaults are not read any more", `Write static options = options.declare("${optimizer.name}", { … }).`),
  );
}
