/** The CLI for tests, run from its sources: as `main.ts`, with its workers' sources. */
import { join } from "node:path";
import { runCli } from "./run.ts";

const rooms = join(import.meta.dirname, "..");

process.exitCode = await runCli(process.argv.slice(2), {
  images: join(rooms, "photos", "worker", "image-worker.ts"),
  inference: join(rooms, "inference", "inference-worker.ts"),
  convert: join(rooms, "upscale", "catalogue", "convert-worker.ts"),
  upscale: join(rooms, "upscale", "worker", "upscale-worker.ts"),
});
