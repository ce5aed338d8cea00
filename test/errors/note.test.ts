import { expect, test, vi } from "vitest";
import { forgetNotes, note } from "../../src/errors/note.js";

test("each text is said once", () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  note("a");
  note("b");
  note("a");
  expect(warn.mock.calls).toEqual([["simdgrad: a"], ["simdgrad: b"]]);
  forgetNotes();
  note("a");
  expect(warn).toHaveBeenCalledTimes(3);
  warn.mockRestore();
});
