import { basename } from "node:path";
import type { Root } from "../../src-preload/contract/library.ts";
import type { LibraryDatabase } from "./database.ts";

export interface RootRecord {
  readonly id: number;
  readonly path: string;
  /** False when only some files of the folder were dropped: new files beside them are not taken in. */
  readonly whole: boolean;
  readonly kind: Root["kind"];
  readonly state: Root["state"];
  readonly openedAt: number;
}

interface RootRow {
  id: number;
  path: string;
  whole: number;
  kind: Root["kind"];
  state: Root["state"];
  opened_at: number;
  photo_count: number;
}

const columns = "id, path, whole, kind, state, opened_at";

/** What was dropped into the library. */
export class RootStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** Takes a folder in, or brings a known (even a forgotten) one to the top of the recent folders. */
  add(root: { path: string; whole: boolean; kind: Root["kind"] }, now: number): number {
    return this.#database.transaction(() => {
      this.#database.nextRevision();
      const row = this.#database.sql
        .prepare<[string, number, string, number], { id: number }>(
          `INSERT INTO roots (path, whole, kind, state, opened_at) VALUES (?, ?, ?, 'ready', ?)
           ON CONFLICT (path, whole) DO UPDATE
             SET opened_at = excluded.opened_at, state = 'ready', forgotten = 0
           RETURNING id`,
        )
        .get(root.path, root.whole ? 1 : 0, root.kind, now);
      if (row === undefined) throw new Error("INSERT … RETURNING gave no row");
      return row.id;
    });
  }

  /** Newest first, as the recent folders are shown; forgotten ones are left out. */
  list(): Root[] {
    return this.#database.sql
      .prepare<[], RootRow>(
        `SELECT ${columns},
           (SELECT count(*) FROM root_photos JOIN photos ON photos.id = photo_id
            WHERE root_id = roots.id AND photos.state NOT IN ('gone', 'skipped')) AS photo_count
         FROM roots WHERE forgotten = 0 ORDER BY opened_at DESC, id DESC`,
      )
      .all()
      .map((row) => ({
        id: row.id,
        name: basename(row.path) || row.path,
        path: row.path,
        kind: row.kind,
        state: row.state,
        photoCount: row.photo_count,
        openedAt: row.opened_at,
        unreadFolders: this.#unreadFolders(row.id),
      }));
  }

  /** Replaces what the last reading of the root said of folders that it could not open. */
  saveUnreadFolders(id: number, folders: Root["unreadFolders"]): void {
    if (folders.length === 0 && this.#unreadFolders(id).length === 0) return;
    this.#database.transaction(() => {
      this.#database.nextRevision();
      this.#database.sql.prepare("DELETE FROM unread_folders WHERE root_id = ?").run(id);
      const insert = this.#database.sql.prepare(
        "INSERT INTO unread_folders (root_id, path, reason_en, reason_ko) VALUES (?, ?, ?, ?)",
      );
      for (const folder of folders) insert.run(id, folder.path, folder.reason.en, folder.reason.ko);
    });
  }

  #unreadFolders(id: number): Root["unreadFolders"] {
    return this.#database.sql
      .prepare<[number], { path: string; reason_en: string; reason_ko: string }>(
        "SELECT path, reason_en, reason_ko FROM unread_folders WHERE root_id = ? ORDER BY path",
      )
      .all(id)
      .map((row) => ({ path: row.path, reason: { en: row.reason_en, ko: row.reason_ko } }));
  }

  get(id: number): RootRecord | null {
    const row = this.#database.sql
      .prepare<[number], RootRow>(`SELECT ${columns} FROM roots WHERE id = ? AND forgotten = 0`)
      .get(id);
    if (row === undefined) return null;
    return {
      id: row.id,
      path: row.path,
      whole: row.whole === 1,
      kind: row.kind,
      state: row.state,
      openedAt: row.opened_at,
    };
  }

  /** The root that a photo belongs to; of several, the one that was opened last. */
  holding(photoId: number): number | null {
    return (
      this.#database.sql
        .prepare<[number], number>(
          `SELECT root_id FROM root_photos JOIN roots ON roots.id = root_id
           WHERE photo_id = ? AND forgotten = 0 ORDER BY opened_at DESC, root_id LIMIT 1`,
        )
        .pluck()
        .get(photoId) ?? null
    );
  }

  markOpened(id: number, now: number): void {
    this.#change("UPDATE roots SET opened_at = ? WHERE id = ?", now, id);
  }

  setState(id: number, state: Root["state"]): void {
    if (this.get(id)?.state === state) return;
    this.#change("UPDATE roots SET state = ? WHERE id = ?", state, id);
  }

  #change(statement: string, value: string | number, id: number): void {
    this.#database.transaction(() => {
      this.#database.nextRevision();
      this.#database.sql.prepare(statement).run(value, id);
    });
  }
}
