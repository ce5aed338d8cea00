import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { afterEach, beforeAll, expect, test } from "vitest";
import { installed } from "../package/built.js";
import { read } from "../support/repository.js";
import { useChromium } from "./chromium.js";
import { programs } from "./programs.js";
import { serve, write } from "./site.js";

const { testInPage, open, visit } = useChromium();

/** Two trainings: one that is soon over, one that goes on until it is stopped. They wait a little between steps, as longer ones compute. */
const PROGRAM = `
import { Dense, manualSeed, randn, Sequential } from "simdgrad";
import { Dashboard } from "simdgrad/dashboard";
manualSeed(1);
const x = randn([128, 4]);
const y = x.sum({ axes: 1, keepDims: true }).tanh();
const train = (name, learningRate, epochs, delay) => {
  const model = new Sequential([new Dense(16, { inputShape: [4], activation: "relu" }), new Dense(1)]);
  model.compile({ optimizer: { name: "adam", learningRate }, loss: "mse" });
  const wait = { onBatchEnd: () => new Promise((resolve) => setTimeout(resolve, delay)) };
  return model.fit({ x, y }, { epochs, batchSize: 32, validationSplit: 0.25, verbose: 0, ui: new Dashboard({ name }), callbacks: [wait] });
};
await train("first", 1e-2, 5, 0);
const { epoch } = await train("second", 1e-3, 100000, 5);
console.log("epochs", epoch.length > 0);
`;

let folder: string;
let program: ChildProcess;
/** A training whose page stays: what closes it is a timer that keeps no process alive. */
const KEPT = `
import { Dense, ones, Sequential } from "simdgrad";
import { Dashboard } from "simdgrad/dashboard";
const dashboard = new Dashboard({ keepOpen: true });
const model = new Sequential([new Dense(1, { inputShape: [2] })]);
model.compile({ optimizer: "sgd", loss: "mse" });
await model.fit({ x: ones([4, 2]), y: ones([4, 1]) }, { ui: dashboard, verbose: 0 });
setTimeout(async () => {
  const { status } = await fetch(dashboard.url);
  await dashboard.close();
  console.log(status, dashboard.url);
}, 300).unref();
`;

beforeAll(() => {
  folder = installed();
  write(folder, { "train.js": PROGRAM, "kept.js": KEPT });
});
afterEach(() => program?.kill());

/** Starts the program. @returns the address of its page, and how it ends */
async function start(file = "train.js"): Promise<{ address: string; ended: Promise<unknown[]>; output(): string }> {
  program = spawn(process.execPath, [file], { cwd: folder });
  let text = "";
  let output = "";
  program.stdout?.on("data", (piece) => {
    output += piece;
  });
  const ended = once(program, "close");
  const address = await new Promise<string>((resolve, reject) => {
    program.stderr?.on("data", (piece) => {
      text += piece;
      const found = text.match(/http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/);
      if (found !== null && text.endsWith("\n")) resolve(found[0]);
    });
    void ended.then(() => reject(new Error(text)));
  });
  return { address, ended, output: () => output };
}

