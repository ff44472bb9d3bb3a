export { type BurstMember, BurstStore, type FrameRank } from "./burst-store.ts";
export { type LibraryDatabase, openDatabase } from "./database.ts";
export { type Change, type EditStep, EditStore, type TouchedBursts } from "./edit-store.ts";
export { type JobRecord, JobStore } from "./job-store.ts";
export { MeasureStore, type StoredMeasures } from "./measure-store.ts";
export {
  type FileKind,
  type FoundPhoto,
  foundKey,
  type PhotoFile,
  type PhotoProbe,
  PhotoStore,
  type SkipReason,
} from "./photo-store.ts";
export { type RootRecord, RootStore } from "./root-store.ts";
