export {
  type BurstRecipe,
  type RenderedBurst,
  type RenderedFrame,
  renderBurst,
} from "./burst.ts";
export { createRandom, type Random } from "./random.ts";
export {
  generateSample,
  SAMPLE_VERSION,
  type SampleBurst,
  type SampleManifest,
  type SampleOptions,
} from "./sample.ts";
