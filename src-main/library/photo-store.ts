/** Over 400 lines: every statement on photos and their files, so that what their columns mean is said in one place. */
import { basename, dirname, join, parse, sep } from "node:path";
import type { Box, PhotoDetail, PhotoRow, Subject } from "../../src-preload/contract/photos.ts";
import { parseBox } from "./boxes.ts";
import type { LibraryDatabase } from "./database.ts";

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

/** A photo on its way through a reading: where its primary file is, and how far it has got. */
export interface PhotoFile {
  readonly id: number;
  readonly path: string;
  /** Changes with the file's size or time. */
  readonly version: string;
  /** Digest of the bytes; empty until probed. */
  readonly identity: string;
}

/** What the primary file of a photo holds. */
interface PrimaryFile extends Pick<PhotoRow, "format" | "state" | "width" | "height"> {
  /** Its pixels are inside: the file itself is no picture that others could show. */
  readonly isRaw: boolean;
}

interface ChangeRow {
  id: number;
  name: string;
  state: PhotoRow["state"];
  format: PhotoRow["format"];
  width: number;
  height: number;
  version: string;
  captured_at: number | null;
  camera_model: string | null;
  lens: string | null;
  iso: number | null;
  stars: number;
  flag: PhotoRow["flag"];
  label: PhotoRow["label"];
  rotation: PhotoRow["rotation"];
  burst_id: number | null;
  rank: number | null;
  score: number | null;
  reason_en: string | null;
  reason_ko: string | null;
  skip_en: string | null;
  skip_ko: string | null;
  has_raw: number;
  has_picture: number;
  preview_width: number | null;
  preview_height: number | null;
  subject_kind: Subject["kind"] | null;
  subject_box: string | null;
  is_tied: number;
}

/** The columns of a {@link ChangeRow}, of the table `photos`. */
const changeColumns = `photos.id, photos.name, state, format, width, height, version, captured_at, camera_model, lens,
  iso, stars, flag, label, rotation, burst_id, rank, score, reason_en, reason_ko, skip_en, skip_ko,
  EXISTS (SELECT 1 FROM files WHERE photo_id = photos.id AND kind = 'raw') AS has_raw,
  EXISTS (SELECT 1 FROM files WHERE photo_id = photos.id
    AND kind IN ('jpeg', 'png', 'webp', 'avif', 'tiff', 'heic')) AS has_picture,
  preview_width, preview_height, subject_kind, subject_box, is_tied`;

