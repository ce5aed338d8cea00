import { describe, expect, test } from "vitest";
import { cgroupQuota } from "../../../src/kernels/threads/cores.js";

describe("the quota of control groups", () => {
  const quota = (files: Record<string, string>) => cgroupQuota((path) => files[path] ?? null);

  test("is none without control groups or limits", () => {
    expect(quota({})).toBe(Infinity);
    expect(quota({ "/proc/self/cgroup": "0::/\n", "/sys/fs/cgroup/cpu.max": "max 100000\n" })).toBe(Infinity);
  });

  test("is that of version 2, the least up to the root", () => {
    const files = { "/proc/self/cgroup": "0::/a/b\n", "/sys/fs/cgroup/a/b/cpu.max": "400000 100000\n" };
    expect(quota(files)).toBe(4);
    expect(quota({ ...files, "/sys/fs/cgroup/a/cpu.max": "150000 100000\n" })).toBe(1.5);
  });

  test("is that of version 1", () => {
    const files = { "/proc/self/cgroup": "3:memory:/c\n4:cpu,cpuacct:/c\n" };
    const limit = { "/sys/fs/cgroup/cpu/c/cpu.cfs_quota_us": "200000\n", "/sys/fs/cgroup/cpu/c/cpu.cfs_period_us": "100000\n" };
    expect(quota({ ...files, ...limit })).toBe(2);
    expect(quota({ ...files, "/sys/fs/cgroup/cpu/cpu.cfs_quota_us": "-1\n", "/sys/fs/cgroup/cpu/cpu.cfs_period_us": "100000\n" })).toBe(
      Infinity,
    );
  });
});
