import { join, parse } from "node:path";
import type { Flag, Label } from "../../src-preload/contract/photos.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import type { LibraryDatabase } from "./database.ts";
import { wholeNameKey } from "./photo-places.ts";

/** A sidecar as it was when Kiln last read or wrote it. */
export interface SeenSidecar {
  readonly bytes: number;
  readonly modifiedMs: number;
  readonly sha256: string;
  readonly rating: number | null;
  readonly label: string | null;
  readonly pick: Flag | null;
}

/** What sidecars of a photo should say, and since when: milliseconds since the epoch, null for never decided. */
export interface Standing {
  readonly stars: number;
  readonly flag: Flag;
  readonly label: Label;
  readonly ratingAt: number | null;
  readonly labelAt: number | null;
  /** Whether the person decided last, or a sidecar did. */
  readonly origin: "person" | "sidecar" | null;
}

export interface SidecarPhoto extends Standing {
  readonly id: number;
  readonly directory: string;
  /** Of the primary file; null while it is not known whose file it is: a reading found other bytes in its place. */
  readonly version: string | null;
  /** Photo files, the primary first; no companions. */
  readonly fileNames: readonly string[];
  /** Name of the photo that has `NAME.xmp`, where this one has not: of several photos of one base name only one has. */
  readonly baseNameOwner: string | null;
}

/** A decision that stays in the library, with what kept it out of the sidecar. */
export interface UnwrittenDecision {
  readonly photoId: number;
  readonly path: string;
  readonly code: string;
  readonly reason: Localized;
}

