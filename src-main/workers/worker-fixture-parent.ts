/** A parent with a child, for the test that kills it. Prints the child's process id. */
import { forkLauncher } from "./fork.ts";
import { WorkerPool } from "./pool.ts";
import type { FixtureMethods } from "./worker-fixture.ts";

const pool = new WorkerPool<FixtureMethods>({
  launcher: forkLauncher(),
  entry: new URL("worker-fixture.ts", import.meta.url).pathname,
  name: "orphan",
  title: { en: "The worker", ko: "처리기" },
  size: 1,
  subjectOf: ({ file }) => file,
});
await pool.run(
  "wait",
  { file: "a.jpg" },
  { onProgress: ({ pid }) => process.stdout.write(`${pid}\n`) },
);
