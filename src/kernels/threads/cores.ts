import { builtin } from "../platform.js";

/** Cores that this process may use: those it is bound to, and no more than the quota of its control groups; at least 1. */
export function availableCores(): number {
  const os = builtin<{ availableParallelism?(): number; cpus(): unknown[] }>("node:os");
  if (os === undefined)
    return Math.max(1, (globalThis as { navigator?: { hardwareConcurrency?: number } }).navigator?.hardwareConcurrency ?? 1);
  const cores = os.availableParallelism?.() ?? os.cpus().length;
  return Math.max(1, Math.min(cores, Math.floor(cgroupQuota(readText))));
}

/** A file's text, or null where it cannot be read. */
type ReadText = (path: string) => string | null;

function readText(path: string): string | null {
  try {
    return builtin<{ readFileSync(path: string, encoding: "utf8"): string }>("node:fs")?.readFileSync(path, "utf8") ?? null;
  } catch {
    return null;
  }
}

/** Cores' worth of time that Linux control groups allow, Infinity without a limit: the least of the group and those above it. */
export function cgroupQuota(read: ReadText): number {
  const own = read("/proc/self/cgroup") ?? "";
  // Version 2 has one line `0::path`, version 1 a line `4:cpu,cpuacct:path` for each set of controllers.
  const ofVersion2 = own.match(/^0::(\/.*)$/m)?.[1] ?? "/";
  const ofVersion1 = own.match(/^\d+:(?:[\w,]+,)?cpu(?:,[\w,]+)?:(\/.*)$/m)?.[1] ?? "/";
  let quota = Infinity;
  for (const group of lineage(ofVersion2)) {
    const [most, period] = (read(`/sys/fs/cgroup${group}cpu.max`) ?? "max 1").trim().split(/\s+/).map(Number);
    if (most > 0 && period > 0) quota = Math.min(quota, most / period);
  }
  for (const group of lineage(ofVersion1)) {
    const most = Number(read(`/sys/fs/cgroup/cpu${group}cpu.cfs_quota_us`) ?? -1);
    const period = Number(read(`/sys/fs/cgroup/cpu${group}cpu.cfs_period_us`) ?? 0);
    if (most > 0 && period > 0) quota = Math.min(quota, most / period);
  }
  return quota;
}

/** `/a/b` → `/`, `/a/`, `/a/b/` */
function lineage(path: string): string[] {
  const names = path.split("/").filter((name) => name !== "");
  return ["/", ...names.map((_, i) => `/${names.slice(0, i + 1).join("/")}/`)];
}
