/** Starts `plan-child-fixture.ts` from source and hears what came of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type PlanOrder, planReportSchema } from "./plan-child-fixture.ts";

const child = join(import.meta.dirname, "plan-child-fixture.ts");

/** How a child ended. */
export interface ChildEnd {
  readonly wasKilled: boolean;
  readonly calls: number | null;
  readonly code: string | null;
}

/** Runs one order in a child; `killAfterMs` kills it from here, at whatever it is doing then. */
export async function runChild(
  order: PlanOrder,
  options: { killAfterMs?: number | null; uid?: number } = {},
): Promise<ChildEnd> {
  const process_: ChildProcess = spawn(process.execPath, [child, JSON.stringify(order)], {
    stdio: ["ignore", "pipe", "pipe"],
    ...(options.uid === undefined ? {} : { uid: options.uid, gid: options.uid }),
  });
  const { stdout, stderr } = process_;
  if (stdout === null || stderr === null) throw new Error("The child has no pipes.");
  let complaint = "";
  stderr.on("data", (text: Buffer) => {
    complaint += text.toString();
  });
  let report: string | null = null;
  const lines = createInterface({ input: stdout });
  lines.on("line", (line) => {
    if (line !== "ready") report = line;
    else if (typeof options.killAfterMs === "number") {
      setTimeout(() => process_.kill("SIGKILL"), options.killAfterMs);
    }
  });
  const [[exitCode, signal]] = await Promise.all([once(process_, "exit"), once(lines, "close")]);
  if (signal === "SIGKILL") return { wasKilled: true, calls: null, code: null };
  if (exitCode !== 0 || report === null) throw new Error(`The child failed: ${complaint}`);
  return { wasKilled: false, ...planReportSchema.parse(JSON.parse(report)) };
}
