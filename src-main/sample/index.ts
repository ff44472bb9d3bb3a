export {
  type BurstRecipe,
  type RenderedBurst,
  type RenderedFrame,
  renderBurst,
} from "./burst.ts";
export {
  generateSample,
  SAMPLE_VERSION,
  type SampleBurst,
  type SampleManifest,
  type SampleOptions,
} from "./sample.ts";
