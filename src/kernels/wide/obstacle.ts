import { KernelError } from "../../errors/errors.js";
import { message } from "../../errors/message.js";
import { note } from "../../errors/note.js";
import { log } from "../log.js";
import { fuses } from "../probe.js";
import { optimizeWide } from "./flags.js";
import { platformObstacle, threadObstacle } from "./platform.js";
import { versionObstacle } from "./version.js";
import { type Wide, whoAsks, wideAsked } from "./wish.js";

/** Why no kernel is compiled wide any more. */
let failed: string | null = null;
/** What was asked for last, and why it could not be had. */
let answer: { asked: Wide; obstacle: string | null } | null = null;

/**
 * Why kernels are not compiled wide; null if they are.
 * @throws KernelError if they have to be, and cannot
 */
export function wideObstacle(): string | null {
  const asked = wideAsked();
  if (answer?.asked !== asked) {
    answer = { asked, obstacle: asked === false ? `${whoAsks()} asks for it` : obstacleTo(asked) };
    log(`kernels are compiled ${answer.obstacle === null ? "wide" : `narrow: ${answer.obstacle}`}`);
  }
  const { obstacle } = answer;
  if (asked === true && obstacle !== null) throw cannotBeWide(obstacle);
  return obstacle;
}

/** The error for kernels that have to be compiled wide, and cannot. */
export function cannotBeWide(obstacle: string): KernelError {
  return new KernelError(
    message("wide", `kernels cannot be compiled wide here: ${obstacle}`, 'Ask for "auto" to have it where it can be had.'),
  );
}

/** No kernel is compiled wide any more in the life of the process. @param failure what was found */
export function distrustWide(failure: string): void {
  failed = failure;
  answer = { asked: wideAsked(), obstacle: failure };
  note(`${failure}; from now on all kernels are narrow. Please report it with the output of "npx simdgrad info".`);
}

function obstacleTo(asked: true | "auto"): string | null {
  return (
    failed ??
    platformObstacle() ??
    (asked === "auto" ? threadObstacle() : null) ??
    versionObstacle(asked === "auto") ??
    processorObstacle() ??
    compilerObstacle()
  );
}

/** Processors with AVX2 fuse multiply-adds. On the few that do so without AVX2, V8 packs nothing. */
function processorObstacle(): string | null {
  return fuses() ? null : "the processor has no AVX2";
}

function compilerObstacle(): string | null {
  try {
    optimizeWide([]);
    return null;
  } catch (error) {
    return `V8 refuses (${error})`;
  }
}
