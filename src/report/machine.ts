import { kernelBuild } from "../kernels/load.js";
import { builtin } from "../kernels/platform.js";
import { threadCount } from "../kernels/threads/count.js";
import { isShared } from "../memory/memory.js";
import type { Machine } from "./run.js";

interface Platform {
  process?: { platform?: string; arch?: string; version?: string };
  navigator?: { userAgent?: string; platform?: string };
  Deno?: { version: { deno: string } };
  Bun?: { version: string };
}

/** Where this program runs. */
export function machineHere(): Machine {
  const { process, navigator, Deno, Bun } = globalThis as Platform;
  const kernels = kernelBuild();
  const node = process?.version === undefined ? undefined : `Node ${process.version.replace(/^v/, "")}`;
  const runtime = Deno ? `Deno ${Deno.version.deno}` : Bun ? `Bun ${Bun.version}` : node;
  return {
    platform: process?.platform === undefined ? (navigator?.platform ?? "browser") : `${process.platform} ${process.arch}`,
    runtime: runtime ?? navigator?.userAgent ?? "unknown",
    processor: builtin<{ cpus(): { model: string }[] }>("node:os")?.cpus()[0]?.model ?? null,
    threads: isShared() && kernels !== "js" ? threadCount() : 1,
    kernels,
  };
}
