/** The CLI for tests, run from its sources: as `main.ts`, with the image worker's source. */
import { join } from "node:path";
import { runCli } from "./run.ts";

process.exitCode = await runCli(
  process.argv.slice(2),
  join(import.meta.dirname, "..", "photos", "worker", "image-worker.ts"),
);
