/**
 * `node scripts/launch.mjs test|consumers|torture|bench|peers|steady [arguments]` runs tests and benchmarks on the Node that package.json pins
 * (npm scripts find it in node_modules/.bin). Tests also run on other Nodes and print the version. `consumers` runs only the tests of
 * the package, of its command and in a browser, for other Nodes. A benchmark on another Node would compare compilers, so it is refused.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const pinned = `v${JSON.parse(readFileSync(join(root, "package.json"), "utf8")).devDependencies.node}`;
const results = join(root, "build/test-results.json");

const [job, ...rest] = process.argv.slice(2);
// npm 10 and older also pass on the `--` if it stands twice.
const given = rest[0] === "--" ? rest.slice(1) : rest;
if (job === "test") process.exitCode = test(["kernels", "types", "lint", "package", "tests"], given);
else if (job === "consumers") process.exitCode = test(["package", "tests"], ["--config", "vitest.package.config.ts", ...given]);
else if (job === "torture") process.exitCode = run("scripts/build.mjs", []) && run("scripts/torture/torture.mjs", given) ? 0 : 1;
else if (job === "bench") process.exitCode = bench();
else if (job === "peers") process.exitCode = peers();
else if (job === "steady") process.exitCode = steady();
else {
  console.error(`launch: unknown job "${job ?? ""}". Known: test, consumers, torture, bench, peers, steady.`);
  process.exitCode = 2;
}

/** Runs a JavaScript program of this repository with this Node. @returns whether it succeeded */
function run(program, args) {
  const { status, error } = spawnSync(process.execPath, [join(root, program), ...args], { cwd: root, stdio: "inherit" });
  if (error) console.error(String(error));
  return status === 0;
}

/** Runs steps of the check one after the other. @param args arguments for the test runner @returns the exit code */
function test(names, args) {
  console.log(`Node ${process.version}${process.version === pinned ? " (pinned)" : `; the pinned one is ${pinned}`}`);
  mkdirSync(dirname(results), { recursive: true });
  rmSync(results, { force: true });
  const steps = [
    ["kernels", "scripts/build.mjs", ["kernels"]],
    ["types", "node_modules/typescript/bin/tsc", ["--noEmit"]],
    ["lint", "node_modules/@biomejs/biome/bin/biome", ["check", "--error-on-warnings"]],
    ["package", "scripts/build.mjs", []],
    ["tests", "node_modules/vitest/vitest.mjs", ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${results}`, ...args]],
  ];
  const done = [];
  for (const [name, program, argv] of steps.filter(([step]) => names.includes(step))) {
    console.log(`\n── ${name}`);
    const start = performance.now();
    const ok = run(program, argv);
    done.push({ name, ok, seconds: (performance.now() - start) / 1000 });
    // Without kernels every later step would fail.
    if (!ok && name === "kernels") break;
  }
  return summarize(done);
}

/** Prints a line for each step, and at the end `N passed, N failed`, which counts steps and tests. @returns the exit code */
function summarize(done) {
  const counts = testCounts();
  console.log("\n── summary");
  for (const { name, ok, seconds } of done) {
    const detail = name === "tests" ? `: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped` : "";
    console.log(`${ok ? "ok    " : "FAILED"} ${name.padEnd(8)}${seconds.toFixed(1).padStart(6)} s${detail}`);
  }
  for (const failure of counts.failures) console.log(`failed: ${failure}`);
  const checks = done.filter(({ name }) => name !== "tests");
  const tests = done.find(({ name }) => name === "tests");
  const passed = checks.filter(({ ok }) => ok).length + counts.passed;
  let failed = checks.filter(({ ok }) => !ok).length + counts.failed;
  // The test runner failed without a failed test: it broke, or found no test.
  if (tests && !tests.ok && counts.failed === 0) {
    failed++;
    console.log("failed: the test runner, or what no test waited for; the error stands above");
  }
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

/** The numbers of passed and failed tests, and what failed. A file that cannot be loaded counts as one failed test. */
function testCounts() {
  const counts = { passed: 0, failed: 0, skipped: 0, failures: [] };
  if (!existsSync(results)) return counts;
  const report = JSON.parse(readFileSync(results, "utf8"));
  counts.passed = report.numPassedTests;
  counts.failed = report.numFailedTests;
  counts.skipped = report.numPendingTests + report.numTodoTests;
  for (const { name, status, message, assertionResults } of report.testResults) {
    const file = relative(root, name);
    const failed = assertionResults.filter((result) => result.status === "failed");
    counts.failures.push(...failed.map(({ fullName, failureMessages }) => `${file}: ${fullName}: ${firstLine(failureMessages[0])}`));
    if (status !== "failed" || failed.length > 0) continue;
    counts.failed++;
    counts.failures.push(`${file}: ${firstLine(message) || "outside of its tests; the error stands above"}`);
  }
  return counts;
}

function firstLine(text = "") {
  return stripVTControlCharacters(text).trim().split("\n")[0].slice(0, 200);
}

function bench() {
  return onPinned("bench") && run("scripts/build.mjs", ["kernels"]) && run("bench/run.mjs", given) ? 0 : 1;
}

function steady() {
  return onPinned("bench:steady") && run("scripts/build.mjs", ["kernels"]) && run("bench/steady.mjs", given) ? 0 : 1;
}

/** Runs the comparison with other libraries, which are installed before the first run. */
function peers() {
  return onPinned("bench:peers") && installPeers() && run("scripts/build.mjs", []) && run("bench/peers/run.mjs", given) ? 0 : 1;
}

function installPeers() {
  const cwd = join(root, "bench/peers");
  const age = (file) => statSync(join(cwd, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  if (age("node_modules/.package-lock.json") >= age("package-lock.json")) return true;
  console.log("bench:peers: installing what is measured against (`npm ci` in bench/peers, some 750 MB)");
  const npm = process.env.npm_execpath;
  const options = { cwd, stdio: "inherit" };
  const { status } = npm ? spawnSync(process.execPath, [npm, "ci"], options) : spawnSync("npm", ["ci"], { ...options, shell: true });
  return status === 0;
}

function onPinned(script) {
  if (process.version === pinned) console.log(`Node ${process.version} (pinned)`);
  else {
    console.error(
      `${script}: this is Node ${process.version}, the pinned one is ${pinned}; ratios of different Nodes cannot be compared. Run \`npm ci\`, then \`npm run ${script}\`.`,
    );
  }
  return process.version === pinned;
}
