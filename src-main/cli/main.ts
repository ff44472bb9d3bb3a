import { join } from "node:path";
import { setProxy } from "../host/index.ts";
import { runCli } from "./run.ts";

// A reader that went away (| head) is no failure of ours.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
  process.exit(0);
});

setProxy(process.env);
process.exitCode = await runCli(process.argv.slice(2), {
  images: join(import.meta.dirname, "image-worker.js"),
  inference: join(import.meta.dirname, "inference-worker.js"),
  convert: join(import.meta.dirname, "convert-worker.js"),
  upscale: join(import.meta.dirname, "upscale-worker.js"),
});
