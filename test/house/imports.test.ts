import { posix } from "node:path";
import { expect, test } from "vitest";
import { files, read } from "../support/repository.js";

/** Rooms from the ground up. A room sees those before its own line; rooms of one line do not see each other. */
const FLOORS = [
  ["errors"],
  ["options"],
  ["memory"],
  ["kernels"],
  ["tensor"],
  ["graph"],
  ["capture"],
  ["ops"],
  ["linalg"],
  ["nn", "optim"],
  ["train", "io"],
  ["data"],
  ["diagnose"],
  ["model"],
  ["models"],
  ["classic", "search", "tables"],
  ["plot", "report"],
  ["dashboard", "tensorboard"],
  ["cli"],
];

interface Import {
  from: string;
  to: string;
  /** Gone when the program runs. */
  typeOnly: boolean;
}

const GENERATED = ["src/kernels/generated.ts", ...files("src/kernels/generated")];
// The text of a page is generated as JavaScript beside its declaration.
const sources = [...files("src"), ...GENERATED].filter((path) => path.endsWith(".ts")).map((path) => path.replace(/\.d\.ts$/, ".ts"));
const imports = sources.filter((path) => !path.endsWith("/generated/page.ts")).flatMap(importsOf);

function importsOf(from: string): Import[] {
  const text = read(from).replace(/\/\*[\s\S]*?\*\//g, "");
  const statements = text.matchAll(/^\s*(?:import|export)\s+(type\s)?(?:[\w*{][^;"']*?\sfrom\s+)?["'](\.[^"']*)["']/gm);
  const calls = text.matchAll(/\bimport\(\s*["'](\.[^"']*)["']/g);
  const resolve = (specifier: string) => posix.join(posix.dirname(from), specifier).replace(/\.js$/, ".ts");
  return [
    ...[...statements].map(([, typeOnly, specifier]) => ({ from, to: resolve(specifier), typeOnly: typeOnly !== undefined })),
    ...[...calls].map(([, specifier]) => ({ from, to: resolve(specifier), typeOnly: false })),
  ];
}

/** The folder below src/, or null for the doors of the package: src/index.ts and the like. */
function roomOf(path: string): string | null {
  return path.match(/^src\/(\w+)\//)?.[1] ?? null;
}

function floorOf(room: string): number {
  return FLOORS.findIndex((rooms) => rooms.includes(room));
}

test("every import names a file of src/ by its path with .js", () => {
  expect(imports.length).toBeGreaterThan(50);
  expect(imports.filter(({ to }) => !sources.includes(to)).map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});

test("every folder of src/ is a room that the order knows", () => {
  const rooms = new Set(sources.map(roomOf).filter((room) => room !== null));
  expect([...rooms].filter((room) => floorOf(room) < 0)).toEqual([]);
});

test("imports go one way", () => {
  const wrong = imports.filter(({ from, to }) => {
    const [mine, theirs] = [roomOf(from), roomOf(to)];
    if (mine === null || mine === theirs) return false;
    return theirs === null || floorOf(theirs) >= floorOf(mine);
  });
  expect(wrong.map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});

test("no file imports itself by way of others", () => {
  expect(circles(imports.filter(({ typeOnly }) => !typeOnly))).toEqual([]);
});

/** A graph's circles, one for each edge that closes one. */
function circles(edges: readonly Import[]): string[] {
  const next = new Map<string, Import[]>();
  for (const edge of edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) {
      found.push([...path.slice(path.indexOf(file)), file].join(" → "));
      return;
    }
    if (done.has(file)) return;
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file]);
    done.add(file);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

test("a circle is found", () => {
  const edge = (from: string, to: string): Import => ({ from, to, typeOnly: false });
  expect(circles([edge("a", "b"), edge("b", "c"), edge("c", "b")])).toEqual(["b → c → b"]);
  expect(circles([edge("a", "b"), edge("a", "c"), edge("b", "c")])).toEqual([]);
});
