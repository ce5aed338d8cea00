import { KernelError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { breakEven } from "../direct.js";
import { State } from "../generated/constants.js";
import type { Kernel } from "../kernel.js";
import { type Loaded, loadedBuild, tableIndex } from "../load.js";
import type { Exports } from "../piece.js";
import { isGone, stateOf } from "./member.js";
import { partSize } from "./policy.js";
import { disband, knownTeam, patience, running, startedTeam, type Team } from "./workers.js";

/** How a call of a kernel is shared: see assembly/forkJoin.ts for what the threads do. */

/** Seconds after which a caller no longer waits for a part that another took, where it is not known that this one is gone. */
const LONGEST_WAIT = 120;
let longestWait = LONGEST_WAIT;
let helped = 0;

/** @internal parts of calls that workers took so far, for tests */
export function partsOfWorkers(): number {
  return helped;
}

/** @internal how many seconds a caller waits at most, for tests */
export function waitAtMost(seconds: number): void {
  longestWait = seconds;
}

/** Runs a compiled kernel, shared among threads if the call is worth it. @returns the threads that may have taken a part */
export function run(kernel: Kernel, args: number, from: number, to: number, cost: number): number {
  if (cost >= breakEven) return share(kernel, args, from, to, cost);
  alone(kernel, args, from, to);
  return 1;
}

function alone({ piece, name }: Kernel, args: number, from: number, to: number): void {
  (piece.exports as Exports)[name](args, from, to);
}

function share(kernel: Kernel, args: number, from: number, to: number, cost: number): number {
  const units = to - from;
  const loaded = loadedBuild() as Loaded;
  const team = units > 1 ? startedTeam(loaded, cost) : null;
  const threads = team === null ? 1 : running(team);
  if (team === null || threads === 1) {
    alone(kernel, args, from, to);
    return 1;
  }
  const step = partSize(threads, cost, kernel.even, units);
  const taken = loaded.exports.fork(team.control, tableIndex(loaded, kernel), args, from, to, step, patience);
  helped += taken >= 0 ? taken : waitLonger(team, ~taken);
  return threads;
}

/**
 * Waits on for parts that others took more than a second ago.
 * @throws KernelError when those who took them are gone, or after LONGEST_WAIT
 */
function waitLonger(team: Team, taken: number): number {
  for (let seconds = 1; team.loaded.exports.join(team.control, taken, patience) < 0; seconds++) {
    // A worker that is not gone goes on writing: the call fails when it is done.
    const busy = team.members.filter((member) => stateOf(member) === State.Busy);
    const lost = busy.length > 0 && busy.every(isGone);
    if (!lost && seconds < longestWait) continue;
    disband(team);
    const what = lost
      ? "a worker thread ended inside a kernel and left the result incomplete"
      : `a worker thread did not finish its part of a kernel within ${seconds} s of the others`;
    throw new KernelError(
      message("threads", what, "Go on from the last checkpoint, best in a new process; SIMDGRAD_THREADS=1 does without workers."),
    );
  }
  return taken;
}

/** The threads that a replay finds. */
export interface Crew {
  readonly threads: number;
  readonly control: number;
  readonly patience: number;
}

const ALONE: Crew = { threads: 1, control: 0, patience: 0 };

/** The threads of a build that run now. @param cost estimated nanoseconds of what they could share */
export function crewOf(loaded: Loaded, cost: number): Crew {
  const team = cost < breakEven ? null : startedTeam(loaded, cost);
  return team === null ? ALONE : { threads: running(team), control: team.control, patience };
}

/** Waits on for parts of a replayed call that the crew took. @throws KernelError as `waitLonger` */
export function waitForCrew(loaded: Loaded, left: number): void {
  const team = knownTeam(loaded);
  if (team !== undefined) waitLonger(team, left);
}

/** Units of a part of a call for a crew; 0 if the call is not to be shared. */
export function stepOf({ threads }: Crew, cost: number, even: boolean | undefined, units: number): number {
  return threads === 1 || units < 2 || cost < breakEven ? 0 : partSize(threads, cost, even, units);
}
