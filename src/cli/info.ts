import os from "node:os";
import pico from "picocolors";
import { KernelError } from "../errors/errors.js";
import { bytesText } from "../errors/message.js";
import { type KernelBuild, kernelBuild, narrowReason, useKernels } from "../kernels/load.js";
import { threadCount } from "../kernels/threads/count.js";
import { isShared, memoryLimit } from "../memory/memory.js";
import { machine } from "./machine.js";
import { jsonLine, print } from "./output.js";

/** Prints the features of this machine, and which of them the library uses. */
export function info(version: string, { json }: { json?: boolean }): void {
  const chosen = kernelBuild();
  const available = availableBuilds();
  useKernels(chosen);
  const narrow = narrowReason();
  const facts = {
    ...machine(version),
    kernels: { chosen, available },
    wide: { chosen: narrow === null, narrow },
    features: { simd: available.includes("simd"), relaxedSimd: available.includes("relaxed"), sharedMemory: isShared() },
    threads: isShared() && chosen !== "js" ? threadCount() : 1,
    memory: {
      linearLimitBytes: memoryLimit(),
      systemBytes: os.totalmem(),
      freeBytes: os.freemem(),
      processLimitBytes: processLimit(),
    },
  };
  if (json) jsonLine(facts);
  else print(infoText(facts));
}

/** The builds of the kernels that this machine can run, best first. */
function availableBuilds(): KernelBuild[] {
  return (["relaxed", "simd", "js"] as const).filter((build) => {
    try {
      useKernels(build);
      return true;
    } catch (error) {
      if (error instanceof KernelError) return false;
      throw error;
    }
  });
}

const MEANINGS: Record<KernelBuild, string> = {
  relaxed: "SIMD with fused multiply-add, the fastest; last bits may differ between CPU families",
  simd: "SIMD, the same bits on every machine",
  js: "plain JavaScript, for where there is no SIMD",
};

function infoText(facts: {
  version: string;
  node: string;
  platform: string;
  cpu: string;
  cores: number;
  kernels: { chosen: KernelBuild; available: KernelBuild[] };
  wide: { narrow: string | null };
  features: Record<string, boolean>;
  threads: number;
  memory: { linearLimitBytes: number; systemBytes: number; freeBytes: number };
}): string {
  const { kernels, wide, features, threads, memory } = facts;
  const forced = process.env.SIMDGRAD_KERNELS ? ", as SIMDGRAD_KERNELS asks" : "";
  const yes = (value: boolean) => (value ? pico.green("yes") : pico.red("no"));
  const lines = [
    ["simdgrad", facts.version],
    ["Node", `${facts.node} on ${facts.platform}`],
    ["CPU", `${facts.cpu}, ${facts.cores} core${facts.cores === 1 ? "" : "s"} for this process`],
    ["kernels", `${pico.bold(kernels.chosen)}${forced}: ${MEANINGS[kernels.chosen]}`],
    ["instructions", wide.narrow === null ? `${pico.bold("256 bits")}, where the kernels pack` : `128 bits: ${wide.narrow}`],
    ["available", kernels.available.join(", ")],
    ["SIMD", yes(features.simd)],
    ["relaxed SIMD", `${yes(features.relaxedSimd)}${features.relaxedSimd ? "" : pico.dim(" (Node 22 and newer have it)")}`],
    ["shared memory", yes(features.sharedMemory)],
    ["threads", `${threads}${process.env.SIMDGRAD_THREADS ? ", as SIMDGRAD_THREADS asks" : ""}`],
    ["linear memory", `up to ${bytesText(memory.linearLimitBytes)}`],
    ["system memory", `${bytesText(memory.systemBytes)}, ${bytesText(memory.freeBytes)} free`],
  ];
  return lines.map(([name, value]) => `${pico.dim(name.padEnd(14))}${value}`).join("\n");
}

/** The memory limit of the process, such as that of a container; null where there is none. */
function processLimit(): number | null {
  const limit = process.constrainedMemory();
  return limit > 0 && limit < os.totalmem() ? limit : null;
}
