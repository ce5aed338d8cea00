import { note } from "../../errors/note.js";
import { allocate } from "../../memory/heap.js";
import { isShared, linearMemory, STATUS_AT, views } from "../../memory/memory.js";
import { checkArity } from "../../options/arity.js";
import { Control, State } from "../generated/constants.js";
import { type Loaded, loadedBuild } from "../load.js";
import { availableCores } from "./cores.js";
import { checkCount, setThreadCount, threadCount } from "./count.js";
import { fileOf, free, type Member, newMember, stateOf, tellToLeave, word } from "./member.js";
import { maySleep, startWorker } from "./platform.js";
import { shareAmong } from "./policy.js";

/**
 * The threads that share calls of kernels are started, counted and replaced here. They join when they are ready: nothing ever waits
 * for one to start, except whoever awaits `setThreads`. They need nothing of the event loop, so a loop that never yields has them too.
 *
 * A worker that cannot start, or ends while it does, is started anew at a later call worth sharing, a few times, with growing pauses.
 * A worker that dies while it sleeps or waits is replaced. Within a kernel it could only be killed, since kernels neither trap nor
 * allocate; then the call of which it took a part fails, and whatever is left of the team is given up for a new one.
 */

/** Estimated nanoseconds of calls worth sharing after which the workers are started. */
const START_AFTER = 3e6;
/** Milliseconds after which a start is called slow. */
const SLOW_START = 10_000;
/** How often workers that could not start are started anew, and the milliseconds before the second time, which double from time to time. */
const MOST_TRIES = 6;
const FIRST_PAUSE = 100;
/** Turns of a spin, some 2 ns each. A worker waits so long for the next call before it sleeps, a caller for the parts of others. */
const PATIENCE = 30_000;
/** The same where threads outnumber cores: a thread that spins keeps another from working. */
const PATIENCE_CROWDED = 50;

/** @internal The threads that share the calls of one build. */
export interface Team {
  readonly loaded: Loaded;
  /** Pieces of the build that its workers have. */
  readonly pieces: number;
  readonly control: number;
  /** Workers that are meant to be there, ready or not. */
  readonly members: Member[];
  /** When the last ones were started, in milliseconds; null once all are there or the rest is given up. */
  starting: number | null;
  /** How often those that are missing were started anew, since all were there. */
  tries: number;
  /** When they may be started anew, in milliseconds. */
  nextTry: number;
}

/** A team for each build that was used. */
const teams = new Map<Loaded, Team>();
/** Estimated nanoseconds of the calls so far that several threads could have shared. */
let owed = 0;

/** @internal Turns that a caller spins for the parts of others before it sleeps; 0 where sleeping is forbidden. */
export let patience = -1;

/**
 * Sets on how many threads the kernels run, the calling one among them, and waits for those that start. Results do not depend on
 * it, to the bit. Default: `SIMDGRAD_THREADS`, else the cores that the process may use; they start at the first work worth it.
 * @param n at least 1
 * @returns the number of threads that run, less than n where they cannot be had
 * @throws ArgumentError unless n is a whole number from 1 to 256
 * @example await setThreads(2);
 */
export async function setThreads(n: number): Promise<number> {
  checkArity("setThreads", arguments.length, 1);
  checkCount("setThreads", "n", n);
  setThreadCount(n);
  const loaded = loadedBuild();
  if (loaded === null || !isShared()) return 1;
  teamOf(loaded);
  for (const team of teams.values()) {
    team.tries = 0;
    resize(team, n);
  }
  shareAmong(n);
  const team = teamOf(loaded);
  while (running(team) !== n && team.starting !== null) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    look(team);
  }
  return Math.min(n, running(team));
}

/** @internal The team of a build, once there was enough to do for it. @param cost estimated nanoseconds of what it could share */
export function startedTeam(loaded: Loaded, cost: number): Team | null {
  const team = currentTeam(loaded);
  if (team !== undefined) {
    if (team.starting !== null) look(team);
    else if (team.tries < MOST_TRIES && team.members.length < threadCount() - 1) tryAgain(team);
    return team;
  }
  const n = isShared() ? threadCount() : 1;
  if (n === 1) {
    shareAmong(1);
    return null;
  }
  owed += cost;
  if (owed < START_AFTER) return null;
  const made = teamOf(loaded);
  resize(made, n);
  return made;
}

