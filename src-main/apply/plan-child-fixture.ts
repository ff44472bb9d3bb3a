/**
 * A process of its own for tests: carries out or takes back one plan of the library in `library`, prints what came of
 * it as JSON, and ends. With `killAt` it kills itself, as kill -9 does, before or after its n-th call of the file
 * system; the calls of the journal lie between those, so every gap of it is met, too.
 */
import { z } from "zod";
import { KilnError } from "../errors.ts";
import { freedesktopTrash, openDatabase, PlanStore } from "../library/index.ts";
import { encodeForTests } from "./apply-fixture.ts";
import { applyPlan } from "./execute.ts";
import { interceptFileCalls } from "./file-calls-fixture.ts";
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

async function main(order: PlanOrder): Promise<void> {
  const files = await interceptFileCalls((call, when) => {
    const { killAt } = order;
    if (killAt?.call === call && killAt.when === when) process.kill(process.pid, "SIGKILL");
  });
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
  files.restart();
  let code: string | null = null;
  try {
    if (order.direction === "apply") await applyPlan({ ...options, encode: encodeForTests });
    else await undoPlan(options);
  } catch (error) {
    if (!(error instanceof KilnError)) throw error;
    code = error.code;
  }
  database.close();
  process.stdout.write(`${JSON.stringify({ calls: files.count(), code })}\n`);
}

const [, script, order] = process.argv;
if (script === import.meta.filename && order !== undefined) {
  await main(planOrderSchema.parse(JSON.parse(order)));
}
