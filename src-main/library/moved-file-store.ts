import { basename, dirname, parse } from "node:path";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import type { LibraryDatabase } from "./database.ts";
import { onlyRow } from "./only-row.ts";
import {
  directoryStatement,
  isWithin,
  type PhotoFile,
  type PlaceRow,
  toPhotoFile,
  wholeNameKey,
} from "./photo-places.ts";
import type { PhotoProbe } from "./reading-store.ts";
import { type Placed, SettleStatements } from "./settle-statements.ts";

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
  readonly #statements: SettleStatements;

  constructor(database: LibraryDatabase) {
    this.#database = database;
    this.#statements = new SettleStatements(database.sql);
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
      const statements = this.#statements;
      const revision = this.#database.nextRevision();
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
        for (const root of statements.roots.all(who)) {
          if (!isWithin(at.directory, root.path)) statements.unlink.run(root.id, who);
        }
        statements.tellPhoto.run(revision, who);
        statements.tellBurst.run(revision, who);
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
      const isShown = this.#statements.roots
        .all(file.photo_id)
        .some((root) => isWithin(dirname(path), root.path));
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
}
