/** PyTorch, if one of these Pythons has it: $SIMDGRAD_PYTHON, that of the PATH, the system's. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { here } from "../registry.mjs";

const PROBE = "import torch; print(torch.__version__)";
const python = [process.env.SIMDGRAD_PYTHON, "python3", "/usr/bin/python3"].find(
  (name) => name && spawnSync(name, ["-c", PROBE], { stdio: "ignore" }).status === 0,
);
const command = [python, join(here, "torch/child.py")];

/** Variants with and without threads that spin between operations: spinning is faster if nothing else needs the cores. */
export const rows =
  python === undefined
    ? []
    : [
        { name: "PyTorch", command, threads: Infinity },
        { name: "PyTorch, spinning", command, threads: Infinity, env: { OMP_WAIT_POLICY: "active" }, least: 2, variantOf: "PyTorch" },
      ];
