import { basename, dirname, parse } from "node:path";
import type { Database, Statement } from "better-sqlite3";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { LibraryDatabase } from "./database.ts";
import { onlyRow } from "./only-row.ts";
import {
  directoryStatement,
  isWithin,
  type PhotoFile,
  type PlaceRow,
  tellAgain,
  toPhotoFile,
  wholeNameKey,
} from "./photo-places.ts";
import type { PhotoProbe } from "./reading-store.ts";

/** A photo that had the bytes of a file in question. */
export interface Twin extends PhotoFile {
  readonly state: PhotoRow["state"];
  /** Another photo has its place: whatever lies at its path is not its file. */
  readonly hasLeft: boolean;
}

/** What a photo's last probe said that tells it from others. */
export interface KnownPhoto
  extends Pick<
    PhotoProbe,
    "width" | "height" | "cameraMake" | "cameraModel" | "exposureSeconds" | "fNumber"
  > {
  readonly capturedAt: { readonly local: string; readonly subSecond: boolean } | null;
  /** Where another of its files has become the primary one (a JPEG came to a RAW, or left it): the one that was. */
  readonly formerFile: "beside" | "missing" | null;
}

interface KnownColumns {
  captured_local: string | null;
  captured_has_subseconds: number;
  former_is_missing: 0 | 1 | null;
}

/** Who is at a place from now on. */
export interface Placement {
  /** The photo that the library had there. */
  readonly place: number;
  /** Null for a photo that the library has not met yet. */
  readonly photo: number | null;
}

