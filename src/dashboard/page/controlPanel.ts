import { el, numberText } from "../../report/page/main.js";
import type { BoardState } from "../board.js";
import type { Request } from "../controls.js";
import type { Connection } from "./connection.js";

/** The buttons of the run that is looked at. What became of a request is written beside them. */
export class ControlPanel {
  readonly element: HTMLElement;
  readonly #pause = el("button", { type: "button", click: () => this.#ask({ action: "pause" }) }, "Pause");
  readonly #resume = el("button", { type: "button", click: () => this.#ask({ action: "resume" }) }, "Resume");
  readonly #stop = el("button", { type: "button", class: "stop", click: () => this.#askToStop() }, "Stop");
  readonly #rate = el("input", { type: "number", min: 0, step: "any", required: true, "aria-describedby": "rate-about" });
  readonly #set = el("button", { type: "submit" }, "Set rate");
  readonly #answer = el("output", { class: "answer", "aria-live": "polite" });
  #run: string | null = null;

  constructor(private readonly connection: Connection) {
    const about = "From the next step on. A schedule goes on from there, multiplied as a whole.";
    const rate = el(
      "form",
      { submit: (event: Event) => this.#setRate(event) },
      el("label", {}, "Learning rate ", this.#rate),
      this.#set,
      el("span", { class: "quiet", id: "rate-about" }, about),
    );
    const buttons = el("div", { class: "buttons" }, this.#pause, this.#resume, this.#stop);
    this.element = el("section", { class: "controls", "aria-label": "Controls" }, buttons, rate, this.#answer);
  }

  show({ runs }: BoardState, id: string | null): void {
    const control = id === null ? null : runs[id].control;
    this.element.hidden = control === null;
    if (id !== this.#run) {
      this.#run = id;
      this.#rate.value = "";
      this.#answer.textContent = "";
    }
    if (id === null) return;
    const isOver = control === "over" || this.connection.link !== "open";
    if (control === "over") this.#answer.textContent = "";
    const waits = control === "pausing" || control === "paused";
    // A button that has the focus keeps it: it takes the other's place.
    const focused = document.activeElement === this.#pause || document.activeElement === this.#resume;
    this.#pause.hidden = waits;
    this.#resume.hidden = !waits;
    if (focused) (waits ? this.#resume : this.#pause).focus();
    for (const button of [this.#pause, this.#resume, this.#stop, this.#set, this.#rate]) button.disabled = isOver || control === "stopping";
    this.#rate.placeholder = numberText(runs[id].run.steps.learningRate.at(-1));
  }

  async #ask(request: Request): Promise<void> {
    const run = this.#run;
    if (run === null) return;
    this.#answer.textContent = "…";
    const { done, text } = await this.connection.ask(run, request);
    this.#answer.classList.toggle("refused", !done);
    this.#answer.textContent = text;
  }

  #askToStop(): void {
    if (confirm("Stop this training? It ends after the step under way, and keeps what it has learned.")) void this.#ask({ action: "stop" });
  }

  #setRate(event: Event): void {
    event.preventDefault();
    void this.#ask({ action: "rate", rate: Number(this.#rate.value) });
  }
}
