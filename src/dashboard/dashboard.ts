import { ArgumentError, GraphError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { note } from "../errors/note.js";
import { hasFiles } from "../io/node.js";
import { DASHBOARD, type DashboardOptions, type DashboardSettings } from "../model/dashboardOptions.js";
import { checkArity } from "../options/arity.js";
import { Callback, type TrainingContext } from "../train/callbacks.js";
import type { Batch } from "../train/data.js";
import type { Training } from "../train/loop.js";
import type { Observer } from "../train/observer.js";
import { endServing, Session } from "./session.js";

/**
 * Shows a training on a page of this machine while it runs: curves, layers, findings, settings. The page pauses it, lets it go on, stops it and
 * changes its rate. All trainings of a process share one page, where their curves lie over each other.
 *
 * `fit({ ui: true })` uses one. The address is written to stderr. It has a random token, and only 127.0.0.1 answers: nobody else sees the page,
 * and nothing leaves the machine. The training comes to the same bits with and without it; a page that is open costs some hundredths of its
 * time. The process ends when it is done, while a page that is open keeps what it has.
 *
 * Where `yieldEvery` of `fit` is Infinity, training leaves the server no turn: the page hears of it at its end.
 * @param options.port port of the page; default 0: any that is free
 * @param options.open whether the page is opened in the browser; default false
 * @param options.name what the training is called; default the type of the model
 * @param options.keepOpen whether the process, and so the page, stays until `close`; default false
 * @param options.runs path of a folder to which the training is written, and from which those of other processes are shown; default none
 * @throws ArgumentError for an unknown option, and in browsers, which serve no page
 * @example
 * const dashboard = new Dashboard({ name: "first try" });
 * await model.fit(train, { epochs: 20, ui: dashboard, verbose: 0 });
 */
export class Dashboard extends Callback implements Observer {
  override readonly addsFigures: readonly string[] = [];
  readonly #settings: DashboardSettings;
  #session: Session | null = null;
  #url: string | null = null;

  constructor(options?: DashboardOptions) {
    super();
    checkArity(DASHBOARD.op, arguments.length, 1);
    this.#settings = DASHBOARD.readOptions(options);
    if (hasFiles()) return;
    const mend = "In a page, train without ui, and show the figures that a callback's onEpochEnd is told.";
    throw new ArgumentError(message(DASHBOARD.op, "a browser serves no page; that needs Node, Deno or Bun", mend));
  }

  /** The address of the page, which lets in whoever has it; null before the training begins and after `close`. */
  get url(): string | null {
    return this.#url;
  }

  /** Closes the page. A training goes on without it, one that is paused too. */
  async close(): Promise<void> {
    checkArity("close", arguments.length, 0);
    this.#url = null;
    await endServing();
  }

  override async onTrainBegin(context: TrainingContext): Promise<void> {
    if (this.#session !== null)
      throw new GraphError(message(DASHBOARD.op, "another training has it", "Give each training its own; they share the page."));
    const session = await Session.begin(DASHBOARD.op, this.#settings);
    this.#url = session.url;
    session.trainBegin(context);
    this.#session = session;
    note(`the training is shown at ${session.url}`);
  }

  override onEpochBegin(): void {
    this.#session?.epochBegin();
  }

  /** Called by `fit` after each step. */
  observe(training: Training, _batch: Batch): void | Promise<void> {
    return this.#session?.step(training);
  }

  override onEpochEnd(epoch: number): void | Promise<void> {
    return this.#session?.epochEnd(epoch);
  }

  override async onTrainEnd(): Promise<void> {
    const session = this.#session;
    this.#session = null;
    await session?.trainEnd();
  }
}