/** Files that moved, by Kiln's hand or another's: their photos follow them, decisions and all. */
export class MovedFileStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** Other photos whose primary file had exactly these bytes when it was last read: this file may be theirs. */
  twins(photoId: number, { fastHash }: { readonly fastHash: string }): Twin[] {
    return this.#database.sql
      .prepare<[string, number], PlaceRow & Pick<Twin, "state"> & { has_left: number }>(
        `SELECT photos.id, directories.path AS directory, photos.name, version, identity, state,
           photos.key = 'left:' || photos.id AS has_left
         FROM files JOIN photos ON photos.id = files.photo_id
           JOIN directories ON directories.id = photos.directory_id
         WHERE files.fast_hash = ? AND files.is_primary = 1
           AND photos.state <> 'gone' AND photos.id <> ? ORDER BY photos.id`,
      )
      .all(fastHash, photoId)
      .map((row) => ({ ...toPhotoFile(row), state: row.state, hasLeft: row.has_left === 1 }));
  }

  /** What is known of a photo from its last probe, while a reading has found other bytes in its place. */
  lastKnown(photoId: number): KnownPhoto {
    const row = onlyRow(
      this.#database.sql
        .prepare<[number], Omit<KnownPhoto, "capturedAt" | "formerFile"> & KnownColumns>(
          `SELECT photos.width, photos.height, captured_local, captured_has_subseconds,
             camera_make AS cameraMake, camera_model AS cameraModel,
             exposure_seconds AS exposureSeconds, f_number AS fNumber,
             former.is_missing AS former_is_missing
           FROM photos LEFT JOIN files AS former ON former.photo_id = photos.id
             AND former.fast_hash = photos.identity AND former.is_primary = 0 AND identity <> ''
           WHERE photos.id = ? ORDER BY former.is_missing LIMIT 1`,
        )
        .get(photoId),
    );
    const { captured_local, captured_has_subseconds, former_is_missing, ...known } = row;
    const formerFile = { 0: "beside", 1: "missing" } as const;
    return {
      ...known,
      capturedAt:
        captured_local === null
          ? null
          : { local: captured_local, subSecond: captured_has_subseconds === 1 },
      formerFile: former_is_missing === null ? null : formerFile[former_is_missing],
    };
  }

  /**
   * Puts photos, with their decisions and bursts, where their files are now: any permutation of them in one step. A
   * photo whose place goes to another, and which gets none itself, is kept as missing, to be found again by its bytes;
   * one that was never probed leaves the library. What sidecars were last seen to say goes with their photos.
   *
   * The caller writes down what the files say of themselves in the same transaction.
   *
   * @returns who is at each place now, by `place`
   */
  settle(placements: readonly Placement[]): Map<number, number> {
    return this.#database.transaction(() => {
      const { sql } = this.#database;
      const revision = this.#database.nextRevision();
      const statements = new SettleStatements(sql);
      const ids = placements.flatMap(({ place, photo }) =>
        photo === null ? [place] : [place, photo],
      );
      const before = new Map([...new Set(ids)].map((id) => [id, statements.placed(id)]));
      const placed = (id: number): Placed => onlyRow(before.get(id));
      const places = new Set(placements.map(({ place }) => place));
      const arriving = new Set(placements.map(({ photo }) => photo));

      for (const { id, seen } of before.values()) {
        statements.park.run(revision, id);
        for (const each of seen.values()) statements.forgetSeen.run(each);
        if (!places.has(id)) statements.dropFiles.run(id);
        if (!arriving.has(id)) statements.leave(placed(id));
      }
      const settled = new Map<number, number>();
      for (const { place, photo } of placements) {
        const at = placed(place);
        const who = photo ?? statements.insert(at, revision);
        settled.set(place, who);
        statements.arrive(at, who, photo === null ? null : placed(photo));
        for (const root of this.#rootsOf(who)) {
          if (!isWithin(at.directory, root.path)) statements.unlink.run(root.id, who);
        }
        tellAgain(sql, who, revision);
      }
      return settled;
    });
  }

  /**
   * Follows a file that Kiln itself moved. A photo whose primary file left every root that shows it, or went to the
   * trash (`path` null), leaves the window; one that comes back is there again, with its decisions.
   */
  fileMoved(fileId: number, path: string | null): void {
    const { sql } = this.#database;
    this.#database.transaction(() => {
      const revision = this.#database.nextRevision();
      const file = onlyRow(
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
      const directoryId = onlyRow(directoryStatement(sql).get(dirname(path))).id;
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
}

interface FileRow {
  id: number;
  directoryId: number;
  name: string;
  kind: string;
  isPrimary: number;
  isMissing: number;
  bytes: number;
  modifiedMs: number;
}

/** A sidecar as it was last seen, by where that was. */
interface SeenRow {
  directoryId: number;
  name: string;
  bytes: number;
  modifiedMs: number;
  sha256: string;
  rating: number | null;
  label: string | null;
  pick: string | null;
}

interface PlacedRow {
  id: number;
  directoryId: number;
  directory: string;
  key: string;
  name: string;
  version: string;
  identity: string;
}

/** A photo and its place before anything is moved. */
interface Placed extends PlacedRow {
  readonly files: readonly FileRow[];
  /** Its sidecars by what their names have behind the photo's base name: `.xmp`, `.JPG.xmp`. */
  readonly seen: ReadonlyMap<string, SeenRow>;
}

/** The statements of {@link MovedFileStore.settle}, made once for however many photos. */
class SettleStatements {
  readonly park: Statement<[number, number]>;
  readonly forgetSeen: Statement<[SeenRow]>;
  readonly dropFiles: Statement<[number]>;
  readonly unlink: Statement<[number, number]>;
  readonly #photo: Statement<[number], PlacedRow>;
  readonly #files: Statement<[number], FileRow>;
  readonly #seen: Statement<[number], SeenRow>;
  readonly #saveSeen: Statement<[SeenRow]>;
  readonly #setLeft: Statement<[string, number]>;
  readonly #saveLeftFile: Statement<[FileRow & { photoId: number; hash: string }]>;
  readonly #insert: Statement<[PlacedRow & { revision: number }], { id: number }>;
  readonly #move: Statement<[PlacedRow]>;
  readonly #giveFile: Statement<[number, number]>;
  readonly #link: Statement<[number, number]>;

  constructor(sql: Database) {
    this.#photo = sql.prepare(
      `SELECT photos.id, directory_id AS directoryId, path AS directory, key, name, version, identity
       FROM photos JOIN directories ON directories.id = directory_id WHERE photos.id = ?`,
    );
    this.#files = sql.prepare(
      `SELECT id, directory_id AS directoryId, name, kind, is_primary AS isPrimary, is_missing AS isMissing,
         bytes, modified_ms AS modifiedMs FROM files WHERE photo_id = ?`,
    );
    this.#seen = sql.prepare(
      `SELECT sidecars.directory_id AS directoryId, sidecars.name, sidecars.bytes,
         sidecars.modified_ms AS modifiedMs, sha256, rating, label, pick
       FROM files JOIN sidecars USING (directory_id, name) WHERE photo_id = ? AND kind = 'xmp'`,
    );
    this.park = sql.prepare("UPDATE photos SET key = 'left:' || id, revision = ? WHERE id = ?");
    this.forgetSeen = sql.prepare(
      "DELETE FROM sidecars WHERE directory_id = @directoryId AND name = @name",
    );
    this.#saveSeen = sql.prepare(
      `INSERT OR REPLACE INTO sidecars (directory_id, name, bytes, modified_ms, sha256, rating, label, pick)
       VALUES (@directoryId, @name, @bytes, @modifiedMs, @sha256, @rating, @label, @pick)`,
    );
    // Rows of where it was are kept: the journal of an applied plan may name them.
    this.dropFiles = sql.prepare(
      "UPDATE files SET is_primary = 0, is_missing = 1, fast_hash = '' WHERE photo_id = ?",
    );
    this.#setLeft = sql.prepare(
      "UPDATE photos SET state = ?, burst_id = iif(identity = '', NULL, burst_id), rank = iif(identity = '', NULL, rank) WHERE id = ?",
    );
    this.#saveLeftFile = sql.prepare(
      `INSERT INTO files (photo_id, directory_id, name, kind, is_primary, bytes, modified_ms, fast_hash, is_missing)
       VALUES (@photoId, @directoryId, @name, @kind, @isPrimary, @bytes, @modifiedMs, @hash, 1)
       ON CONFLICT (directory_id, name) DO UPDATE SET
         photo_id = excluded.photo_id, kind = excluded.kind, is_primary = excluded.is_primary,
         bytes = excluded.bytes, modified_ms = excluded.modified_ms, fast_hash = excluded.fast_hash`,
    );
    this.#insert = sql.prepare(
      `INSERT INTO photos (directory_id, key, name, state, version, revision)
       VALUES (@directoryId, @key, @name, 'found', @version, @revision) RETURNING id`,
    );
    this.#move = sql.prepare(
      `UPDATE photos SET directory_id = @directoryId, key = @key, name = @name, version = @version,
         state = 'found' WHERE id = @id`,
    );
    this.#giveFile = sql.prepare("UPDATE files SET photo_id = ?, fast_hash = '' WHERE id = ?");
    this.#link = sql.prepare(
      `INSERT INTO root_photos (root_id, photo_id)
       SELECT root_id, ? FROM root_photos WHERE photo_id = ? ON CONFLICT DO NOTHING`,
    );
    this.unlink = sql.prepare("DELETE FROM root_photos WHERE root_id = ? AND photo_id = ?");
  }

  placed(id: number): Placed {
    const photo = onlyRow(this.#photo.get(id));
    const seen = new Map<string, SeenRow>();
    for (const each of this.#seen.all(id)) {
      const suffix = suffixOf(photo, each.name);
      if (suffix !== null) seen.set(suffix, each);
    }
    return { ...photo, files: this.#files.all(id), seen };
  }

  /** A photo that gets no place. Its files are another's by now: rows under its own name keep what they were known by. */
  leave(photo: Placed): void {
    const { id, directoryId, identity } = photo;
    if (identity === "") {
      this.#setLeft.run("gone", id);
      return;
    }
    this.#setLeft.run("missing", id);
    for (const file of photo.files) {
      const suffix = suffixOf(photo, file.name);
      if (file.isPrimary === 0 && file.kind !== "xmp") continue;
      const name = `left:${id}${suffix ?? ""}`;
      const hash = file.isPrimary === 1 ? identity : "";
      this.#saveLeftFile.run({ ...file, name, hash, photoId: id });
      const seen = file.kind === "xmp" && suffix !== null && photo.seen.get(suffix);
      if (seen) this.#saveSeen.run({ ...seen, directoryId, name });
    }
  }

  insert(place: PlacedRow, revision: number): number {
    return onlyRow(this.#insert.get({ ...place, revision })).id;
  }

  /** @param before the photo that comes; null for a new one */
  arrive(place: Placed, id: number, before: Placed | null): void {
    this.#move.run({ ...place, id });
    this.#link.run(id, place.id);
    for (const file of place.files) {
      if (file.isMissing === 1) continue;
      this.#giveFile.run(id, file.id);
      if (file.kind !== "xmp") continue;
      const suffix = suffixOf(place, file.name) ?? "";
      const came = before?.seen.get(suffix);
      const stayed = place.seen.get(suffix);
      // One that was left where it is says nothing new; of all others, what they said beside this photo counts.
      const known = !isAsSeen(file, came) && isAsSeen(file, stayed) ? stayed : came;
      if (known) this.#saveSeen.run({ ...known, directoryId: file.directoryId, name: file.name });
    }
  }
}

function isAsSeen(file: FileRow, seen: SeenRow | undefined): boolean {
  return seen?.bytes === file.bytes && seen.modifiedMs === file.modifiedMs;
}

/** What a file's name has behind the base name of its photo; null where it is named otherwise. */
function suffixOf(photo: PlacedRow, name: string): string | null {
  const bases = [`left:${photo.id}`, parse(photo.name).name];
  const base = bases.find((each) => name.startsWith(`${each}.`));
  return base === undefined ? null : name.slice(base.length);
}
