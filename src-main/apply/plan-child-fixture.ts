/**
 * A process of its own for tests: carries out or takes back one plan of the library in `library`, prints what came of
 * it as JSON, and ends. With `killAt` it kills itself, as kill -9 does, before or after its n-th call of the file
 * system; the calls of the journal lie between those, so every gap of it is met, too.
 */
import { promises as fs } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { z } from "zod";
import { KilnError } from "../errors.ts";
import { freedesktopTrash, openDatabase, PlanStore } from "../library/index.ts";
import { encodeForTests } from "./apply-fixture.ts";
import { applyPlan } from "./execute.ts";
import { undoPlan } from "./undo.ts";

export const planOrderSchema = z.object({
  library: z.string(),
  dataHome: z.string(),
  planId: z.number(),
  direction: z.enum(["apply", "undo"]),
  killAt: z.object({ call: z.number(), when: z.enum(["before", "after"]) }).nullable(),
});
export type PlanOrder = z.infer<typeof planOrderSchema>;

export const planReportSchema = z.object({
  /** File system calls that it took. */
  calls: z.number(),
  /** Code of the KilnError that ended it, or null. */
  code: z.string().nullable(),
});

/** Calls that change something on the disk or look at it on the way to a change. */
const names = ["link", "unlink", "rename", "open", "mkdir", "rmdir", "lstat", "stat"] as const;
const handleNames = ["read", "writeFile", "sync", "utimes", "chmod", "close"] as const;

async function main(order: PlanOrder): Promise<void> {
  let calls = 0;
  const counted = <Arguments extends unknown[], Result>(
    work: (...values: Arguments) => Promise<Result>,
  ) =>
    async function (this: unknown, ...values: Arguments): Promise<Result> {
      calls += 1;
      const isTheOne = order.killAt?.call === calls;
      if (isTheOne && order.killAt?.when === "before") process.kill(process.pid, "SIGKILL");
      const result = await work.apply(this, values);
      if (isTheOne) process.kill(process.pid, "SIGKILL");
      return result;
    };
  const patch = (target: object, keys: readonly string[]) => {
    for (const key of keys) {
      const work: unknown = Reflect.get(target, key);
      if (typeof work === "function") {
        Reflect.set(
          target,
          key,
          counted(async function (this: unknown, ...values: unknown[]) {
            return Reflect.apply(work, this, values);
          }),
        );
      }
    }
  };
  const handle = await fs.open(process.execPath, "r");
  patch(Object.getPrototypeOf(handle), handleNames);
  await handle.close();
  patch(fs, names);
  syncBuiltinESMExports();

  const database = openDatabase(order.library);
  const options = {
    planId: order.planId,
    store: new PlanStore(database),
    trash: freedesktopTrash({ dataHome: order.dataHome }),
    signal: new AbortController().signal,
    onProgress: () => undefined,
    follow: () => undefined,
  };
  process.stdout.write("ready\n");
  calls = 0;
  let code: string | null = null;
  try {
    if (order.direction === "apply") await applyPlan({ ...options, encode: encodeForTests });
    else await undoPlan(options);
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    code = error.code;
  }
  database.close();
  process.stdout.write(`${JSON.stringify({ calls, code })}\n`);
}

const [, script, order] = process.argv;
if (script === import.meta.filename && order !== undefined) {
  await main(planOrderSchema.parse(JSON.parse(order)));
}
