/** `npm run kiln -- bench grid [--photos N] [--runs N] [--json]`: figures, never a test. */
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { root } from "../e2e/hosts.ts";
import { benchGrid } from "./grid.ts";

const usage = "kiln bench grid [--photos N] [--runs N] [--dir DIR] [--json]";

const { values, positionals } = parseArgs({
  options: {
    photos: { type: "string", default: "5000" },
    runs: { type: "string", default: "5" },
    dir: { type: "string", default: join(root, ".cache", "bench") },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
  allowPositionals: true,
});

if (values.help) {
  console.log(usage);
} else if (positionals.join(" ") !== "grid") {
  console.error(usage);
  process.exitCode = 2;
} else {
  const before = loadavg()[0] ?? 0;
  const figures = await benchGrid({
    photos: Number(values.photos),
    runs: Number(values.runs),
    cache: values.dir,
  });
  const report = { ...figures, loadAverageBefore: Number(before.toFixed(2)) };
  console.log(values.json ? JSON.stringify(report) : JSON.stringify(report, null, 2));
}
