/** How photos change places: which rows of them, their files and their sidecars go where. */
import { parse } from "node:path";
import type { Database, Statement } from "better-sqlite3";
import { onlyRow } from "./only-row.ts";

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
export interface Placed extends PlacedRow {
  readonly files: readonly FileRow[];
  /** Its sidecars by what their names have behind the photo's base name: `.xmp`, `.JPG.xmp`. */
  readonly seen: ReadonlyMap<string, SeenRow>;
}

/** The statements of `MovedFileStore.settle`, made once: a folder that was renamed is a row of them for each photo. */
export class SettleStatements {
  readonly park: Statement<[number, number]>;
  readonly forgetSeen: Statement<[SeenRow]>;
  readonly dropFiles: Statement<[number]>;
  readonly unlink: Statement<[number, number]>;
  /** Roots that show a photo. */
  readonly roots: Statement<[number], { id: number; path: string }>;
  readonly tellPhoto: Statement<[number, number]>;
  readonly tellBurst: Statement<[number, number]>;
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
  readonly #writeAgain: Statement<[number]>;
  readonly #takeOver: Statement<[{ id: number; from: number }]>;
  readonly #takeOverSteps: Statement<[{ id: number; from: number }]>;

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
    this.#takeOver = sql.prepare(
      `UPDATE photos SET stars = iif(rating_at IS NULL, photos.stars, newer.stars),
         flag = iif(rating_at IS NULL, photos.flag, newer.flag),
         label = iif(label_at IS NULL, photos.label, newer.label),
         rotation = iif(newer.rotation = 0, photos.rotation, newer.rotation)
       FROM (SELECT photos.*, rating_at, label_at FROM photos LEFT JOIN decisions ON photo_id = photos.id
         WHERE photos.id = @from) AS newer
       WHERE photos.id = @id AND (rating_at IS NOT NULL OR label_at IS NOT NULL OR newer.rotation <> 0)`,
    );
    this.#takeOverSteps = sql.prepare(
      `UPDATE edit_changes SET entity_id = @id
       WHERE entity = 'photo' AND entity_id = @from AND field IN ('stars', 'flag', 'label', 'rotation')`,
    );
    this.#writeAgain = sql.prepare(
      "UPDATE decisions SET state = 'pending' WHERE photo_id = ? AND state = 'written'",
    );
    this.roots = sql.prepare(
      `SELECT roots.id, path FROM roots JOIN root_photos ON root_id = roots.id
       WHERE photo_id = ? AND forgotten = 0`,
    );
    this.tellBurst = sql.prepare(
      "UPDATE bursts SET revision = ? WHERE id = (SELECT burst_id FROM photos WHERE id = ?)",
    );
    this.tellPhoto = sql.prepare("UPDATE photos SET revision = ? WHERE id = ?");
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
    // What the person decided on the file since it was found, before anybody knew whose it is, is newer.
    const both = { id, from: place.id };
    if (place.identity === "" && this.#takeOver.run(both).changes > 0)
      this.#takeOverSteps.run(both);
    const coming = new Map(before?.seen);
    for (const file of place.files) {
      if (file.isMissing === 1) continue;
      this.#giveFile.run(id, file.id);
      if (file.kind !== "xmp") continue;
      const suffix = suffixOf(place, file.name) ?? "";
      const came = coming.get(suffix);
      const stayed = place.seen.get(suffix);
      // One that was left where it is says nothing new; of all others, what they said beside this photo counts.
      const known = !isAsSeen(file, came) && isAsSeen(file, stayed) ? stayed : came;
      if (known) this.#saveSeen.run({ ...known, directoryId: file.directoryId, name: file.name });
      if (isAsSeen(file, came)) coming.delete(suffix);
    }
    // A sidecar that did not come along leaves its photo without what it said, perhaps beside what another's says.
    if (coming.size > 0) this.#writeAgain.run(id);
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
