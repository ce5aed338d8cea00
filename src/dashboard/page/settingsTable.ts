import { el, fill, numberText, type Part, Section, table, words } from "../../report/page/main.js";
import type { Run, Setting } from "../../report/run.js";

/** The settings of the runs that are shown, side by side. Where they differ, the row is marked, and stands first. */
export function settingsTable(): Part {
  const box = el("div");
  const section = new Section("Settings compared", box);
  let written = "";
  return {
    element: section.element,
    show: (runs) => {
      section.hidden = runs.length < 2;
      if (runs.length < 2) return;
      const columns = runs.map(settingsOf);
      const key = JSON.stringify([runs.map(({ name }) => name), columns]);
      if (key === written) return;
      written = key;
      const names = [...new Set(columns.flatMap((column) => Object.keys(column)))];
      const rows = names.map((name) => ({ name, values: columns.map((column) => settingText(column[name])) }));
      const differs = ({ values }: { values: string[] }) => values.some((value) => value !== values[0]);
      const sorted = [...rows.filter(differs), ...rows.filter((row) => !differs(row))];
      const content = sorted.map((row) => [
        words(row.name),
        ...row.values.map((value) => (differs(row) ? el("strong", {}, value) : value)),
      ]);
      fill(
        box,
        table("Settings of the runs; those that differ come first", { heads: ["Setting", ...runs.map(({ name }) => name)], rows: content }),
      );
    },
  };
}

function settingsOf({ model, optimizer, settings, machine, version }: Run): Record<string, Setting | undefined> {
  return {
    model: model?.type,
    parameters: model?.parameters,
    optimizer: optimizer?.type,
    ...optimizer?.settings,
    ...settings,
    threads: machine?.threads,
    kernels: machine?.kernels,
    runtime: machine?.runtime,
    version,
  };
}

function settingText(setting: Setting | undefined): string {
  if (setting === undefined || setting === null) return "–";
  return typeof setting === "number" ? numberText(setting) : String(setting);
}
