import { ArgumentError } from "../errors/errors.js";
import { message } from "../errors/message.js";
import { RunBoard } from "./board.js";
import { routes } from "./routes.js";
import { LocalServer } from "./server.js";

/** The server of this process, and what it shows. */
export interface Serving {
  readonly server: LocalServer;
  readonly board: RunBoard;
}

let serving: Promise<Serving> | null = null;

/**
 * The server of this process, which all its trainings share; the first one starts it.
 * @param port 0: whichever it has
 * @throws ArgumentError for a port that is not free, or another one than it has
 */
export async function serve(op: string, port: number): Promise<Serving> {
  serving ??= start(op, port);
  const found = await serving;
  const { port: taken } = found.server.lock;
  if (port === 0 || port === taken) return found;
  const mend = "The trainings of a process share one page: leave port out, or close the dashboard that has the other one first.";
  throw new ArgumentError(message(op, `port is ${port}, but this process serves its page on port ${taken}`, mend));
}

async function start(op: string, port: number): Promise<Serving> {
  try {
    const board = new RunBoard();
    const server = await LocalServer.listen(op, port, (lock) => routes(board, lock));
    return { server, board };
  } catch (error) {
    // The next one may try again.
    serving = null;
    throw error;
  }
}

/** Ends the server of this process, if there is one. Trainings go on, those that are paused too. */
export async function endServing(): Promise<void> {
  const ending = serving;
  serving = null;
  if (ending === null) return;
  const { server, board } = await ending;
  board.letGo();
  await server.close();
}
