/** `npm run kiln -- bench <what>`: figures, never a test. Stdout is one JSON document; what goes on is on stderr. */
import { spawn } from "node:child_process";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { prepareHost } from "../../scripts/testing/hosts.ts";
import { root } from "../e2e/hosts.ts";
import { benchBestcut, usage as bestcutUsage, parseOptions } from "./bestcut.ts";
import { benchDoor } from "./door.ts";
import { rounded } from "./figures.ts";
import { benchGrid } from "./grid.ts";
import { benchLoop } from "./loop.ts";
import { benchStart } from "./start.ts";
import { benchUpscale, parseUpscaleOptions, usage as upscaleUsage } from "./upscale.ts";

const usage = `kiln bench <what> [--photos N] [--runs N] [--dir DIR] [--json]

  grid    first thumbnails, the scrolled grid, the next photo at 1:1 (Chromium; 5,000 photos of 24 MP)
  start   start of the packed app to a library that is visible (10,000 photos)
  bestcut how often the sharpest frame of a burst is found, how fast (see kiln bench bestcut --help)
  upscale what a network costs beside what it must cost (see kiln bench upscale --help)
  door    a call over the door, and main's event loop while photos are read (Electron; 500 photos of 24 MP)
  loop    how long main answers nobody while it works on all photos at once (10,000 photos)

Photos and libraries are made once below DIR (.cache/bench) and kept.
`;

interface Bench {
  /** Null for one that needs no window. */
  readonly host: "chromium" | "electron" | "packed" | null;
  readonly photos: number;
  readonly run: (options: { photos: number; runs: number; cache: string }) => Promise<object>;
}

const benches: Readonly<Record<string, Bench>> = {
  grid: { host: "chromium", photos: 5_000, run: benchGrid },
  start: { host: "packed", photos: 10_000, run: benchStart },
  door: { host: "electron", photos: 500, run: benchDoor },
  loop: { host: null, photos: 10_000, run: benchLoop },
};

/** Set in the process that has its host: the other one only prepares it. */
const readyMark = "KILN_BENCH_READY";

async function inHost(host: NonNullable<Bench["host"]>): Promise<number> {
  const ready = await prepareHost(host);
  if ("reason" in ready) {
    process.stderr.write(`Could not run in ${host}: ${ready.reason}\n`);
    return 1;
  }
  const [program = "", ...args] = [...ready.wrap, process.execPath, ...process.argv.slice(1)];
  const child = spawn(program, args, {
    stdio: "inherit",
    env: { ...process.env, ...ready.env, [readyMark]: "1" },
  });
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

/** One with options of its own that needs no host. */
async function alone<Options>(
  args: readonly string[],
  parse: (args: readonly string[]) => Options | null,
  measure: (options: Options) => Promise<object>,
  help: string,
): Promise<number> {
  const options = parse(args);
  if (options === null) {
    process.stderr.write(help);
    return args.includes("--help") ? 0 : 2;
  }
  const [loadBefore = 0] = loadavg();
  const figures = await measure(options);
  const [loadAfter = 0] = loadavg();
  const report = { ...figures, loadAverage: [rounded(loadBefore), rounded(loadAfter)] };
  process.stdout.write(
    `${JSON.stringify(report, null, args.includes("--json") ? undefined : 2)}\n`,
  );
  return 0;
}

async function main(): Promise<number> {
  const [what, ...rest] = process.argv.slice(2);
  if (what === "bestcut") return alone(rest, parseOptions, benchBestcut, bestcutUsage);
  if (what === "upscale") return alone(rest, parseUpscaleOptions, benchUpscale, upscaleUsage);
  const { values, positionals } = parseArgs({
    options: {
      photos: { type: "string" },
      runs: { type: "string", default: "5" },
      dir: { type: "string", default: join(root, ".cache", "bench") },
      json: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const bench = benches[positionals.join(" ")];
  if (values.help || bench === undefined) {
    process.stderr.write(usage);
    return values.help ? 0 : 2;
  }
  if (bench.host !== null && process.env[readyMark] === undefined) return inHost(bench.host);
  const [loadBefore = 0] = loadavg();
  const figures = await bench.run({
    photos: Number(values.photos ?? bench.photos),
    runs: Number(values.runs),
    cache: values.dir,
  });
  const [loadAfter = 0] = loadavg();
  const report = { ...figures, loadAverage: [rounded(loadBefore), rounded(loadAfter)] };
  process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);
  return 0;
}

process.exitCode = await main();
