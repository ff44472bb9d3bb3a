/** Where photos are: their folders, what they are called there, and the roots that show them. */
import { join, sep } from "node:path";
import type { Database, Statement } from "better-sqlite3";

/** A photo on its way through a reading: where its primary file is, and how far it has got. */
export interface PhotoFile {
  readonly id: number;
  readonly path: string;
  /** Changes with the file's size or time. */
  readonly version: string;
  /** Digest of the bytes; empty until probed. */
  readonly identity: string;
}

/** Columns that make a {@link PhotoFile}. */
export interface PlaceRow {
  id: number;
  directory: string;
  name: string;
  version: string;
  identity: string;
}

export function toPhotoFile(row: PlaceRow): PhotoFile {
  return {
    id: row.id,
    path: join(row.directory, row.name),
    version: row.version,
    identity: row.identity,
  };
}

/** Short, safe in an address, and another one whenever the file is written again. */
export function versionOf(file: { readonly bytes: number; readonly modifiedMs: number }): string {
  return `${file.bytes.toString(36)}-${Math.round(file.modifiedMs).toString(36)}`;
}

/** Key of a photo that is one file of its own. No base name can be the same: no name holds a slash. */
export function wholeNameKey(name: string): string {
  return `/${name}`;
}

/** Whether a folder is `root` or below it. */
export function isWithin(folder: string, root: string): boolean {
  return folder === root || folder.startsWith(root.endsWith(sep) ? root : root + sep);
}

/** Answers the id of a folder by its path; one that is not known yet gets a row. */
export function directoryStatement(sql: Database): Statement<[string], { id: number }> {
  return sql.prepare(
    `INSERT INTO directories (path) VALUES (?)
     ON CONFLICT (path) DO UPDATE SET path = excluded.path RETURNING id`,
  );
}

/** A photo that comes from another root must reach the clients of this one, and its burst with it. */
export function tellAgain(sql: Database, photoId: number, revision: number): void {
  sql.prepare("UPDATE photos SET revision = ? WHERE id = ?").run(revision, photoId);
  sql
    .prepare("UPDATE bursts SET revision = ? WHERE id = (SELECT burst_id FROM photos WHERE id = ?)")
    .run(revision, photoId);
}