/** Photos and their files. */
export class PhotoStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /**
   * Writes down what a reading of a folder found. A photo whose primary file is new or has other bytes than before
   * goes back to `found`; one that was missing comes back with its decisions; all others stay as they are.
   */
  recordFound(rootId: number, found: readonly FoundPhoto[]): void {
    const { sql } = this.#database;
    const directory = sql.prepare<[string], { id: number }>(
      `INSERT INTO directories (path) VALUES (?)
       ON CONFLICT (path) DO UPDATE SET path = excluded.path RETURNING id`,
    );
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
         fast_hash = iif(bytes = excluded.bytes AND modified_ms = excluded.modified_ms, fast_hash, ''),
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
        const directoryId = only(directory.get(photo.directory)).id;
        const before = existing.get(directoryId, photo.key);
        const photoId =
          before?.id ?? only(insert.get(directoryId, photo.key, primary.name, revision)).id;
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
          if (linked) this.#tellAgain(photoId, revision);
        } else if (photo.skip !== null) {
          setState.run({ ...row, state: "skipped", ...photo.skip });
        } else {
          setState.run({ ...row, state: "found", code: null, en: null, ko: null });
        }
      }
    });
  }

  /** A photo that comes from another root must reach the clients of this one, and its burst with it. */
  #tellAgain(photoId: number, revision: number): void {
    const { sql } = this.#database;
    sql.prepare("UPDATE photos SET revision = ? WHERE id = ?").run(revision, photoId);
    sql
      .prepare(
        "UPDATE bursts SET revision = ? WHERE id = (SELECT burst_id FROM photos WHERE id = ?)",
      )
      .run(revision, photoId);
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

  /** Other photos whose primary file had exactly these bytes: the places that this file may have moved from. */
  twins(photoId: number, identity: { fastHash: string; bytes: number }): PhotoFile[] {
    return this.#database.sql
      .prepare<[string, number, number], PlaceRow>(
        `SELECT photos.id, directories.path AS directory, photos.name, version, identity
         FROM files JOIN photos ON photos.id = files.photo_id
           JOIN directories ON directories.id = photos.directory_id
         WHERE files.fast_hash = ? AND files.bytes = ? AND files.is_primary = 1
           AND photos.state <> 'gone' AND photos.id <> ? ORDER BY photos.id`,
      )
      .all(identity.fastHash, identity.bytes, photoId)
      .map(toPhotoFile);
  }

  /**
   * A moved file: the photo `oldId`, with its decisions and its burst, takes over the place and the files of `newId`,
   * which leaves the library. It is shown by the roots that it is in now.
   */
  followMove(oldId: number, newId: number): void {
    this.#database.transaction(() => {
      const { sql } = this.#database;
      const revision = this.#database.nextRevision();
      const place = sql.prepare<
        [number],
        { directory_id: number; directory: string; key: string; name: string }
      >(
        `SELECT directory_id, path AS directory, key, name
         FROM photos JOIN directories ON directories.id = directory_id WHERE photos.id = ?`,
      );
      const from = only(place.get(oldId));
      const to = only(place.get(newId));
      const move = sql.prepare(
        "UPDATE photos SET directory_id = ?, key = ?, name = ?, revision = ? WHERE id = ?",
      );
      move.run(from.directory_id, `moved:${newId}`, from.name, revision, newId);
      move.run(to.directory_id, to.key, to.name, revision, oldId);
      // The old rows are kept, with the photo that leaves: the journal of an applied plan may name them.
      sql
        .prepare(
          `UPDATE files SET photo_id = iif(photo_id = @oldId, @newId, @oldId),
             is_missing = (photo_id = @oldId)
           WHERE photo_id IN (@oldId, @newId)`,
        )
        .run({ oldId, newId });
      sql
        .prepare("UPDATE photos SET state = 'gone', burst_id = NULL, rank = NULL WHERE id = ?")
        .run(newId);
      sql
        .prepare(
          `INSERT INTO root_photos (root_id, photo_id)
           SELECT root_id, ? FROM root_photos WHERE photo_id = ? ON CONFLICT DO NOTHING`,
        )
        .run(oldId, newId);
      this.#tellAgain(oldId, revision);
      const unlink = sql.prepare("DELETE FROM root_photos WHERE root_id = ? AND photo_id = ?");
      for (const root of this.#rootsOf(oldId)) {
        if (!isWithin(to.directory, root.path)) unlink.run(root.id, oldId);
      }
    });
  }

  /** Writes down what the primary file says of itself: `found` becomes `probed`. */
  saveProbe(photoId: number, probe: PhotoProbe): void {
    this.#database.transaction(() => {
      const revision = this.#database.nextRevision();
      this.#database.sql
        .prepare(
          `UPDATE photos SET state = 'probed', format = @format, width = @width, height = @height,
             orientation = @orientation, identity = @identity, version = @version, captured_at = @capturedAt,
             captured_local = @capturedLocal, captured_has_subseconds = @hasSubseconds,
             captured_offset_minutes = @offsetMinutes, camera_make = @cameraMake, camera_model = @cameraModel,
             lens = @lens, iso = @iso, exposure_seconds = @exposureSeconds, f_number = @fNumber,
             focal_length_mm = @focalLengthMm, latitude = @latitude, longitude = @longitude,
             icc_name = @iccName, is_raw = @isRaw, preview_width = @previewWidth,
             preview_height = @previewHeight, focus = @focus, skip_code = NULL, skip_en = NULL, skip_ko = NULL, revision = @revision
           WHERE id = @id`,
        )
        .run({
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
      this.#database.sql
        .prepare(
          `UPDATE files SET fast_hash = ?, bytes = ?, modified_ms = ?, kind = ?
           WHERE photo_id = ? AND is_primary = 1`,
        )
        .run(
          probe.fastHash,
          probe.bytes,
          probe.modifiedMs,
          probe.isRaw ? "raw" : probe.format,
          photoId,
        );
    });
  }

  /** The files of a photo where the library thinks they are, the primary first. */
  files(photoId: number): { readonly fileId: number; readonly path: string }[] {
    return this.#database.sql
      .prepare<[number], { id: number; directory: string; name: string }>(
        `SELECT files.id, directories.path AS directory, files.name
         FROM files JOIN directories ON directories.id = files.directory_id
         WHERE photo_id = ? AND (is_primary = 1 OR is_missing = 0)
         ORDER BY is_primary DESC, files.name`,
      )
      .all(photoId)
      .map((row) => ({ fileId: row.id, path: join(row.directory, row.name) }));
  }

  /**
   * Follows a file that Kiln itself moved. A photo whose primary file left every root that shows it, or went to the
   * trash (`path` null), leaves the window; one that comes back is there again, with its decisions.
   */
  fileMoved(fileId: number, path: string | null): void {
    const { sql } = this.#database;
    this.#database.transaction(() => {
      const revision = this.#database.nextRevision();
      const file = only(
        sql
          .prepare<
            [number],
            { photo_id: number; name: string; is_primary: number; key: string; identity: string }
          >(
            `SELECT photo_id, files.name, is_primary, key, identity
             FROM files JOIN photos ON photos.id = photo_id WHERE files.id = ?`,
          )
          .get(fileId),
      );
      const leave = sql.prepare("UPDATE photos SET state = 'gone', revision = ? WHERE id = ?");
      if (path === null) {
        sql.prepare("UPDATE files SET is_missing = 1 WHERE id = ?").run(fileId);
        if (file.is_primary === 1) leave.run(revision, file.photo_id);
        return;
      }
      const name = basename(path);
      const directoryId = only(
        sql
          .prepare<[string], { id: number }>(
            `INSERT INTO directories (path) VALUES (?)
             ON CONFLICT (path) DO UPDATE SET path = excluded.path RETURNING id`,
          )
          .get(dirname(path)),
      ).id;
      // Rows of files that are no longer there may still hold the place.
      sql
        .prepare(
          "UPDATE files SET name = 'left:' || id WHERE directory_id = ? AND name = ? AND id <> ?",
        )
        .run(directoryId, name, fileId);
      sql
        .prepare("UPDATE files SET directory_id = ?, name = ?, is_missing = 0 WHERE id = ?")
        .run(directoryId, name, fileId);
      if (file.is_primary !== 1) return;
      const key = file.key === wholeNameKey(file.name) ? wholeNameKey(name) : parse(name).name;
      sql
        .prepare(
          "UPDATE photos SET key = 'left:' || id WHERE directory_id = ? AND key = ? AND id <> ?",
        )
        .run(directoryId, key, file.photo_id);
      const isShown = this.#rootsOf(file.photo_id).some((root) =>
        isWithin(dirname(path), root.path),
      );
      sql
        .prepare(
          `UPDATE photos SET directory_id = @directoryId, key = @key, name = @name, revision = @revision,
             state = CASE WHEN NOT @isShown THEN 'gone'
               WHEN state NOT IN ('gone', 'missing') THEN state
               WHEN EXISTS (SELECT 1 FROM measures WHERE measures.identity = photos.identity)
                 THEN 'measured'
               ELSE 'found' END
           WHERE id = @photoId`,
        )
        .run({
          directoryId,
          key,
          name,
          revision,
          isShown: isShown ? 1 : 0,
          photoId: file.photo_id,
        });
    });
  }

  /** Roots that show a photo. */
  #rootsOf(photoId: number): { id: number; path: string }[] {
    return this.#database.sql
      .prepare<[number], { id: number; path: string }>(
        `SELECT roots.id, path FROM roots JOIN root_photos ON root_id = roots.id
         WHERE photo_id = ? AND forgotten = 0`,
      )
      .all(photoId);
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

  /** What a root holds now: readable photos, the bursts they are in, and photos that can't be read. */
  counts(rootId: number): { readable: number; bursts: number; skipped: number } {
    const row = this.#database.sql
      .prepare<[number], { readable: number; bursts: number; skipped: number }>(
        `SELECT count(*) FILTER (WHERE state IN ('found', 'probed', 'measured')) AS readable,
           count(DISTINCT burst_id) FILTER (WHERE state IN ('probed', 'measured')) AS bursts,
           count(*) FILTER (WHERE state = 'skipped') AS skipped
         FROM root_photos JOIN photos ON photos.id = photo_id WHERE root_id = ?`,
      )
      .get(rootId);
    return only(row);
  }

  /** Rows of a root that changed after `since`; see the contract's `photos.changes`. */
  changes(rootId: number, since: number): PhotoRow[] {
    return this.#database.sql
      .prepare<[number, number], ChangeRow>(
        `SELECT ${changeColumns}
         FROM root_photos JOIN photos ON photos.id = photo_id
         WHERE root_id = ? AND photos.revision > ?
         ORDER BY captured_at IS NULL, captured_at, photos.name`,
      )
      .all(rootId, since)
      .map(toPhotoRow);
  }

  /** {@link changes} in parts: the next `limit` rows after an id, in order of their ids. */
  changesAfter(rootId: number, since: number, page: { after: number; limit: number }): PhotoRow[] {
    // By what changed, where that is less than all.
    const from =
      since === 0
        ? "root_photos JOIN photos ON photos.id = photo_id"
        : "photos INDEXED BY photos_by_revision CROSS JOIN root_photos ON photo_id = photos.id";
    return this.#database.sql
      .prepare<[number, number, number, number], ChangeRow>(
        `SELECT ${changeColumns} FROM ${from}
         WHERE root_id = ? AND photos.revision > ? AND photo_id > ? ORDER BY photo_id LIMIT ?`,
      )
      .all(rootId, since, page.after, page.limit)
      .map(toPhotoRow);
  }

  /** Photos by id, in the order given; unknown ids are left out. */
  rows(photoIds: readonly number[]): PhotoRow[] {
    const one = this.#database.sql.prepare<[number], ChangeRow>(
      `SELECT ${changeColumns}
       FROM photos WHERE id = ?`,
    );
    return photoIds.flatMap((id) => {
      const row = one.get(id);
      return row === undefined ? [] : [toPhotoRow(row)];
    });
  }

  /** The primary file of a photo that is where the library thinks it is; null for unknown, missing and gone ones. */
  primaryFile(photoId: number): (PhotoFile & PrimaryFile) | null {
    return this.primaryFiles([photoId]).get(photoId) ?? null;
  }

  /** The same of many photos, by their ids; those that have none are left out. */
  primaryFiles(photoIds: readonly number[]): Map<number, PhotoFile & PrimaryFile> {
    const one = this.#database.sql.prepare<
      [number],
      PlaceRow & Omit<PrimaryFile, "isRaw"> & { is_raw: number }
    >(
      `SELECT photos.id, directories.path AS directory, photos.name, version, identity, format, state,
         width, height, is_raw
       FROM photos JOIN directories ON directories.id = directory_id
       WHERE photos.id = ? AND state NOT IN ('missing', 'gone')`,
    );
    const files = new Map<number, PhotoFile & PrimaryFile>();
    for (const id of photoIds) {
      const row = one.get(id);
      if (row === undefined) continue;
      const { format, state, width, height } = row;
      files.set(id, { ...toPhotoFile(row), format, state, width, height, isRaw: row.is_raw === 1 });
    }
    return files;
  }

  /** Everything but the measures, which are kept by the bytes' identity. */
  detail(photoId: number): (Omit<PhotoDetail, "measures" | "faces"> & { identity: string }) | null {
    const row = this.#database.sql
      .prepare<
        [number],
        {
          directory: string;
          name: string;
          identity: string;
          captured_local: string | null;
          captured_offset_minutes: number | null;
          camera_make: string | null;
          camera_model: string | null;
          lens: string | null;
          iso: number | null;
          exposure_seconds: number | null;
          f_number: number | null;
          focal_length_mm: number | null;
          latitude: number | null;
          longitude: number | null;
          icc_name: string | null;
          focus: string | null;
        }
      >(
        `SELECT directories.path AS directory, photos.name, identity, captured_local, captured_offset_minutes,
           camera_make, camera_model, lens, iso, exposure_seconds, f_number, focal_length_mm, latitude,
           longitude, icc_name, focus
         FROM photos JOIN directories ON directories.id = directory_id WHERE photos.id = ?`,
      )
      .get(photoId);
    if (row === undefined) return null;
    const files = this.#database.sql
      .prepare<[number], { name: string; kind: string; bytes: number; is_primary: number }>(
        `SELECT name, kind, bytes, is_primary FROM files
         WHERE photo_id = ? AND (is_primary = 1 OR is_missing = 0) ORDER BY is_primary DESC, name`,
      )
      .all(photoId);
    return {
      id: photoId,
      path: join(row.directory, row.name),
      identity: row.identity,
      files: files.map((file) => ({
        name: file.name,
        kind: file.kind,
        bytes: file.bytes,
        primary: file.is_primary === 1,
      })),
      capturedLocal: row.captured_local,
      offsetMinutes: row.captured_offset_minutes,
      cameraMake: row.camera_make,
      cameraModel: row.camera_model,
      lens: row.lens,
      iso: row.iso,
      exposureSeconds: row.exposure_seconds,
      fNumber: row.f_number,
      focalLengthMm: row.focal_length_mm,
      latitude: row.latitude,
      longitude: row.longitude,
      iccName: row.icc_name,
      focus: row.focus === null ? null : parseBox(row.focus),
    };
  }
}

