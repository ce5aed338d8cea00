import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ArgumentError } from "../../src/errors/errors.js";
import { layered, lines, quantity } from "../../src/plot/chart.js";
import { draw } from "../../src/plot/draw.js";
import { Figure } from "../../src/plot/figure.js";
import { drawing, words } from "../../src/plot/svg.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-plot-"));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = [1, 2, 3].map((x) => ({ x, y: x / 3 }));
const spec = layered({ title: "Thirds < ones" }, lines(rows, { x: quantity("x", "x [m]"), y: quantity("y") }));

test("the same specification gives the same bytes, also where two are drawn at once", async () => {
  const [one, other] = await Promise.all([draw("test", spec), draw("test", spec)]);
  expect(other.svg).toBe(one.svg);
  expect(one.svg).toMatch(/^<svg role="img" aria-label="Thirds &lt; ones" /);
  expect(one.svg).toContain("<title>Thirds &lt; ones</title>");
  expect(one.svg).toContain(">x [m]</text>");
});

test("no coordinate has more than two decimals, and no text of the picture is changed", async () => {
  const { svg } = await draw("test", spec);
  for (const [, places] of svg.matchAll(/ (?:d|transform|x|y|x2|y2)="([^"]*)"/g)) expect(places).not.toMatch(/\.\d{3}/);
  expect(svg).toContain(">0.5<");
});

test("the line goes through its points", async () => {
  const plain = layered(
    { width: 300, height: 90 },
    lines(rows, { x: quantity("x", "x", { domain: [1, 3] }), y: quantity("y", "y", { domain: [0, 1] }) }),
  );
  expect((await draw("test", plain)).svg).toContain('d="M0,60L150,30L300,0"');
});

test("saves what its ending says", async () => {
  const figure = await draw("test", spec);
  const [svg, png] = ["a.svg", "a.PNG"].map((name) => join(folder, name));
  await figure.save(svg);
  await figure.save(png, { scale: 1 });
  expect(readFileSync(svg, "utf8")).toBe(`${figure.svg}\n`);
  expect(readFileSync(png)).toEqual(Buffer.from(await figure.png({ scale: 1 })));
  await expect(figure.save("a.pdf")).rejects.toThrow("Figure.save: the file is a.pdf; expected a name that ends in .svg or .png");
  await expect(figure.png({ scale: 0 })).rejects.toThrow(ArgumentError);
});

test("a PNG has the size that was asked for, and its text is drawn", async () => {
  const size = { width: 80, height: 30, title: "words" };
  const [empty, written] = [drawing(size), drawing(size, words(10, 20, "epoch"))];
  const png = Buffer.from(await written.png({ scale: 3 }));
  expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([240, 90]);
  expect(png.length).toBeGreaterThan(1.5 * (await empty.png({ scale: 3 })).length);
});

test("a figure is made of an SVG only", () => {
  expect(() => new Figure("picture")).toThrow('Figure: the picture is "picture"; expected a string that begins with <svg');
});
