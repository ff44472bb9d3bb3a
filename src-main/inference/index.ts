export { createInferencePool } from "./inference-pool.ts";
export {
  FACE_WINDOW_EDGE,
  type Face,
  type FaceWindow,
  type InferenceWorkerMethods,
  type Point,
} from "./protocol.ts";
