import { pathText } from "../io/node.js";
import type { DashboardSettings } from "../model/dashboardOptions.js";
import { RunRecorder } from "../report/recorder.js";
import type { TrainingContext } from "../train/callbacks.js";
import type { Training } from "../train/loop.js";
import { Controls } from "./controls.js";
import { openInBrowser } from "./openInBrowser.js";
import { RunFile } from "./runFile.js";
import { RunFolder } from "./runFolder.js";
import { type Serving, serve } from "./serving.js";

export { endServing } from "./serving.js";

/** Milliseconds for which the end of a training waits at most for pages to take the last figures. */
const PATIENCE = 2000;

/** A training on the page of its process. Everything that a server needs is loaded with this file, when the first training begins. */
export class Session {
  readonly #recorder: RunRecorder;
  readonly #controls: Controls;
  #file: RunFile | null = null;

  private constructor(
    private readonly serving: Serving,
    private readonly settings: DashboardSettings,
  ) {
    const { name } = settings;
    const { server, board } = serving;
    const recorder = new RunRecorder(name === undefined ? {} : { name });
    this.#recorder = recorder;
    const waiting = {
      // A process that waits for nobody else would end.
      begin: () => {
        recorder.paused = true;
        server.hold();
      },
      end: () => {
        recorder.paused = false;
        server.release();
      },
    };
    this.#controls = new Controls(waiting, () => board.changed());
  }

  /** @throws ArgumentError for a port that is not free */
  static async begin(op: string, settings: DashboardSettings): Promise<Session> {
    const session = new Session(await serve(op, settings.port), settings);
    if (settings.keepOpen) session.serving.server.keepOpen();
    if (settings.open) openInBrowser(session.url);
    return session;
  }

  get url(): string {
    return this.serving.server.url;
  }

  trainBegin(context: TrainingContext): void {
    const recorder = this.#recorder;
    recorder.onTrainBegin(context);
    const { board } = this.serving;
    const { runs } = this.settings;
    if (runs !== undefined) {
      const folder = pathText("Dashboard", runs);
      board.addOthers(folder, () => new RunFolder(folder, () => board.changed()));
      this.#file = new RunFile(folder, recorder.run.id);
    }
    board.add(recorder.run.id, () => recorder.run, this.#controls);
  }

  epochBegin(): void {
    this.#recorder.onEpochBegin();
  }

  step(training: Training): void | Promise<void> {
    this.#recorder.observe(training);
    return this.#controls.step(training);
  }

  async epochEnd(epoch: number): Promise<void> {
    this.#recorder.onEpochEnd(epoch);
    await this.#file?.write(this.#recorder.run);
  }

  async trainEnd(): Promise<void> {
    this.#recorder.onTrainEnd();
    this.#controls.end();
    await this.#file?.end(this.#recorder.run);
    await this.serving.board.deliver(PATIENCE);
  }
}