/** Sidecars that Kiln has seen, and decisions on their way into them. */
export class SidecarStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** Sidecars that the last reading of a root met and that differ, by size or time, from when they were last seen. */
  changedOfRoot(rootId: number): { readonly photoId: number; readonly path: string }[] {
    return this.#database.sql
      .prepare<
        [number],
        { photo_id: number; directory_id: number; directory: string; name: string }
      >(
        `SELECT files.photo_id, files.directory_id, directories.path AS directory, files.name
         FROM root_photos JOIN files USING (photo_id) JOIN directories ON directories.id = files.directory_id
           LEFT JOIN sidecars ON sidecars.directory_id = files.directory_id AND sidecars.name = files.name
         WHERE root_id = ? AND kind = 'xmp' AND is_missing = 0
           AND (sidecars.name IS NULL OR sidecars.bytes <> files.bytes
             OR sidecars.modified_ms <> files.modified_ms)
         ORDER BY directory, files.name`,
      )
      .all(rootId)
      .map((row) => ({
        photoId: this.#namedIn(row.directory_id, row.name) ?? row.photo_id,
        path: join(row.directory, row.name),
      }));
  }

  /** Null for photos that are not where the library thinks they are. */
  photo(photoId: number): SidecarPhoto | null {
    const row = this.#database.sql
      .prepare<
        [number],
        {
          directory_id: number;
          directory: string;
          key: string;
          name: string;
          stars: number;
          flag: Flag;
          label: Label;
          rating_at: number | null;
          label_at: number | null;
          origin: "person" | "sidecar" | null;
          version: string | null;
        }
      >(
        `SELECT directory_id, directories.path AS directory, key, photos.name,
           iif(photos.state = 'found' AND identity <> '', NULL, version) AS version, stars, flag, label, rating_at,
           label_at, origin
         FROM photos JOIN directories ON directories.id = directory_id
           LEFT JOIN decisions ON decisions.photo_id = photos.id
         WHERE photos.id = ? AND photos.state NOT IN ('missing', 'gone')`,
      )
      .get(photoId);
    if (row === undefined) return null;
    const fileNames = this.#database.sql
      .prepare<[number], string>(
        `SELECT name FROM files
         WHERE photo_id = ? AND kind NOT IN ('xmp', 'thumbnail', 'video')
           AND (is_primary = 1 OR is_missing = 0)
         ORDER BY is_primary DESC, name`,
      )
      .pluck()
      .all(photoId);
    return {
      id: photoId,
      directory: row.directory,
      version: row.version,
      fileNames,
      baseNameOwner: this.#baseNameOwner(row.directory_id, row.key, row.name),
      stars: row.stars,
      flag: row.flag,
      label: row.label,
      ratingAt: row.rating_at,
      labelAt: row.label_at,
      origin: row.origin,
    };
  }

  /** Names of the files of all other photos in a photo's folder; no companions. */
  namesBeside(photoId: number): string[] {
    return this.#database.sql
      .prepare<[number, number], string>(
        `SELECT files.name FROM photos JOIN files ON files.photo_id = photos.id
         WHERE photos.directory_id = (SELECT directory_id FROM photos WHERE id = ?) AND photos.id <> ?
           AND state NOT IN ('missing', 'gone') AND kind NOT IN ('xmp', 'thumbnail', 'video') AND is_missing = 0
         ORDER BY files.name`,
      )
      .pluck()
      .all(photoId, photoId);
  }

  seen(directory: string, name: string): SeenSidecar | null {
    const row = this.#database.sql
      .prepare<
        [string, string],
        {
          bytes: number;
          modified_ms: number;
          sha256: string;
          rating: number | null;
          label: string | null;
          pick: Flag | null;
        }
      >(
        `SELECT bytes, modified_ms, sha256, rating, label, pick
         FROM sidecars JOIN directories ON directories.id = directory_id WHERE path = ? AND name = ?`,
      )
      .get(directory, name);
    if (row === undefined) return null;
    const { modified_ms: modifiedMs, ...rest } = row;
    return { ...rest, modifiedMs };
  }

  saveSeen(directory: string, name: string, seen: SeenSidecar): void {
    const { bytes, modifiedMs, sha256, rating, label, pick } = seen;
    this.#database.sql
      .prepare(
        `INSERT OR REPLACE INTO sidecars (directory_id, name, bytes, modified_ms, sha256, rating, label, pick)
         SELECT id, @name, @bytes, @modifiedMs, @sha256, @rating, @label, @pick
         FROM directories WHERE path = @directory`,
      )
      .run({ directory, name, bytes, modifiedMs, sha256, rating, label, pick });
  }

  /** A sidecar is not there any more, by Kiln's own doing. */
  forgetSeen(directory: string, name: string): void {
    this.#database.sql
      .prepare(
        `DELETE FROM sidecars
         WHERE directory_id = (SELECT id FROM directories WHERE path = ?) AND name = ?`,
      )
      .run(directory, name);
  }

  /** Takes over what a sidecar says, without a step of undo: for photos that nobody decided on. */
  decide(photoId: number, values: Pick<Standing, "stars" | "flag" | "label">): void {
    this.#database.transaction(() => {
      this.#database.sql
        .prepare(
          "UPDATE photos SET stars = @stars, flag = @flag, label = @label, revision = @revision WHERE id = @id",
        )
        .run({ ...values, id: photoId, revision: this.#database.nextRevision() });
    });
  }

  /** Says of a decision just made that it came from a sidecar of that time. It is pending for the other sidecars. */
  cameFromSidecar(photoId: number, at: { rating: number | null; label: number | null }): void {
    this.#database.sql
      .prepare(
        `UPDATE decisions SET origin = 'sidecar', rating_at = coalesce(@rating, rating_at),
           label_at = coalesce(@label, label_at) WHERE photo_id = @photoId`,
      )
      .run({ photoId, rating: floored(at.rating), label: floored(at.label) });
  }

  pending(): number[] {
    return this.#database.sql
      .prepare<[], number>(
        "SELECT photo_id FROM decisions WHERE state = 'pending' ORDER BY photo_id",
      )
      .pluck()
      .all();
  }

  hasPending(): boolean {
    return (
      this.#database.sql
        .prepare("SELECT 1 FROM decisions WHERE state = 'pending' LIMIT 1")
        .get() !== undefined
    );
  }

  /** A decision is to be written (again). */
  queue(photoId: number): void {
    this.#database.sql
      .prepare("UPDATE decisions SET state = 'pending' WHERE photo_id = ?")
      .run(photoId);
  }

  /** Everything that was decided in a root and is in no sidecar yet, also what was refused before. */
  queueRoot(rootId: number): void {
    this.#database.sql
      .prepare(
        `UPDATE decisions SET state = 'pending' WHERE state <> 'written'
           AND photo_id IN (SELECT photo_id FROM root_photos WHERE root_id = ?)`,
      )
      .run(rootId);
  }

  /** What failed is tried again: all of it, or of these photos. */
  queueFailed(photoIds?: readonly number[]): void {
    this.#database.sql
      .prepare(
        `UPDATE decisions SET state = 'pending'
         WHERE state = 'failed' AND (@ids IS NULL OR photo_id IN (SELECT value FROM json_each(@ids)))`,
      )
      .run({ ids: photoIds === undefined ? null : JSON.stringify(photoIds) });
  }

  /** A reading has seen whose files are where: what was refused until then is tried again. */
  queueRefused(rootId: number, code: string): void {
    this.#database.sql
      .prepare(
        `UPDATE decisions SET state = 'pending' WHERE state = 'refused' AND problem_code = ?
           AND photo_id IN (SELECT photo_id FROM root_photos WHERE root_id = ?)`,
      )
      .run(code, rootId);
  }

  /** A decision stays in the library: its photo is not there to have a sidecar. */
  keep(photoId: number): void {
    this.#database.sql
      .prepare("UPDATE decisions SET state = 'kept' WHERE photo_id = ?")
      .run(photoId);
  }

  /** Sidecars are not wanted: what waits stays in the library. */
  keepPending(): void {
    this.#database.sql.prepare("UPDATE decisions SET state = 'kept' WHERE state = 'pending'").run();
  }

  /**
   * Notes how the writing of a photo's decision ended. One that was changed since (`written` differs) stays pending.
   */
  settle(
    written: Pick<SidecarPhoto, "id" | "ratingAt" | "labelAt">,
    state: "written" | "refused" | "failed",
    problem: { readonly code: string; readonly happened: Localized } | null,
  ): void {
    this.#database.sql
      .prepare(
        `UPDATE decisions SET state = @state, problem_code = @code, problem_en = @en, problem_ko = @ko
         WHERE photo_id = @id AND rating_at IS @ratingAt AND label_at IS @labelAt`,
      )
      .run({
        id: written.id,
        ratingAt: written.ratingAt,
        labelAt: written.labelAt,
        state,
        code: problem?.code ?? null,
        en: problem?.happened.en ?? null,
        ko: problem?.happened.ko ?? null,
      });
  }

  /** How many decisions a sidecar should have and has not, and the first `limit` of them. */
  unwritten(limit = 200): { count: number; decisions: UnwrittenDecision[] } {
    const count = this.#database.sql
      .prepare<[], number>(
        "SELECT count(*) FROM decisions WHERE state IN ('refused', 'failed') AND problem_code IS NOT NULL",
      )
      .pluck()
      .get();
    const decisions = this.#database.sql
      .prepare<
        [number],
        { id: number; directory: string; name: string; code: string; en: string; ko: string }
      >(
        `SELECT photos.id, directories.path AS directory, photos.name, problem_code AS code,
           problem_en AS en, problem_ko AS ko
         FROM decisions JOIN photos ON photos.id = photo_id JOIN directories ON directories.id = directory_id
         WHERE decisions.state IN ('refused', 'failed') AND problem_code IS NOT NULL ORDER BY photos.id LIMIT ?`,
      )
      .all(limit)
      .map(({ id, directory, name, code, en, ko }) => ({
        photoId: id,
        path: join(directory, name),
        code,
        reason: { en, ko },
      }));
    return { count: count ?? 0, decisions };
  }

  /** Why a photo's decisions are in no sidecar that should have them; null where they are, or none should. */
  whyUnwritten(photoId: number): Localized | null {
    return (
      this.#database.sql
        .prepare<[number], Localized>(
          `SELECT problem_en AS en, problem_ko AS ko FROM decisions
           WHERE photo_id = ? AND state IN ('refused', 'failed') AND problem_code IS NOT NULL`,
        )
        .get(photoId) ?? null
    );
  }

  /** The photo that darktable's `NAME.EXT.xmp` is named after: a CR2's is not the DNG's beside it. */
  #namedIn(directoryId: number, name: string): number | undefined {
    return this.#database.sql
      .prepare<[number, string], number>(
        "SELECT photo_id FROM files WHERE directory_id = ? AND name = ? AND is_missing = 0",
      )
      .pluck()
      .get(directoryId, parse(name).name);
  }

  /** As a reading of the folder gives companions away: to the camera's formats, else to the first of that name. */
  #baseNameOwner(directoryId: number, key: string, name: string): string | null {
    if (key !== wholeNameKey(name)) return null;
    const base = parse(name).name;
    const rivals = this.#database.sql
      .prepare<[Record<string, string | number>], string>(
        `SELECT name FROM photos
         WHERE directory_id = @directoryId AND state NOT IN ('missing', 'gone')
           AND (key = @base OR (key >= @from AND key < @to AND name < @name))
         ORDER BY key <> @base, name`,
      )
      .pluck()
      .all({ directoryId, base, name, from: `/${base}.`, to: `/${base}/` });
    // “A.b.jpg” is no rival of “A.jpg”.
    return rivals.find((rival) => parse(rival).name === base) ?? null;
  }
}

function floored(time: number | null): number | null {
  return time === null ? null : Math.floor(time);
}
