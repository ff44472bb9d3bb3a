export { modelUnknown } from "./catalogue/problems.ts";
export { parseResultName } from "./result-name.ts";
export type { ResultTiles } from "./result-tiles.ts";
export { createUpscaling, type Upscaling } from "./upscaling.ts";
