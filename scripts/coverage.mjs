/**
 * Writes docs/coverage.md: everything that the doors export, by subject, with the first sentence of its doc comment.
 * `node scripts/coverage.mjs` writes the page, `node scripts/coverage.mjs --check` fails where it is not what the sources say.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript-5";
import { doors } from "./bundle.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const PAGE = join(root, "docs/coverage.md");

/** The subjects in the page's order, and the files of src/ that belong to each; the first that fits counts. */
const SUBJECTS = [
  ["Activations", /^(ops\/(activation|softmax)|nn\/activations|nn\/layers\/activations)/],
  ["Layers", /^nn\/(layers|merge|weightNorm|weightStandardization|input|module|buffer)/],
  ["Losses", /^nn\/(losses|ctcLoss|ctcDecode)/],
  ["Initialization", /^nn\/(initializers|lsuv|initialize|gain)/],
  ["Regularization", /^nn\/(penal|constraints|dropConnect|reparam)/],
  ["Layers", /^nn\//],
  ["Optimizers", /^optim\/(?!schedules)/],
  ["Schedules", /^optim\/schedules/],
  ["Metrics", /^train\/metrics\//],
  ["Training and evaluation", /^(train|model)\//],
  ["Data sets and files", /^io\//],
  ["Data on its way to a model", /^data\//],
  ["Finding hyper-parameters", /^search\//],
  ["Tables of one's own", /^tables\//],
  ["Classic methods", /^classic\//],
  ["Linear algebra", /^linalg\//],
  ["Architectures", /^models\//],
  ["Figures", /^plot\//],
  ["Dashboard", /^dashboard\//],
  ["Reports", /^report\//],
  ["TensorBoard", /^tensorboard\//],
  ["Tensors and operations", /^(ops|tensor)\//],
  ["Gradients, capture, memory, threads", /^/],
];

const options = {
  noEmit: true,
  target: ts.ScriptTarget.ES2022,
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  skipLibCheck: true,
  types: [],
};

/** The page's text. */
export function coverage() {
  const files = doors.map((door) => join(root, `src/${door}.ts`));
  const program = ts.createProgram(files, options);
  const checker = program.getTypeChecker();
  const subjects = new Map(SUBJECTS.map(([title]) => [title, new Map()]));
  for (const [i, file] of files.entries()) {
    const door = doors[i] === "index" ? "simdgrad" : `simdgrad/${doors[i]}`;
    for (const symbol of exportsOf(checker, program.getSourceFile(file))) addTo(subjects, checker, symbol, symbol.name, door);
  }
  const sections = [...subjects].filter(([, rows]) => rows.size > 0).map(([title, rows]) => section(title, rows));
  return `${HEAD}\n${sections.join("\n")}`;
}

const HEAD = `# What there is

Everything that the library exports, by subject, with what its doc comment begins with. This page is made of the sources, by
\`node scripts/coverage.mjs\`. The signatures, ranges and defaults stand in the doc comments, which editors show and \`npm run docs\` makes
pages of.
`;

function exportsOf(checker, file) {
  return checker.getExportsOfModule(checker.getSymbolAtLocation(file));
}

/** Adds a row, or the rows of a namespace such as `initializers`. */
function addTo(subjects, checker, exported, name, door) {
  const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
  if (!(symbol.flags & ts.SymbolFlags.Value)) return;
  const { fileName } = symbol.declarations[0].getSourceFile();
  if (symbol.flags & ts.SymbolFlags.ValueModule) {
    if (/initializers/.test(fileName))
      for (const each of checker.getExportsOfModule(symbol)) addTo(subjects, checker, each, `${name}.${each.name}`, door);
    return;
  }
  const comment = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  if (symbol.getJsDocTags(checker).some((tag) => tag.name === "internal") || /^@internal/.test(comment)) return;
  const path = relative(join(root, "src"), fileName);
  const [title] = SUBJECTS.find(([, pattern]) => pattern.test(path));
  subjects.get(title).set(name, { sentence: firstSentence(comment), door });
}

/** The first sentence in one line, fit for a cell of a table. */
function firstSentence(comment) {
  const line = comment
    .split(/\n\s*\n|\n(?:Shape|Gradient):|\n {4}/)[0]
    .replace(/\s+/g, " ")
    .trim();
  const end = line.search(/\.(?= [A-Z]|$)/);
  const sentence = end === -1 ? line : line.slice(0, end + 1);
  return sentence.replace(/:$/, "").replaceAll("|", "\\|").replaceAll("<", "&lt;");
}

function section(title, rows) {
  const doorsOf = new Set([...rows.values()].map(({ door }) => door));
  const from = [...doorsOf].map((door) => `\`${door}\``).join(", ");
  const lines = [...rows]
    .sort(([a], [b]) => a.toLowerCase().localeCompare(b.toLowerCase(), "en"))
    .map(([name, { sentence, door }]) => {
      const where = doorsOf.size > 1 && door !== "simdgrad" ? ` (\`${door}\`)` : "";
      return `| \`${name}\`${where} | ${sentence} |`;
    });
  return `## ${title}\n\nFrom ${from}.\n\n| | |\n|---|---|\n${lines.join("\n")}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const page = coverage();
  if (process.argv[2] !== "--check") writeFileSync(PAGE, page);
  else if (readFileSync(PAGE, "utf8") !== page) {
    console.error("docs/coverage.md is not what the sources say: run node scripts/coverage.mjs");
    process.exitCode = 1;
  }
}
