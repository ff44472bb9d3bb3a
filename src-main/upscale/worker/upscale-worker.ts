/** The upscaling child's entry: a process of its own that holds ONNX Runtime (see protocol.ts). */
import { serveWorker } from "../../workers/index.ts";
import { listBackends } from "./backends.ts";
import { KeptRunner } from "./kept-runner.ts";
import type { UpscaleWorkerMethods } from "./protocol.ts";
import { check, selfTest } from "./self-test.ts";
import { upscale } from "./upscale.ts";

const runners = new KeptRunner();

serveWorker<UpscaleWorkerMethods>({
  backends: () => listBackends(),
  selfTest,
  check,
  upscale: (input, context) =>
    upscale(input, context, (provider, mayTrim) =>
      runners.open(
        input.network,
        provider,
        input.source.bits,
        input.network.name ?? input.name,
        mayTrim,
      ),
    ),
});
