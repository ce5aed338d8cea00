import { el, fill, runView, themeSwitch } from "../../report/page/main.js";
import { Chosen } from "./chosen.js";
import { Connection } from "./connection.js";
import { ControlPanel } from "./controlPanel.js";
import { Progress } from "./progress.js";
import { RunTable } from "./runTable.js";
import { settingsTable } from "./settingsTable.js";
import { takeToken } from "./token.js";

/** The page: the run that is looked at with its controls, the others beside it. It is written anew when events come, at most once a frame. */
function begin(token: string): void {
  const chosen = new Chosen();
  let due = false;
  const refresh = (): void => {
    // A page that nobody sees is written when somebody does.
    if (due || document.hidden) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      show();
    });
  };
  const connection = new Connection(token, refresh);
  const link = el("p", { class: "link", role: "status" });
  const problems = el("ul", { class: "problems quiet" });
  const progress = new Progress();
  const controls = new ControlPanel(connection);
  const runs = new RunTable(chosen, refresh);
  const parts = [runView(), settingsTable()];
  const waiting = el("p", { class: "quiet" }, "Waiting for a training to begin.");
  const content = el("div", {}, progress.element, controls.element, runs.element, ...parts.map(({ element }) => element));
  const main = el("main", {}, waiting, content, problems);
  document.body.replaceChildren(el("header", {}, el("h1", {}, "Training"), link, themeSwitch()), main);

  const show = (): void => {
    const { state } = connection;
    const shown = chosen.shown(state);
    const looked = chosen.lookedAt(state);
    const text = linkText(connection);
    if (link.textContent !== text) link.textContent = text;
    link.dataset.link = connection.link;
    waiting.hidden = looked !== null;
    content.hidden = looked === null;
    controls.show(state, looked);
    runs.show(state, shown, connection.link);
    fill(problems, ...state.problems.map((problem) => el("li", {}, problem)));
    if (looked === null) return;
    progress.show(shown[0], state.runs[looked].control, connection.link);
    document.title = `${shown[0].name} – training`;
    for (const part of parts) part.show(shown);
  };
  document.addEventListener("visibilitychange", refresh);
  show();
  void connection.listen();
}

function linkText({ link, state }: Connection): string {
  const isOver = Object.values(state.runs).every(({ control }) => control === null || control === "over");
  switch (link) {
    case "connecting":
      return "Connecting …";
    case "open":
      return isOver ? "Finished." : "Live.";
    case "lost":
      return isOver
        ? "The process has ended. This page keeps what it has."
        : "The connection is lost; trying again. This page keeps what it has.";
    case "refused":
      return "Another process is at this address now. This page keeps what it has.";
  }
}

const token = takeToken();
if (token === null)
  document.body.textContent = "Open the address that the training wrote to the terminal: it has a token, which this tab has not.";
else begin(token);
