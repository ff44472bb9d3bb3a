/** A child whose providers do what drivers do: one is right, one wrong, one crashes, one never answers. */
import { appendFileSync } from "node:fs";
import { serveWorker } from "../workers/index.ts";
import { providerUnavailable, providerWrong } from "./worker/problems.ts";
import type { UpscaleWorkerMethods } from "./worker/protocol.ts";

const refuse = () => Promise.reject(new Error("not asked for here"));

serveWorker<UpscaleWorkerMethods>({
  backends: () =>
    Promise.resolve({
      version: process.env.KILN_FIXTURE_VERSION ?? "1",
      providers: ["dml", "cuda", "coreml", "webgpu", "cpu"],
    }),
  selfTest: async ({ provider }) => {
    appendFileSync(process.env.KILN_FIXTURE_LOG ?? "", `${provider} ${process.pid}\n`);
    if (provider === "cuda") process.kill(process.pid, "SIGSEGV");
    if (provider === "coreml") throw providerWrong(provider, 12.25);
    if (provider === "webgpu") throw providerUnavailable(provider, "No supported adapters");
    if (provider === "dml" && process.env.KILN_FIXTURE_HANGS === "1") await new Promise(() => {});
    return { maxDifference: 0, secondsPerMegapixel: provider === "dml" ? 0.01 : 0.5 };
  },
  check: refuse,
  upscale: refuse,
});
