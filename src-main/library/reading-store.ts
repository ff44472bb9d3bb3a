import type { Statement } from "better-sqlite3";
import type { Box, PhotoRow } from "../../src-preload/contract/photos.ts";
import type { LibraryDatabase } from "./database.ts";
import { onlyRow } from "./only-row.ts";
import {
  directoryStatement,
  isWithin,
  type PhotoFile,
  type PlaceRow,
  tellAgain,
  toPhotoFile,
  versionOf,
} from "./photo-places.ts";

export type FileKind =
  | "jpeg"
  | "png"
  | "webp"
  | "avif"
  | "tiff"
  | "heic"
  | "raw"
  | "xmp"
  | "thumbnail"
  | "video"
  | "other";

/** One photo as a reading of a folder found it: the files that are that photo. The primary file comes first. */
export interface FoundPhoto {
  readonly directory: string;
  /** See the schema: equal keys in one directory are one photo. */
  readonly key: string;
  readonly files: readonly {
    readonly name: string;
    readonly kind: FileKind;
    readonly bytes: number;
    readonly modifiedMs: number;
  }[];
  /** Set when the files as they are can't be a readable photo (a RAW alone, say). */
  readonly skip: SkipReason | null;
}

export interface SkipReason {
  readonly code: string;
  readonly en: string;
  readonly ko: string;
}

/** What a photo's own bytes say about it. */
export interface PhotoProbe {
  readonly format: NonNullable<PhotoRow["format"]>;
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly fastHash: string;
  readonly width: number;
  readonly height: number;
  readonly orientation: number;
  readonly capturedAt: {
    readonly local: string;
    readonly subSecond: boolean;
    readonly offsetMinutes: number | null;
  } | null;
  readonly cameraMake: string | null;
  readonly cameraModel: string | null;
  readonly lens: string | null;
  readonly iso: number | null;
  readonly exposureSeconds: number | null;
  readonly fNumber: number | null;
  readonly focalLengthMm: number | null;
  readonly latitude: number | null;
  readonly longitude: number | null;
  readonly iccName: string | null;
  readonly isRaw: boolean;
  /** Upright size of a RAW's preview where it is smaller than the photo. */
  readonly preview: { readonly width: number; readonly height: number } | null;
  readonly focus: { readonly box: Box } | null;
}

/** What readings of folders write down: which photos are there, and how far each has got. */
export class ReadingStore {
  readonly #database: LibraryDatabase;
  readonly #saveProbed: Statement;
  readonly #saveProbedFile: Statement;

