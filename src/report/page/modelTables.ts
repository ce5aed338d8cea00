import type { Setting } from "../run.js";
import { table } from "./dataTable.js";
import { type Child, el, fill } from "./dom.js";
import { bytesText, numberText, words } from "./format.js";
import { onceA, type Part, Section } from "./part.js";

/** The layers of the model. */
export function modelPart(): Part {
  const box = el("div");
  const section = new Section("Model", box);
  const write = onceA(
    ({ model }) => {
      section.hidden = model === null;
      if (model === null) return;
      const rows = model.layers.map(({ path, type, shape, parameters }) => [
        path === "" ? type : `${path} (${type})`,
        shape,
        parameters === null ? "not built" : numberText(parameters),
      ]);
      const { parameters, trainable, bytes } = model;
      const all =
        parameters === null
          ? "Some layers are not built yet."
          : `${numberText(parameters)} parameters, ${numberText(trainable)} trainable, ${bytesText(bytes)}`;
      fill(box, table("Layers of the model", { heads: ["layer", "output shape", "parameters"], rows }), el("p", { class: "quiet" }, all));
    },
    ({ id, model }) => JSON.stringify([id, model]),
  );
  return { element: section.element, show: ([run]) => write(run) };
}

/** What the training was told: options of fit, optimizer, machine. */
export function settingsPart(): Part {
  const box = el("div", { class: "settings" });
  const section = new Section("Settings", box);
  const write = onceA(
    ({ settings, optimizer, machine, version }) => {
      const lists = [
        list("Training", settings),
        optimizer && list(optimizer.type, optimizer.settings),
        list("Machine", { library: `simdgrad ${version}`, ...(machine as Record<string, Setting> | null) }),
      ];
      fill(box, ...lists);
    },
    ({ id, settings, optimizer, machine }) => JSON.stringify([id, settings, optimizer, machine]),
  );
  return { element: section.element, show: ([run]) => write(run) };
}

function list(title: string, settings: Readonly<Record<string, Setting>>): Child {
  const entries = Object.entries(settings).filter(([, value]) => value !== null);
  if (entries.length === 0) return null;
  const said = (value: Setting) =>
    typeof value === "number" ? numberText(value, 6) : typeof value === "boolean" ? (value ? "yes" : "no") : value;
  return el(
    "div",
    {},
    el("h3", {}, title),
    el("dl", {}, ...entries.flatMap(([name, value]) => [el("dt", {}, words(name)), el("dd", {}, said(value))])),
  );
}
