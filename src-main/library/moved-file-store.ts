import { basename, dirname, parse } from "node:path";
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

/** Files that moved, by Kiln's hand or another's: their photos follow them, decisions and all. */
export class MovedFileStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
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
      const from = onlyRow(place.get(oldId));
      const to = onlyRow(place.get(newId));
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
      tellAgain(sql, oldId, revision);
      const unlink = sql.prepare("DELETE FROM root_photos WHERE root_id = ? AND photo_id = ?");
      for (const root of this.#rootsOf(oldId)) {
        if (!isWithin(to.directory, root.path)) unlink.run(root.id, oldId);
      }
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
