import { join } from "node:path";
import type { PhotoDetail, PhotoRow, Subject } from "../../src-preload/contract/photos.ts";
import { parseBox } from "./boxes.ts";
import type { LibraryDatabase } from "./database.ts";
import { onlyRow } from "./only-row.ts";
import { type PhotoFile, type PlaceRow, toPhotoFile } from "./photo-places.ts";

/** What the primary file of a photo holds. */
interface PrimaryFile extends Pick<PhotoRow, "format" | "state" | "width" | "height"> {
  /** Its pixels are inside: the file itself is no picture that others could show. */
  readonly isRaw: boolean;
}

interface ChangeRow {
  id: number;
  name: string;
  directory_id: number;
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
const changeColumns = `photos.id, photos.name, directory_id, state, format, width, height, version, captured_at, camera_model, lens,
  iso, stars, flag, label, rotation, burst_id, rank, score, reason_en, reason_ko, skip_en, skip_ko,
  EXISTS (SELECT 1 FROM files WHERE photo_id = photos.id AND kind = 'raw'
    AND (is_missing = 0 OR state = 'missing')) AS has_raw,
  EXISTS (SELECT 1 FROM files WHERE photo_id = photos.id AND (is_missing = 0 OR state = 'missing')
    AND kind IN ('jpeg', 'png', 'webp', 'avif', 'tiff', 'heic')) AS has_picture,
  preview_width, preview_height, subject_kind, subject_box, is_tied`;

/** Photos and their files, as windows and other rooms ask for them. Changes nothing. */
export class PhotoStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
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
    return onlyRow(row);
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
      .prepare<
        [number],
        { directory: string; name: string; kind: string; bytes: number; is_primary: number }
      >(
        `SELECT directories.path AS directory, iif(is_primary = 1, photos.name, files.name) AS name, kind, bytes,
           is_primary
         FROM files JOIN photos ON photos.id = photo_id
         JOIN directories ON directories.id = iif(is_primary = 1, photos.directory_id, files.directory_id)
         WHERE photo_id = ? AND (is_primary = 1 OR is_missing = 0) ORDER BY is_primary DESC, files.name`,
      )
      .all(photoId);
    return {
      id: photoId,
      path: join(row.directory, row.name),
      identity: row.identity,
      files: files.map((file) => ({
        path: join(file.directory, file.name),
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

function toPhotoRow(row: ChangeRow): PhotoRow {
  const [en, ko] =
    row.state === "skipped" ? [row.skip_en, row.skip_ko] : [row.reason_en, row.reason_ko];
  return {
    id: row.id,
    name: row.name,
    directoryId: row.directory_id,
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