/** What kept a photo from being read may have passed by the next reading, though its bytes are the same. */
const passingSkips: ReadonlySet<string> = new Set([
  "file-unreadable",
  "worker-died",
  "worker-timed-out",
]);

/** Key of a photo that is one file of its own. No base name can be the same: no name holds a slash. */
export function wholeNameKey(name: string): string {
  return `/${name}`;
}

/** Whether a folder is `root` or below it. */
function isWithin(folder: string, root: string): boolean {
  return folder === root || folder.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** How `markMissing` names a photo of a reading. */
export function foundKey(directory: string, key: string): string {
  return `${directory}\0${key}`;
}

interface PlaceRow {
  id: number;
  directory: string;
  name: string;
  version: string;
  identity: string;
}

function toPhotoFile(row: PlaceRow): PhotoFile {
  return {
    id: row.id,
    path: join(row.directory, row.name),
    version: row.version,
    identity: row.identity,
  };
}

/** Short, safe in an address, and another one whenever the file is written again. */
function versionOf(file: { bytes: number; modifiedMs: number }): string {
  return `${file.bytes.toString(36)}-${Math.round(file.modifiedMs).toString(36)}`;
}

function only<T>(row: T | undefined): T {
  if (row === undefined) throw new Error("The library lost a row inside a transaction.");
  return row;
}

function toPhotoRow(row: ChangeRow): PhotoRow {
  const [en, ko] =
    row.state === "skipped" ? [row.skip_en, row.skip_ko] : [row.reason_en, row.reason_ko];
  return {
    id: row.id,
    name: row.name,
    state: row.state,
    format: row.format,
    width: row.width,
    height: row.height,
    version: row.version,
    capturedAt: row.captured_at,
    camera: row.camera_model,
    lens: row.lens,
    iso: row.iso,
    stars: row.stars,
    flag: row.flag,
    label: row.label,
    rotation: row.rotation,
    burstId: row.burst_id,
    rank: row.rank,
    score: row.score,
    reason: en === null || ko === null ? null : { en, ko },
    hasRaw: row.has_raw === 1,
    hasPicture: row.has_picture === 1,
    preview:
      row.preview_width === null || row.preview_height === null
        ? null
        : { width: row.preview_width, height: row.preview_height },
    subject:
      row.subject_kind === null || row.subject_box === null
        ? null
        : { kind: row.subject_kind, box: parseBox(row.subject_box) },
    isTied: row.is_tied === 1,
  };
}