  constructor(database: LibraryDatabase) {
    this.#database = database;
    // For every photo of a folder that is renamed, in one transaction.
    this.#saveProbed = database.sql.prepare(
      `UPDATE photos SET state = 'probed', format = @format, width = @width, height = @height,
         orientation = @orientation, identity = @identity, version = @version, captured_at = @capturedAt,
         captured_local = @capturedLocal, captured_has_subseconds = @hasSubseconds,
         captured_offset_minutes = @offsetMinutes, camera_make = @cameraMake, camera_model = @cameraModel,
         lens = @lens, iso = @iso, exposure_seconds = @exposureSeconds, f_number = @fNumber,
         focal_length_mm = @focalLengthMm, latitude = @latitude, longitude = @longitude,
         icc_name = @iccName, is_raw = @isRaw, preview_width = @previewWidth,
         preview_height = @previewHeight, focus = @focus, skip_code = NULL, skip_en = NULL,
         skip_ko = NULL, revision = @revision
       WHERE id = @id`,
    );
    this.#saveProbedFile = database.sql.prepare(
      `UPDATE files SET fast_hash = ?, bytes = ?, modified_ms = ?, kind = ?
       WHERE photo_id = ? AND is_primary = 1`,
    );
  }

  /**
   * Writes down what a reading of a folder found. A photo whose primary file is new or has other bytes than before
   * goes back to `found`; one that was missing comes back with its decisions; all others stay as they are. What was
   * known by its bytes stays known by them until somebody has seen whose file is there now: see `MovedFileStore`.
   */
  recordFound(rootId: number, found: readonly FoundPhoto[]): void {
    const { sql } = this.#database;
    const directory = directoryStatement(sql);
    const existing = sql.prepare<
      [number, string],
      {
        id: number;
        state: string;
        skip_code: string | null;
        name: string;
        bytes: number;
        modified_ms: number;
      }
    >(
      `SELECT photos.id, photos.state, skip_code, files.name, files.bytes, files.modified_ms
       FROM photos JOIN files ON files.photo_id = photos.id AND files.is_primary = 1
       WHERE photos.directory_id = ? AND photos.key = ?`,
    );
    const insert = sql.prepare<[number, string, string, number], { id: number }>(
      `INSERT INTO photos (directory_id, key, name, state, version, revision) VALUES (?, ?, ?, 'found', '', ?)
       ON CONFLICT (directory_id, key) DO UPDATE SET name = excluded.name RETURNING id`,
    );
    const setState = sql.prepare(
      `UPDATE photos SET state = @state, name = @name, version = @version, skip_code = @code, skip_en = @en,
         skip_ko = @ko, burst_id = iif(@state = 'skipped', NULL, burst_id), revision = @revision
       WHERE id = @photoId`,
    );
    const clearPrimary = sql.prepare("UPDATE files SET is_primary = 0 WHERE photo_id = ?");
    const saveFile = sql.prepare(
      `INSERT INTO files (photo_id, directory_id, name, kind, is_primary, bytes, modified_ms)
       VALUES (@photoId, @directoryId, @name, @kind, @isPrimary, @bytes, @modifiedMs)
       ON CONFLICT (directory_id, name) DO UPDATE SET
         photo_id = excluded.photo_id, kind = excluded.kind, is_primary = excluded.is_primary,
         fast_hash = iif(photo_id = excluded.photo_id AND (excluded.is_primary = 1
           OR (bytes = excluded.bytes AND modified_ms = excluded.modified_ms)), fast_hash, ''),
         bytes = excluded.bytes, modified_ms = excluded.modified_ms, is_missing = 0`,
    );
    const loseOthers = sql.prepare<[number, string]>(
      `UPDATE files SET is_missing = 1
       WHERE photo_id = ? AND name NOT IN (SELECT value FROM json_each(?))`,
    );
    const link = sql.prepare(
      "INSERT INTO root_photos (root_id, photo_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
    );

    this.#database.transaction(() => {
      const revision = this.#database.nextRevision();
      for (const photo of found) {
        const primary = photo.files[0];
        if (primary === undefined) throw new RangeError("A photo has at least one file.");
        const directoryId = onlyRow(directory.get(photo.directory)).id;
        const before = existing.get(directoryId, photo.key);
        const photoId =
          before?.id ?? onlyRow(insert.get(directoryId, photo.key, primary.name, revision)).id;
        clearPrimary.run(photoId);
        for (const file of photo.files) {
          saveFile.run({ ...file, photoId, directoryId, isPrimary: file === primary ? 1 : 0 });
        }
        loseOthers.run(photoId, JSON.stringify(photo.files.map(({ name }) => name)));
        const linked = link.run(rootId, photoId).changes > 0;
        const sameBytes =
          before !== undefined &&
          before.name === primary.name &&
          before.bytes === primary.bytes &&
          before.modified_ms === primary.modifiedMs;
        const settled =
          sameBytes &&
          (before.state === "probed" ||
            before.state === "measured" ||
            (before.state === "skipped" && !passingSkips.has(before.skip_code ?? "")));
        const row = { photoId, revision, name: primary.name, version: versionOf(primary) };
        if (settled) {
          if (linked) tellAgain(sql, photoId, revision);
        } else if (photo.skip !== null) {
          setState.run({ ...row, state: "skipped", ...photo.skip });
        } else {
          setState.run({ ...row, state: "found", code: null, en: null, ko: null });
        }
      }
    });
  }

  /**
   * Photos inside the root that a reading did not meet become `missing`. Those that moved out of it are not its
   * business.
   *
   * @param seen `foundKey`s of what the reading met
   * @param unread folders that it could not open: what is below them keeps its state
   * @param page looks at the next `limit` photos after an id, all unless given
   * @returns the id after which to go on; null when all have been looked at
   */
  markMissing(
    rootId: number,
    seen: ReadonlySet<string>,
    unread: readonly string[],
    { after, limit }: { after: number; limit: number } = { after: 0, limit: -1 },
  ): number | null {
    const known = this.#database.sql
      .prepare<[number, number, number], { id: number; path: string; key: string; root: string }>(
        `SELECT photos.id, directories.path, photos.key, roots.path AS root
         FROM root_photos JOIN photos ON photos.id = photo_id
           JOIN directories ON directories.id = directory_id
           JOIN roots ON roots.id = root_id
         WHERE root_id = ? AND photo_id > ? AND photos.state NOT IN ('missing', 'gone')
         ORDER BY photo_id LIMIT ?`,
      )
      .all(rootId, after, limit);
    const missing = known.filter(
      (photo) =>
        isWithin(photo.path, photo.root) &&
        !seen.has(foundKey(photo.path, photo.key)) &&
        !unread.some((folder) => isWithin(photo.path, folder)),
    );
    this.#database.transaction(() => {
      for (const { id } of missing) this.markPhotoMissing(id);
    });
    return known.length === limit ? (known.at(-1)?.id ?? null) : null;
  }

  /** The photo's files are not where they were. Its decisions are kept until it is found again. */
  markPhotoMissing(photoId: number): void {
    this.#database.transaction(() => {
      this.#database.sql
        .prepare("UPDATE photos SET state = 'missing', revision = ? WHERE id = ?")
        .run(this.#database.nextRevision(), photoId);
      this.#database.sql.prepare("UPDATE files SET is_missing = 1 WHERE photo_id = ?").run(photoId);
    });
  }

  /** Photos of a root in one of these states, oldest row first. */
  inState(rootId: number, states: readonly PhotoRow["state"][]): PhotoFile[] {
    return this.#database.sql
      .prepare<unknown[], PlaceRow>(
        `SELECT photos.id, directories.path AS directory, photos.name, version, identity
         FROM root_photos JOIN photos ON photos.id = photo_id JOIN directories ON directories.id = directory_id
         WHERE root_id = ? AND state IN (${states.map(() => "?").join(", ")}) ORDER BY photos.id`,
      )
      .all(rootId, ...states)
      .map(toPhotoFile);
  }

  /** Writes down what the primary file says of itself: `found` becomes `probed`. */
  saveProbe(photoId: number, probe: PhotoProbe): void {
    this.#database.transaction(() => {
      const revision = this.#database.nextRevision();
      this.#saveProbed.run({
        format: probe.format,
        width: probe.width,
        height: probe.height,
        orientation: probe.orientation,
        identity: probe.fastHash,
        // The file may have been written again since it was found.
        version: versionOf(probe),
        capturedAt: probe.capturedAt === null ? null : Date.parse(`${probe.capturedAt.local}Z`),
        capturedLocal: probe.capturedAt?.local ?? null,
        hasSubseconds: probe.capturedAt?.subSecond === true ? 1 : 0,
        offsetMinutes: probe.capturedAt?.offsetMinutes ?? null,
        cameraMake: probe.cameraMake,
        cameraModel: probe.cameraModel,
        lens: probe.lens,
        iso: probe.iso,
        exposureSeconds: probe.exposureSeconds,
        fNumber: probe.fNumber,
        focalLengthMm: probe.focalLengthMm,
        latitude: probe.latitude,
        longitude: probe.longitude,
        iccName: probe.iccName,
        isRaw: probe.isRaw ? 1 : 0,
        previewWidth: probe.preview?.width ?? null,
        previewHeight: probe.preview?.height ?? null,
        focus: probe.focus === null ? null : JSON.stringify(probe.focus.box),
        revision,
        id: photoId,
      });
      this.#saveProbedFile.run(
        probe.fastHash,
        probe.bytes,
        probe.modifiedMs,
        probe.isRaw ? "raw" : probe.format,
        photoId,
      );
    });
  }

  saveSkip(photoId: number, reason: SkipReason): void {
    this.#database.transaction(() => {
      this.#database.sql
        .prepare(
          `UPDATE photos SET state = 'skipped', skip_code = ?, skip_en = ?, skip_ko = ?, burst_id = NULL,
             rank = NULL, score = NULL, reason_en = NULL, reason_ko = NULL, subject_kind = NULL,
             subject_box = NULL, revision = ? WHERE id = ?`,
        )
        .run(reason.code, reason.en, reason.ko, this.#database.nextRevision(), photoId);
    });
  }

  markMeasured(photoId: number): void {
    this.#database.transaction(() => {
      this.#database.sql
        .prepare("UPDATE photos SET state = 'measured', revision = ? WHERE id = ?")
        .run(this.#database.nextRevision(), photoId);
    });
  }

  /** Names of every file in the folder of a root that was made of single files. */
  fileNames(rootId: number): string[] {
    return this.#database.sql
      .prepare<[number], string>(
        `SELECT name FROM root_photos JOIN files USING (photo_id)
           JOIN directories ON directories.id = directory_id JOIN roots ON roots.id = root_id
         WHERE root_id = ? AND directories.path = roots.path ORDER BY name`,
      )
      .pluck()
      .all(rootId);
  }
}

/** What kept a photo from being read may have passed by the next reading, though its bytes are the same. */
export const passingSkips: ReadonlySet<string> = new Set([
  "file-unreadable",
  "worker-died",
  "worker-timed-out",
]);

/** How `markMissing` names a photo of a reading. */
export function foundKey(directory: string, key: string): string {
  return `${directory}\0${key}`;
}
