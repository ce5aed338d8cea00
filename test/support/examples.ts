import { dirname, join } from "node:path/posix";
import * as classic from "../../src/classic.js";
import * as dashboard from "../../src/dashboard.js";
import * as data from "../../src/data.js";
import * as datasets from "../../src/datasets.js";
import * as digits from "../../src/digits.js";
import * as core from "../../src/index.js";
import * as linalg from "../../src/linalg.js";
import * as models from "../../src/models.js";
import * as plot from "../../src/plot.js";
import * as report from "../../src/report.js";
import * as tables from "../../src/tables.js";
import * as tensorboard from "../../src/tensorboard.js";
import { files, read } from "./repository.js";

/** All that the package exports, by whichever door. */
export const library = {
  ...classic,
  ...dashboard,
  ...data,
  ...datasets,
  ...digits,
  ...linalg,
  ...models,
  ...report,
  ...plot,
  ...tables,
  ...tensorboard,
  ...core,
};

/** What examples may use besides the library's exports. An example that needs anything else makes it itself. */
export function scope(code: string): Record<string, unknown> {
  const { Parameter, ones, rand, randint, randn, tensor } = library;
  const labels = tensor([3, 1, 4, 1], { dtype: "int32" });
  const model = new library.Sequential([new library.Flatten(), new library.Linear(16, 10)]);
  const optimizer = new library.SGD();
  model.compile({ optimizer, loss: "crossEntropy", metrics: ["accuracy"] });
  const classifier = new library.Sequential([new library.Linear(2, 2), new library.Tanh(), new library.Linear(2, 3)]);
  classifier.compile({ optimizer: "sgd", loss: "crossEntropy" });
  const [weights, biases] = model.parameters();
  const parameter = new Parameter(ones([3]));
  parameter.mul(2).sum().backward();
  return {
    x: rand([4, 4, 4], { requiresGrad: true }),
    y: labels,
    w: new Parameter(randn([4, 4])),
    bias: new Parameter(randn([4])),
    a: randn([4, 4], { requiresGrad: true }),
    b: randn([4, 4], { requiresGrad: true }),
    u: randn([4]),
    v: randn([4]),
    n: 4,
    row: randn([1, 5]),
    table: new Parameter(randn([10, 3])),
    index: randint(0, 10, [5, 3]),
    values: randn([5, 3]),
    logits: randn([4, 10], { requiresGrad: true }),
    logProbabilities: randn([4, 10]).logSoftmax(),
    labels,
    images: rand([2, 3, 28, 28]),
    qkv: randn([2, 5, 192]),
    parameter,
    net: model,
    model,
    optimizer: new library.SGD(model.parameters()),
    params: model.parameters(),
    weights,
    biases,
    train: { x: rand([20, 16]), y: randint(0, 10, [20]) },
    test: { x: rand([4, 16]), y: labels },
    // Samples in the plane, and a model of them.
    points: { x: randn([30, 2]), y: randint(0, 3, [30]) },
    classifier,
    // A graph that nobody goes through would be warned of.
    ...(/\bloss\b/.test(code) && { loss: library.crossEntropy(model.forward(rand([4, 16])), labels) }),
  };
}

export interface Documented {
  place: string;
  /** The name of the export that follows, if one does. */
  name: string | undefined;
  examples: string[];
}

/** Every doc comment of a file, with its examples. */
export function documented(path: string): Documented[] {
  const text = read(path);
  const COMMENT = /\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*(?:export (?:abstract |async )*(?:const|function|class) (\w+))?/g;
  return [...text.matchAll(COMMENT)].map((match) => {
    const comment = match[1].replace(/^[ \t]*\* ?/gm, "").trimEnd();
    const [, ...examples] = comment.split(/@example\b/);
    const line = text.slice(0, match.index).split("\n").length;
    // Another tag ends an example.
    return { place: `${path}:${line}`, name: match[2], examples: examples.map((example) => example.split(/(?:^|\s)@[a-z]/)[0].trim()) };
  });
}

/** The files that the library is made of: what its doors reach by imports. */
export function reached(...doors: string[]): string[] {
  const present = new Set(files("src"));
  const found = new Set(doors);
  for (const path of found) {
    for (const [, target] of read(path).matchAll(/(?:from|import) "(\.[^"]*)\.js"/g)) {
      const other = `${join(dirname(path), target)}.ts`;
      if (present.has(other)) found.add(other);
    }
  }
  return [...found];
}

/** The files behind the package's doors. */
export const sources = reached(
  "src/index.ts",
  "src/classic.ts",
  "src/dashboard.ts",
  "src/data.ts",
  "src/datasets.ts",
  "src/digits.ts",
  "src/linalg.ts",
  "src/models.ts",
  "src/report.ts",
  "src/plot.ts",
  "src/tables.ts",
  "src/tensorboard.ts",
  // What figures use of it; its own words, such as uniform, are other things than the core's.
).filter((path) => !path.startsWith("src/search/"));
