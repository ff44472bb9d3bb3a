export {
  type BurstRecipe,
  type RenderedBurst,
  type RenderedFrame,
  renderBurst,
} from "./burst.ts";
export { type Blur, blurRaster, expose } from "./camera.ts";
export { fractalNoise } from "./noise.ts";
export { between, createRandom, deriveSeed, pick, type Random, shuffle } from "./random.ts";
export {
  generateSample,
  SAMPLE_VERSION,
  type SampleBurst,
  type SampleManifest,
  type SampleOptions,
} from "./sample.ts";
export {
  type Box,
  frameArea,
  paintRaster,
  type Raster,
  type Samples,
  type Size,
  STRAIGHT_VIEW,
} from "./scene.ts";
export { GALLERY, SCENES, type SceneName, WITH_SUBJECT } from "./scenes/gallery.ts";
