import { existsSync } from "node:fs";
import type { OutgoingHttpHeaders } from "node:http";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { serve } from "./site.js";

/** The browser of these tests: Debian's Chromium, or the one that SIMDGRAD_CHROMIUM names. */

const program = process.env.SIMDGRAD_CHROMIUM || "/usr/bin/chromium";
const found = existsSync(program);

/** Milliseconds that a page is waited for: less than a test may take, so that it is told what was waited for. */
const WAIT = 150_000;

/** What a page ended with: what it gave to `report`, and what stands in its console, warnings and errors. */
export interface Visit {
  outcome: unknown;
  said: string[];
}

/** A visit of a page. @param before source that runs in the page before anything else */
export type Visitor = (folder: string, page: string, headers: OutgoingHttpHeaders, before?: string) => Promise<Visit>;

/** A page, what stands in its console, warnings and errors, and the addresses of what it asked for, its own first. */
export interface Opened {
  tab: Page;
  said: string[];
  asked: string[];
}

/** Opens the page at an address. */
export type Opener = (address: string, options?: BrowserContextOptions) => Promise<Opened>;

/** Starts the browser for a file of tests. @returns tests that are skipped where there is none, and what opens pages */
export function useChromium(): { testInPage: typeof test; visit: Visitor; open: Opener } {
  let browser: Browser;
  beforeAll(async () => {
    if (found) browser = await chromium.launch({ executablePath: program, args: ["--no-sandbox"] });
  });
  afterAll(() => browser?.close());

  if (!found) {
    const missing = `there is no ${program}; install Chromium, or name one in SIMDGRAD_CHROMIUM`;
    test.skipIf(!process.env.CI)(missing, () => expect.unreachable(missing));
  }

  const blank = async (options?: BrowserContextOptions): Promise<Opened> => {
    const tab = await browser.newPage(options);
    tab.setDefaultTimeout(WAIT);
    const [said, asked]: [string[], string[]] = [[], []];
    tab.on("request", (request) => {
      if (!request.url().startsWith("data:")) asked.push(request.url());
    });
    tab.on("console", (message) => {
      if (["warning", "error"].includes(message.type())) said.push(message.text());
    });
    tab.on("pageerror", (error) => said.push(`uncaught ${error.message}`));
    return { tab, said, asked };
  };

  const open: Opener = async (address, options) => {
    const opened = await blank(options);
    await opened.tab.goto(address);
    return opened;
  };

  const visit: Visitor = async (folder, page, headers, before) => {
    const { address, server } = await serve(folder, headers);
    const { tab, said } = await blank();
    try {
      if (before !== undefined) await tab.addInitScript(before);
      let exposed: Promise<unknown> = Promise.resolve();
      const reported = new Promise((resolve) => {
        exposed = tab.exposeFunction("report", resolve);
      });
      await exposed;
      await tab.goto(`${address}/${page}`);
      const late = new Promise<never>((_, reject) =>
        setTimeout(() => reject(new Error(`${page} reports nothing; its console: ${said.join("\n") || "empty"}`)), WAIT).unref(),
      );
      const outcome = await Promise.race([reported, late]);
      // Each thread's console comes in order, but not those of several: an answer comes behind what its thread said before.
      const own = tab.workers().filter((worker) => worker.url().includes("-worker"));
      await Promise.all([tab.evaluate(() => 0), ...own.map((worker) => worker.evaluate(() => 0))]);
      return { outcome, said };
    } finally {
      await tab.close();
      server.close();
    }
  };
  return { testInPage: test.skipIf(!found) as typeof test, visit, open };
}
