export {
  type BurstMember,
  type BurstRanks,
  BurstStore,
  type FrameRank,
  type ProposedFrame,
} from "./burst-store.ts";
export { type LibraryDatabase, openDatabase } from "./database.ts";
export {
  type Change,
  type ChangePlaces,
  type EditStep,
  EditStore,
  type TouchedBursts,
} from "./edit-store.ts";
export { FaceStore } from "./face-store.ts";
export { type JobRecord, JobStore } from "./job-store.ts";
export { MeasureStore, type StoredMeasures } from "./measure-store.ts";
export { type KnownPhoto, MovedFileStore, type Placement, type Twin } from "./moved-file-store.ts";
export { type PhotoFile, versionOf, wholeNameKey } from "./photo-places.ts";
export { PhotoStore } from "./photo-store.ts";
export {
  type Plan,
  type PlanAction,
  type PlanDraft,
  type PlanItem,
  type PlanItemDraft,
  type PlanState,
  PlanStore,
} from "./plan-store.ts";
export {
  type FileKind,
  type FoundPhoto,
  foundKey,
  type PhotoProbe,
  passingSkips,
  ReadingStore,
  type SkipReason,
} from "./reading-store.ts";
export { type RootRecord, RootStore } from "./root-store.ts";
export {
  anyMark,
  areTwoNamesOfOneFile,
  entryAt,
  isCode,
  type MoveOutcome,
  moveWithoutOverwrite,
  removeReservation,
  reservationFor,
  sameNameKey,
  syncFolder,
} from "./safe-move.ts";
export {
  type SeenSidecar,
  type SidecarPhoto,
  SidecarStore,
  type Standing,
  type UnwrittenDecision,
} from "./sidecar-store.ts";
export { freedesktopTrash, noTrash, oneWayTrash, systemTrash, type Trash } from "./trash.ts";
export { trashEmptied, trashOneWay } from "./trash-problems.ts";
export { type UpscaleDraft, type UpscaleRecord, UpscaleStore } from "./upscale-store.ts";
export { cardHolding, type FindVolumeRoot, volumeRoot } from "./volume.ts";