function teamOf(loaded: Loaded): Team {
  return currentTeam(loaded) ?? newTeam(loaded);
}

function newTeam(loaded: Loaded): Team {
  const control = allocate(Control.End);
  views.u8.fill(0, control, control + Control.End);
  const team = { loaded, pieces: loaded.modules.length, control, members: [], starting: null, tries: 0, nextTry: 0 };
  teams.set(loaded, team);
  return team;
}

/** The team of a build, if it has one. Where a piece was loaded since it was made, others who have the piece take its place. */
function currentTeam(loaded: Loaded): Team | undefined {
  const team = teams.get(loaded);
  if (team === undefined || team.pieces === loaded.modules.length) return team;
  const threads = team.members.length + 1;
  disband(team);
  const next = newTeam(loaded);
  next.tries = team.tries;
  resize(next, threads);
  return next;
}

/** @internal The team of a build, if it has one. */
export function knownTeam(loaded: Loaded): Team | undefined {
  return teams.get(loaded);
}

/** @internal Tells all workers of a team to leave; the next call worth sharing makes a new team. */
export function disband(team: Team): void {
  for (const member of team.members.splice(0)) dismiss(team, member);
  teams.delete(team.loaded);
}

/** Starts the workers that are missing, and tells those that are too many to leave. */
function resize(team: Team, n: number): void {
  const turns = n > availableCores() ? PATIENCE_CROWDED : PATIENCE;
  patience = maySleep() ? turns : 0;
  Atomics.store(views.u32, word(team.control, Control.Patience), turns);
  const { members } = team;
  while (members.length > n - 1) dismiss(team, members.pop() as Member);
  while (members.length < n - 1 && start(team));
}

/** Starts the workers that are missing anew, if the pause since the last time is over. */
function tryAgain(team: Team): void {
  const now = performance.now();
  if (now < team.nextTry) return;
  team.nextTry = now + (FIRST_PAUSE << team.tries++);
  resize(team, threadCount());
}

function dismiss(team: Team, member: Member): void {
  tellToLeave(member);
  team.loaded.exports.rouse(team.control);
}

/** @returns whether the platform began to start one */
function start(team: Team): boolean {
  const { loaded, control } = team;
  try {
    const member = newMember();
    try {
      const { cell, scratch } = member;
      const data = {
        modules: loaded.modules,
        memory: linearMemory() as WebAssembly.Memory,
        scratch,
        status: STATUS_AT,
        control,
        cell,
        file: fileOf(member),
      };
      startWorker(data, (failure, final) => gone(team, member, failure, final));
    } catch (error) {
      free(member);
      throw error;
    }
    team.members.push(member);
    team.starting = performance.now();
    return true;
  } catch (error) {
    team.starting = null;
    note(`no worker thread can be started (${String(error)}); training goes on with ${running(team)} of ${threadCount()} threads.`);
    return false;
  }
}

/** A worker has ended. One that was not told to is replaced, at once if it came to work. @param final every other would end so, too */
function gone(team: Team, member: Member, failure: string, final: boolean): void {
  const state = stateOf(member);
  free(member);
  if (member.dismissed) return;
  team.members.splice(team.members.indexOf(member), 1);
  if (state === State.Starting) {
    if (final) team.tries = MOST_TRIES;
    note(`a worker thread could not start (${failure}); training goes on with ${running(team)} of ${threadCount()} threads.`);
    return;
  }
  Atomics.sub(views.u32, word(team.control, Control.Joined), 1);
  if (state === State.Asleep) Atomics.sub(views.u32, word(team.control, Control.Sleepers), 1);
  note(`a worker thread ended (${failure}); another takes its place.`);
  start(team);
}

/** Whether those that were started have come by now; says so once if that takes too long. */
function look(team: Team): void {
  const threads = running(team);
  const wanted = team.members.length + 1;
  if (threads < wanted) {
    if (performance.now() - (team.starting as number) < SLOW_START) return;
    note(`${threads} of ${wanted} threads started within ${SLOW_START / 1000} s; training goes on with these, others join when they come.`);
  } else if (wanted === threadCount()) team.tries = 0;
  team.starting = null;
}

/** @internal Threads that take parts now, this one among them. */
export function running(team: Team): number {
  return 1 + Atomics.load(views.u32, word(team.control, Control.Joined));
}
