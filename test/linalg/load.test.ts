import { afterEach, expect, test, vi } from "vitest";
import { loadMlMatrix } from "../../src/linalg/load.js";

afterEach(() => {
  vi.doUnmock("ml-matrix");
  vi.resetModules();
});

test("the peer is loaded", async () => {
  const { Matrix } = await loadMlMatrix("svd");
  expect(new Matrix([[1, 2]]).columns).toBe(2);
});

test("without the peer the error names the command that installs it", async () => {
  vi.doMock("ml-matrix", () => {
    throw new Error("Cannot find package 'ml-matrix'");
  });
  const { loadMlMatrix } = await import("../../src/linalg/load.js");
  const failure = loadMlMatrix("svd");
  await expect(failure).rejects.toMatchObject({ name: "PeerError", code: "PEER" });
  await expect(failure).rejects.toThrow(/^svd: the library ml-matrix cannot be loaded: .+\. Run: npm install ml-matrix$/s);
});
