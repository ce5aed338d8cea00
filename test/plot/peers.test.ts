import { afterEach, expect, test, vi } from "vitest";

afterEach(() => {
  vi.doUnmock("vega");
  vi.doUnmock("@resvg/resvg-wasm");
  vi.resetModules();
});

function without(library: string): void {
  vi.doMock(library, () => {
    throw new Error(`Cannot find package '${library}'\nRequire stack:\n- here`);
  });
}

test("without Vega the error names the command that installs it", async () => {
  without("vega");
  const { lossCurves } = await import("../../src/plot.js");
  const failure = lossCurves({ loss: [1, 2] });
  await expect(failure).rejects.toMatchObject({ name: "PeerError", code: "PEER" });
  await expect(failure).rejects.toThrow(/^lossCurves: Vega cannot be loaded, which draws figures: .+\. Run: npm install vega vega-lite$/s);
});

test("without the renderer of PNG, too, and SVG goes on", async () => {
  without("@resvg/resvg-wasm");
  const { lossCurves } = await import("../../src/plot.js");
  const figure = await lossCurves({ loss: [1, 2] });
  await expect(figure.png()).rejects.toThrow(/^Figure\.png: .+\. Run: npm install @resvg\/resvg-wasm dejavu-fonts-ttf$/s);
});
