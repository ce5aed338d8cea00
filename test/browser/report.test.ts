/** The page of a report, in a browser: what it draws, how it is read, and that it asks for nothing. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { beforeAll, describe, expect } from "vitest";
import { loadDigits } from "../../src/digits.js";
import { BatchNorm2d, Conv2d, Dense, Diagnosis, Flatten, MaxPool2d, manualSeed, Sequential, tensor } from "../../src/index.js";
import { RunRecorder, report } from "../../src/report.js";
import { emptyFolder } from "../package/built.js";
import { read } from "../support/repository.js";
import { useChromium } from "./chromium.js";

const { testInPage, open } = useChromium();
const folder = emptyFolder();
const addressOf = (file: string): string => pathToFileURL(join(folder, file)).href;

beforeAll(async () => {
  manualSeed(1);
  const { train, test } = await loadDigits();
  const images = (x: typeof train.x) => tensor(x.toArray()).reshape([-1, 1, 8, 8]).detach();
  const layers = [new Conv2d(null, 4, 3, { activation: "relu" }), new BatchNorm2d(null), new MaxPool2d(2), new Flatten(), new Dense(10)];
  const model = new Sequential(layers).compile({ optimizer: "adam", loss: "crossEntropy", metrics: ["accuracy"] });
  const recorder = new RunRecorder({ name: "small network" });
  const callbacks = [recorder, new Diagnosis({ every: 10 })];
  await model.fit({ x: images(train.x), y: train.y }, { epochs: 2, validationSplit: 0.2, callbacks, verbose: 0 });
  const page = await report(recorder.run, model, { data: { x: images(test.x), y: test.y }, title: "Digits" });
  await page.save(join(folder, "report.html"));

  const x = tensor(Array.from({ length: 64 }, (_, i) => [i / 64, (i % 7) / 7]));
  const y = tensor(Array.from({ length: 64 }, (_, i) => [i / 32]));
  const line = new Sequential([new Dense(1)]).compile({ optimizer: "sgd", loss: "mse" });
  const history = await line.fit({ x, y }, { epochs: 3, verbose: 0 });
  writeFileSync(join(folder, "plain.html"), (await report(history, line, { data: { x, y } })).html);
});

/** What axe finds wrong. */
async function violations(page: Page): Promise<string[]> {
  await page.evaluate(read("node_modules/axe-core/axe.min.js"));
  const { violations: found } = (await page.evaluate("axe.run()")) as { violations: { id: string; nodes: { html: string }[] }[] };
  return found.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 100)}`);
}

const headings = (page: Page) => page.locator("section:not([hidden]) > h2").allTextContents();
const height = (page: Page) => page.evaluate("document.documentElement.scrollWidth - innerWidth");

describe.each(["light", "dark"] as const)("%s", (colorScheme) => {
  testInPage.each([1280, 360])("%i pixels wide: every part is there, accessible, and no wider than the page", async (width) => {
    const { tab: page, said, asked } = await open(addressOf("report.html"), { colorScheme, viewport: { width, height: 800 } });
    const parts = ["Findings", "Curves", "Classes", "Worst samples", "Layers over time", "Histograms", "Model", "Settings"];
    expect(await headings(page)).toEqual(parts);
    expect(await page.locator(".plot canvas").count()).toBe(6);
    expect(await page.locator("table.heat tbody tr").count()).toBe(10);
    expect(await page.locator(".gallery img").count()).toBeGreaterThan(3);
    expect(await page.evaluate("[...document.images].every(({ naturalWidth }) => naturalWidth === 8)")).toBe(true);
    expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe(
      colorScheme === "dark" ? "rgb(13, 17, 23)" : "rgb(246, 248, 250)",
    );
    expect(await height(page)).toBeLessThanOrEqual(0);
    for (const summary of await page.locator("summary").all()) await summary.evaluate((element) => (element as HTMLElement).click());
    // The browser tells a box that it was opened in a task of its own, and then its numbers are written.
    await expect.poll(() => page.locator("details.numbers:not(:has(tbody))").count()).toBe(0);
    expect(await violations(page)).toEqual([]);
    expect(await height(page)).toBeLessThanOrEqual(0);
    expect({ said, asked }).toEqual({ said: [], asked: [addressOf("report.html")] });
    await page.close();
  });
});

testInPage("charts are read and lines are hidden by keys, and the colours chosen", async () => {
  const { tab: page, said } = await open(addressOf("report.html"), { colorScheme: "light" });
  await page.locator(".plot").first().focus();
  await page.keyboard.press("Home");
  const live = () => page.locator("output.hidden").first().textContent();
  await expect.poll(live).toMatch(/^step 1: loss \d/);
  await page.keyboard.press("ArrowRight");
  await expect.poll(live).toMatch(/^step 2: loss \d/);
  const button = page.locator(".legend button", { hasText: "validation" }).first();
  await button.focus();
  await page.keyboard.press("Enter");
  await expect.poll(() => button.getAttribute("aria-pressed")).toBe("false");
  await page.getByLabel("Colours").selectOption("dark");
  expect(await page.evaluate("getComputedStyle(document.body).backgroundColor")).toBe("rgb(13, 17, 23)");
  await page.getByText("Numbers of: Loss by step").click();
  await expect.poll(() => page.locator("details[open] tbody tr").count()).toBe(72);
  // By tabs alone everything is reached, in the order of the page.
  await page.getByLabel("Colours").focus();
  const reached = new Set<string>();
  for (let i = 0; i < 60; i++) {
    await page.keyboard.press("Tab");
    reached.add((await page.evaluate("document.activeElement.tagName + '.' + document.activeElement.className")) as string);
  }
  expect([...reached]).toEqual(expect.arrayContaining(["A.", "INPUT.", "DIV.plot", "BUTTON.", "SUMMARY.", "DIV.scroll"]));
  expect(said).toEqual([]);
  await page.close();
});

testInPage("without a diagnosis, of a regression: the parts that there are", async () => {
  const { tab: page, said, asked } = await open(addressOf("plain.html"), {});
  expect(await headings(page)).toEqual(["Findings", "Curves", "Predictions", "Worst samples", "Model", "Settings"]);
  expect(await page.locator(".findings").textContent()).toContain("This training was not diagnosed.");
  expect(await page.locator("circle.point").count()).toBe(64);
  expect(await violations(page)).toEqual([]);
  expect({ said, asked }).toEqual({ said: [], asked: [addressOf("plain.html")] });
  await page.close();
});
