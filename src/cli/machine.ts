import os from "node:os";

/** The machine and the versions of Node and of the library. */
export interface Machine {
  readonly version: string;
  readonly node: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
}

/** Describes this machine. @param version the version of the library */
export function machine(version: string): Machine {
  return {
    version,
    node: process.version,
    platform: `${process.platform} ${process.arch}`,
    cpu: os.cpus()[0]?.model ?? "unknown",
    cores: os.availableParallelism(),
  };
}
