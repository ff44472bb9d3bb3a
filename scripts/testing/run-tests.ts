/**
 * What `npm test` runs once everything is set up: types, lint, unit, build, then the same end-to-end specs in each host.
 * It goes on after a failure, and its last line is the count. `--only a,b` runs only those kinds; `--proofs` runs the
 * full counts of what is otherwise a seeded slice (tests read KILN_PROOFS).
 */
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { cacheFolder, root } from "../setup/project.mjs";
import { isBuilt } from "../setup/stamp.mjs";
import { main } from "../setup/words.mjs";
import { checkTypes } from "../typecheck.ts";
import { hostNames, prepareHost } from "./hosts.ts";
import { parseTestOptions } from "./options.mjs";
import {
  inLine,
  nothing,
  oneFailed,
  onePassed,
  sum,
  type Tally,
  tallyOfPlaywright,
  tallyOfVitest,
} from "./tally.ts";

const minute = 60_000;
const reports = path.join(cacheFolder, "test-reports");
const modules = path.join(root, "node_modules");

interface Step {
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly limitMs: number;
}

/**
 * Runs one step on this terminal, in a process group of its own so that nothing of it is left.
 * @returns whether it ended with 0 in time
 */
function runStep({ command, env, limitMs }: Step): Promise<boolean> {
  return new Promise((resolve) => {
    const [program = "", ...args] = command;
    const grouped = process.platform !== "win32";
    const child = spawn(program, args, {
      cwd: root,
      env: { ...process.env, ...env },
      stdio: ["ignore", "inherit", "inherit"],
      detached: grouped,
    });
    const end = (signal: NodeJS.Signals) => {
      if (child.pid === undefined || child.exitCode !== null) return;
      if (grouped) process.kill(-child.pid, signal);
      else child.kill(signal);
    };
    const timer = setTimeout(() => {
      print(`Stopped after ${limitMs / minute} minutes: ${command.join(" ")}`);
      end("SIGKILL");
    }, limitMs);
    const cancel = () => {
      end("SIGTERM");
      process.exit(130);
    };
    process.once("SIGINT", cancel).once("SIGTERM", cancel);
    const settle = (endedWell: boolean) => {
      clearTimeout(timer);
      process.off("SIGINT", cancel).off("SIGTERM", cancel);
      resolve(endedWell);
    };
    child.once("error", (error) => {
      print(`${program}: ${error.message}`);
      settle(false);
    });
    child.once("exit", (code) => settle(code === 0));
  });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** @returns the parsed report, or undefined when the runner did not get as far as to write it */
function readReport(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch {
    return undefined; // counted as a failure by the tally
  }
}

async function types(): Promise<Tally> {
  const results = await checkTypes();
  for (const { layer, passed, output } of results) {
    if (!passed) print(`${layer}:\n${output}`);
  }
  return sum(results.map(({ passed }) => (passed ? onePassed : oneFailed)));
}

async function lint(): Promise<Tally> {
  const biome = path.join(modules, "@biomejs", "biome", "bin", "biome");
  const passed = await runStep({ command: [process.execPath, biome, "ci"], limitMs: 2 * minute });
  return passed ? onePassed : oneFailed;
}

async function unit(): Promise<Tally> {
  const report = path.join(reports, "unit.json");
  const vitest = path.join(modules, "vitest", "vitest.mjs");
  const flags = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const endedWell = await runStep({
    command: [process.execPath, vitest, "run", ...flags],
    limitMs: (proofs ? 90 : 30) * minute,
  });
  return tallyOfVitest(readReport(report), endedWell);
}

async function build(): Promise<Tally> {
  const script = path.join(root, "scripts", "build.ts");
  const passed = await runStep({ command: [process.execPath, script], limitMs: 5 * minute });
  return passed ? onePassed : oneFailed;
}

const { only, proofs } = parseTestOptions(process.argv.slice(2));
const notRun: string[] = [];

async function endToEnd(host: (typeof hostNames)[number]): Promise<Tally> {
  if (!isBuilt(root)) {
    notRun.push(`${host}: Kiln could not be built`); // and has been counted as a failure
    return nothing;
  }
  const ready = await prepareHost(host);
  if ("reason" in ready) {
    notRun.push(`${host}: ${ready.reason}`);
    return ready.isFailure ? oneFailed : nothing;
  }
  const report = path.join(reports, `${host}.json`);
  const playwright = path.join(modules, "@playwright", "test", "cli.js");
  const flags = ["--config", "tests/playwright.config.ts", "--project", host];
  const outputs = ["--reporter", "list,json", "--output", `test-results/${host}`];
  const endedWell = await runStep({
    command: [...ready.wrap, process.execPath, playwright, "test", ...flags, ...outputs],
    env: { ...ready.env, PLAYWRIGHT_JSON_OUTPUT_FILE: report },
    limitMs: (proofs ? 60 : 20) * minute,
  });
  return tallyOfPlaywright(readReport(report), endedWell);
}

await main(async () => {
  if (proofs) process.env.KILN_PROOFS = "1";
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const kinds: Record<string, () => Promise<Tally>> = { types, lint, unit, build };
  for (const host of hostNames) kinds[host] = () => endToEnd(host);
  const counts: [string, Tally, number][] = [];
  for (const [kind, check] of Object.entries(kinds)) {
    if (only && !only.includes(kind)) continue;
    print(`\n── ${kind}`);
    const began = performance.now();
    const tally = await check();
    counts.push([kind, tally, performance.now() - began]);
    print(`── ${kind}: ${inLine(tally)}`);
  }
  print("");
  for (const [kind, tally, ms] of counts) {
    print(`${kind.padEnd(10)}${inLine(tally)} (${(ms / 1000).toFixed(0)} s)`);
  }
  for (const line of notRun) print(`Could not run in ${line}`);
  const total = sum(counts.map(([, tally]) => tally));
  print(inLine(total));
  return total.failed === 0 ? 0 : 1;
});
