import type { Training } from "../train/loop.js";
import { setRate } from "../train/setRate.js";

/** What a page asks of a training. */
export type Request = { readonly action: "pause" | "resume" | "stop" } | { readonly action: "rate"; readonly rate: number };

/** How a training stands. What is asked of it happens between two steps: "pausing" and "stopping" wait for that. */
export type Status = "running" | "pausing" | "paused" | "stopping" | "over";

/** What became of a request. */
export interface Answer {
  readonly done: boolean;
  /** In words, for the page. */
  readonly text: string;
}

/** What is told when a training pauses, and when it goes on. */
export interface Waiting {
  begin(): void;
  end(): void;
}

/**
 * What a page may do to a training. Everything happens in `step`, between two steps, where nothing is half done: a training that is paused and
 * goes on comes to the same bits.
 */
export class Controls {
  #status: Status = "running";
  /** The rate to be set, and whom that is answered. */
  #rate: { readonly value: number; answer(answer: Answer): void } | null = null;
  #wake: (() => void) | null = null;

  constructor(
    private readonly waiting: Waiting,
    private readonly changed: () => void,
  ) {}

  get status(): Status {
    return this.#status;
  }

  get isOver(): boolean {
    return this.#status === "over";
  }

  /** Carries a request out, or notes it for the next step. A rate is answered when it is set. */
  ask(request: Request): Answer | Promise<Answer> {
    if (this.isOver) return { done: false, text: "The training is over." };
    if (this.#status === "stopping") return { done: request.action === "stop", text: "The training stops after this step." };
    switch (request.action) {
      case "pause":
        if (this.#status === "running") this.#become("pausing");
        return { done: true, text: this.#status === "paused" ? "It is paused." : "It pauses after this step." };
      case "resume":
        this.#become("running");
        return { done: true, text: "It goes on." };
      case "stop":
        this.#become("stopping");
        return { done: true, text: "It stops after this step; what it has learned stays." };
      case "rate":
        return new Promise((answer) => {
          this.#rate?.answer({ done: false, text: "Another rate came before this one was set." });
          this.#rate = { value: request.rate, answer };
          // One that is paused sets it at once.
          this.#rouse();
        });
    }
  }

  /** Does what was asked for; to be called between two steps. @returns a promise only where training has to wait */
  step(training: Training): void | Promise<void> {
    if (this.#rate === null && this.#status === "running") return;
    return this.#obey(training);
  }

  /** The training is over. */
  end(): void {
    this.#rate?.answer({ done: false, text: "The training is over." });
    this.#rate = null;
    this.#become("over");
  }

  async #obey(training: Training): Promise<void> {
    this.#setRate(training);
    if (this.#status === "pausing") {
      this.#become("paused");
      await this.#pause(training);
    }
    if (this.#status === "stopping") training.stopped = true;
  }

  async #pause(training: Training): Promise<void> {
    const { signal } = training.options;
    const abort = (): void => this.#become("running");
    // The loop looks at its signal before the next step.
    signal?.addEventListener("abort", abort);
    this.waiting.begin();
    try {
      while (this.#status === "paused" && !signal?.aborted) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        this.#setRate(training);
      }
    } finally {
      this.waiting.end();
      signal?.removeEventListener("abort", abort);
    }
  }

  #setRate({ trainee: { optimizer } }: Training): void {
    const asked = this.#rate;
    if (asked === null) return;
    this.#rate = null;
    const before = optimizer.currentLearningRate;
    try {
      setRate(optimizer, asked.value);
      const follows = typeof optimizer.learningRate === "function" ? " The schedule goes on from there, multiplied as a whole." : "";
      asked.answer({ done: true, text: `The rate is ${optimizer.currentLearningRate}, it was ${before}.${follows}` });
    } catch (error) {
      asked.answer({ done: false, text: (error as Error).message });
    }
    this.changed();
  }

  #become(status: Status): void {
    this.#status = status;
    this.changed();
    this.#rouse();
  }

  #rouse(): void {
    this.#wake?.();
    this.#wake = null;
  }
}
