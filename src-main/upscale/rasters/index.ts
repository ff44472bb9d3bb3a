/** What the image worker needs to know of upscaling: the files that pixels travel in, and what a format can hold. */
export {
  addFields,
  createTarget,
  describeTarget,
  findRaster,
  needSpace,
  type RasterLayout,
  type RasterMetadata,
  smallTiff,
  tiffType,
} from "../big-tiff.ts";
export { type OutputFormat, outputFormats, outputLimit } from "../output-limits.ts";
export { libraryFull } from "../problems.ts";
export { type Raster, rowBytes } from "../raster.ts";