testInPage("charts are there, updates arrive, controls work, and the page stays when the process has ended", async () => {
  const { address, ended, output } = await start();
  const { tab, said } = await open(address);
  const token = new URL(address).searchParams.get("token") as string;
  // The second training is looked at: it goes on.
  await tab.getByRole("heading", { name: "second", level: 2 }).waitFor();
  await tab.locator(".uplot canvas").first().waitFor();
  expect(tab.url()).toBe(address.replace(/\?.*/, ""));
  expect(await tab.evaluate(() => history.length)).toBeLessThanOrEqual(2);
  expect(await tab.content()).not.toContain(token);
  expect(await tab.getByRole("row", { name: /first/ }).first().textContent()).toContain("finished");

  const line = tab.locator(".now p");
  const epochs = async () => Number((await line.textContent())?.match(/epoch ([\d,]+) of/)?.[1].replaceAll(",", ""));
  const before = await epochs();
  while ((await epochs()) === before) await tab.waitForTimeout(50);

  // By keys alone.
  const pause = tab.getByRole("button", { name: "Pause" });
  await pause.focus();
  await tab.keyboard.press("Enter");
  await tab.locator(".status", { hasText: "paused" }).waitFor();
  expect(await tab.evaluate(() => document.activeElement?.textContent)).toBe("Resume");
  await tab.keyboard.press("Tab");
  await tab.keyboard.press("Tab");
  await tab.keyboard.type("0.0005");
  await tab.keyboard.press("Enter");
  await tab.getByText("The rate is 0.0005, it was 0.001.").waitFor();
  const paused = await epochs();

  // Loaded again, and in another tab that knows the address, the page is the same.
  await tab.reload();
  await tab.locator(".status", { hasText: "paused" }).waitFor();
  const other = await open(address);
  await other.tab.locator(".status", { hasText: "paused" }).waitFor();
  expect(await epochs()).toBe(paused);
  await other.tab.getByRole("button", { name: "Resume" }).click();
  await tab.locator(".status", { hasText: "running" }).waitFor();

  // The policy lets no script in but the page's own; the debugger may.
  const violations = async () => {
    await tab.evaluate(read("node_modules/axe-core/axe.min.js"));
    return tab.evaluate(async () => {
      const { axe } = globalThis as unknown as { axe: { run(): Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } };
      return (await axe.run()).violations.map(({ id, nodes }) => [id, ...nodes.map(({ html }) => html)]);
    });
  };
  const refusals = said.splice(0).filter((text) => !text.includes("Content Security Policy"));
  expect(refusals).toEqual([]);
  expect(await violations()).toEqual([]);
  await tab.emulateMedia({ colorScheme: "dark" });
  expect(await violations()).toEqual([]);
  await tab.setViewportSize({ width: 390, height: 844 });
  // The charts follow in the frame after.
  await expect.poll(() => tab.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
  expect(said).toEqual([]);

  tab.on("dialog", (dialog) => dialog.accept());
  await tab.getByRole("button", { name: "Stop" }).click();
  expect(await ended).toEqual([0, null]);
  expect(output()).toBe("epochs true\n");
  await tab.locator(".status", { hasText: "stopped" }).waitFor();
  await tab.getByText("The process has ended. This page keeps what it has.").waitFor();
  expect(await tab.locator(".uplot canvas").count()).toBeGreaterThan(2);
  // That nothing answers any more stands in the console, by the browser.
  expect(said.filter((text) => !text.startsWith("Failed to load resource: net::ERR_"))).toEqual([]);
  await tab.close();
  await other.tab.close();
});

testInPage("a foreign page reaches nothing", async () => {
  const { address } = await start();
  const { origin, searchParams } = new URL(address);
  // Another server of this machine, whose page the same browser has open, and which even knows the token.
  write(folder, { "foreign.html": "<!doctype html><link rel=icon href=data:,><body></body>" });
  const { address: other, server } = await serve(folder, {});
  const mine = await open(address);
  const { tab } = await open(`${other}/foreign.html`);
  const outcome = await tab.evaluate(
    async ([target, token]) => {
      const attempt = (path: string, options: RequestInit) =>
        fetch(`${target}${path}`, options).then(
          ({ status, type }) => [status, type],
          () => "refused",
        );
      const headers = { Authorization: `Bearer ${token}` };
      const frame = document.createElement("iframe");
      frame.src = `${target}/?token=${token}`;
      document.body.append(frame);
      await new Promise((resolve) => {
        frame.onload = resolve;
      });
      return {
        read: await attempt("/events", { headers }),
        // A request that needs no leave of the server is sent, with the cookies of this machine, and refused there.
        sent: await attempt("/runs/x/control", { method: "POST", body: '{"action":"stop"}', mode: "no-cors", credentials: "include" }),
        image: await new Promise((resolve) =>
          Object.assign(new Image(), {
            onload: () => resolve("shown"),
            onerror: () => resolve("refused"),
            src: `${target}/?token=${token}`,
          }),
        ),
        frame: (() => {
          try {
            return frame.contentDocument?.body.textContent ?? "closed";
          } catch {
            return "closed";
          }
        })(),
      };
    },
    [origin, searchParams.get("token") as string],
  );
  expect(outcome).toMatchObject({ read: "refused", image: "refused", frame: "closed" });
  expect(JSON.stringify(outcome.sent)).toMatch(/refused|opaque/);
  await mine.tab.locator(".status", { hasText: /^running$/ }).waitFor();
  // Of a process that is gone without a word the page does not tell that it goes on.
  program.kill("SIGKILL");
  await mine.tab.locator(".status", { hasText: /^was running$/ }).waitFor();
  await mine.tab.getByText("The connection is lost; trying again.").waitFor();
  await mine.tab.close();
  await tab.close();
  server.close();
});

testInPage("in a browser, a page cannot be served, and is not asked for", async () => {
  const body = `
    const { Dense, Sequential, ones } = library;
    const model = new Sequential([new Dense(1, { inputShape: [2] })]);
    model.compile({ optimizer: "sgd", loss: "mse" });
    await model.fit({ x: ones([4, 2]), y: ones([4, 1]) }, { ui: true, verbose: 0 });`;
  write(folder, programs("ui", body));
  const { outcome, said } = await visit(folder, "ui-page.html", {});
  const message = expect.stringMatching(/^Dashboard: a browser serves no page; that needs Node, Deno or Bun\./);
  expect(outcome).toMatchObject({ code: "ARGUMENT", message });
  expect(said).toEqual([]);
});

test("keepOpen keeps the process until close", async () => {
  const { ended, output } = await start("kept.js");
  expect(await ended).toEqual([0, null]);
  expect(output()).toBe("200 null\n");
});
