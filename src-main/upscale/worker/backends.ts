import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { type Provider, providers, type UpscaleWorkerMethods } from "./protocol.ts";
import { loadRuntime } from "./runtime.ts";

/** Libraries that come beside the runtime for providers that are not built into it. */
const libraries: Partial<Record<Provider, string>> = {
  cuda: "libonnxruntime_providers_cuda.so",
};

/** What ONNX Runtime on this system was built with; see `UpscaleWorkerMethods`. */
export async function listBackends(): Promise<UpscaleWorkerMethods["backends"]["output"]> {
  const { listSupportedBackends, env } = await loadRuntime();
  const supported = new Map(listSupportedBackends().map(({ name, bundled }) => [name, bundled]));
  return {
    version: env.versions.common,
    providers: providers.filter((provider) => {
      const bundled = supported.get(provider);
      return bundled === undefined ? false : bundled || isBeside(libraries[provider]);
    }),
  };
}

function isBeside(library: string | undefined): boolean {
  if (library === undefined) return true;
  const runtime = createRequire(import.meta.url).resolve("onnxruntime-node");
  const folder = join(dirname(runtime), "..", "bin", "napi-v6", process.platform, process.arch);
  return existsSync(join(folder, library));
}
