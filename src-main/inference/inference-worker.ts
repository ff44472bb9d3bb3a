/** The inference child's entry: a process of its own that holds the neural networks (see protocol.ts). */
import { serveWorker } from "../workers/index.ts";
import { findFaces } from "./faces.ts";
import type { InferenceWorkerMethods } from "./protocol.ts";

serveWorker<InferenceWorkerMethods>({
  faces: async ({ windows }, { signal }) => ({ faces: await findFaces(windows, signal) }),
});
