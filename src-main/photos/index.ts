export { MEASURES_VERSION as measuresVersion } from "./best-cut/index.ts";
export { Decisions } from "./decisions.ts";
export { DETECTOR_VERSION as facesVersion } from "./faces/version.ts";
export { FolderWatch } from "./folder-watch.ts";
export { rankRoot } from "./grouping.ts";
export { Imports, type StartedImport } from "./imports.ts";
export { Media, type MediaFile, type MediaKind } from "./media.ts";
export { RenditionCache } from "./rendition-cache.ts";
export type { ImageWorkerMethods } from "./worker/protocol.ts";
