import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
} from "node:fs";
import { join } from "node:path";
import Database from "better-sqlite3";
import { makeFolderSync } from "../make-folder.ts";
import {
  asLibraryProblem,
  libraryBusy,
  libraryDamaged,
  libraryForeign,
  libraryNewer,
} from "./library-problems.ts";
import { migrations as allMigrations } from "./migrations/index.ts";

/** "Kiln" in ASCII, in the file's header: tells our libraries from other programs' databases. */
const applicationId = 0x4b696c6e;
const backupsKept = 3;

/**
 * Opens the library in `directory` for this process alone, making both where they don't exist, and brings it to the
 * newest schema. Synchronous: it is the first thing that a host does.
 *
 * Throws a KilnError: `library-busy` when another process (or this one) has it open, `library-newer`,
 * `library-foreign`, `library-damaged` (the file is left as it is), `library-unwritable`, `library-disk-full` or
 * `library-disk-error`.
 *
 * `migrations` is there for tests: the n-th takes schema version n - 1 to n.
 */
export function openDatabase(
  directory: string,
  migrations: readonly string[] = allMigrations,
): LibraryDatabase {
  const path = join(directory, "library.db");
  let lock: Database.Database | undefined;
  let sql: Database.Database | undefined;
  try {
    makeFolderSync(directory);
    lock = takeLock(directory);
    // SQLite removes this file when the library is closed: it is there when Kiln or the machine died.
    const endedBadly = existsSync(`${path}-wal`);
    sql = new Database(path, { timeout: 5_000 });
    // Nothing is written before it is known that the file is ours to write.
    const version = checkedVersion(sql, path, migrations.length);
    if (endedBadly) assertSound(sql, path);
    sql.pragma("journal_mode = WAL");
    // FULL: a commit is on the disk when it returns, for the journal of file moves must outlive a power cut. A
    // commit costs 0.2 ms instead of 0.006 ms (SSD, Linux). `fullfsync` does the same for macOS, where a plain
    // fsync stops at the drive's cache.
    sql.pragma("synchronous = FULL");
    sql.pragma("fullfsync = ON");
    if (version > 0 && version < migrations.length) backUp(sql, directory, version);
    migrate(sql, version, migrations);
    sql.pragma("foreign_keys = ON");
    return new LibraryDatabase(directory, sql, lock);
  } catch (error) {
    sql?.close();
    lock?.close();
    throw asLibraryProblem(error, path);
  }
}

/** The open library: SQLite, its revision counter and news of commits. */
export class LibraryDatabase {
  /** The folder of the library; other rooms keep their files (thumbnails, log, copies) in it. */
  readonly directory: string;
  /** For the stores of this room only: SQL stays in src-main/library. */
  readonly sql: Database.Database;
  readonly #lock: Database.Database;
  readonly #listeners = new Set<(revision: number) => void>();
  readonly #increment: Database.Statement<[], { revision: number }>;
  readonly #read: Database.Statement<[], { revision: number }>;
  #revisionMoved = false;
  #announcing = false;

  /** Use `openDatabase`. */
  constructor(directory: string, sql: Database.Database, lock: Database.Database) {
    this.directory = directory;
    this.sql = sql;
    this.#lock = lock;
    this.#increment = sql.prepare("UPDATE counter SET revision = revision + 1 RETURNING revision");
    this.#read = sql.prepare("SELECT revision FROM counter");
  }

  /**
   * Runs `work` (synchronous) in one transaction: all of it or, when it throws, nothing. Inside another transaction
   * it is a savepoint of that one. Failures of the disk are thrown as KilnError.
   */
  transaction<Result>(work: () => Result): Result {
    const isOutermost = !this.sql.inTransaction;
    let result: Result;
    try {
      result = this.sql.transaction(work).immediate();
    } catch (error) {
      if (isOutermost) this.#revisionMoved = false;
      throw asLibraryProblem(error, join(this.directory, "library.db"));
    }
    if (isOutermost && this.#revisionMoved) {
      this.#revisionMoved = false;
      this.#announce();
    }
    return result;
  }

  /** A new revision for rows that change in the transaction around this call; listeners hear of it on commit. */
  nextRevision(): number {
    if (!this.sql.inTransaction) throw new Error("nextRevision() belongs inside a transaction.");
    this.#revisionMoved = true;
    return oneRow(this.#increment.get()).revision;
  }

  /** The newest revision of anything in the library; 0 when nothing ever changed. */
  currentRevision(): number {
    return oneRow(this.#read.get()).revision;
  }

  /**
   * Calls `listener` with the newest revision after commits that moved it: commits of one turn of the event loop
   * are one call, in a microtask. Returns the function that stops it. A listener must not throw.
   */
  onChange(listener: (revision: number) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Closes the files and hands the library's lock back. Harmless when called again. */
  close(): void {
    this.#listeners.clear();
    this.sql.close();
    this.#lock.close();
  }

  #announce(): void {
    if (this.#announcing) return;
    this.#announcing = true;
    queueMicrotask(() => {
      this.#announcing = false;
      if (this.#listeners.size === 0) return;
      const revision = this.currentRevision();
      for (const listener of [...this.#listeners]) listener(revision);
    });
  }
}

/**
 * The lock is an exclusive transaction on an empty database beside the library: a lock of the operating system on
 * the open file, gone with the process however it dies. It is not on library.db itself, so that backup tools and
 * `sqlite3` can still read that. Nothing else in this process may open lock.db: POSIX drops all of a process's
 * locks on a file when any one of its handles is closed.
 */
function takeLock(directory: string): Database.Database {
  const lock = new Database(join(directory, "lock.db"), { timeout: 0 });
  try {
    lock.exec("BEGIN EXCLUSIVE");
    return lock;
  } catch (error) {
    lock.close();
    if (error instanceof Database.SqliteError && error.code.startsWith("SQLITE_BUSY")) {
      throw libraryBusy(directory, error);
    }
    throw asLibraryProblem(error, lock.name);
  }
}

/** Schema version of the library, 0 for a new file. Throws when this Kiln must not write to it. */
function checkedVersion(sql: Database.Database, path: string, newest: number): number {
  const isEmpty = sql.prepare("SELECT 1 FROM sqlite_schema LIMIT 1").get() === undefined;
  if (isEmpty) return 0;
  if (sql.pragma("application_id", { simple: true }) !== applicationId) throw libraryForeign(path);
  const version = Number(sql.pragma("user_version", { simple: true }));
  if (version > newest) throw libraryNewer(path);
  return version;
}

/** Looks at every page (50 ms for 10,000 photos): damage must not be found later, in the middle of a decision. */
function assertSound(sql: Database.Database, path: string): void {
  const verdict = sql.pragma("quick_check(1)", { simple: true });
  if (verdict !== "ok") throw libraryDamaged(path, verdict);
}

/** Writes `library-v<version>-<time>.db` beside the library and keeps the newest few of them. */
function backUp(sql: Database.Database, directory: string, version: number): void {
  const time = new Date().toISOString().replaceAll(/[:.]/g, "-");
  const path = join(directory, `library-v${version}-${time}.db`);
  const part = `${path}.part`;
  try {
    sql.prepare("VACUUM INTO ?").run(part);
    // SQLite leaves it to the caller to bring the copy to the disk.
    const handle = openSync(part, "r+");
    try {
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(part, path);
  } catch (error) {
    rmSync(part, { force: true });
    throw error;
  }
  const backups = readdirSync(directory)
    .flatMap((name) => {
      const made = /^library-v\d+-(.+)\.db$/.exec(name)?.[1];
      return made === undefined ? [] : [{ name, made }];
    })
    .sort((a, b) => (a.made < b.made ? 1 : -1));
  for (const { name } of backups.slice(backupsKept)) rmSync(join(directory, name));
}

/**
 * Runs the migrations after `version`, each in its own transaction. Foreign keys are checked at the end of each
 * instead of during it, as SQLite asks for changes that rebuild tables (https://sqlite.org/lang_altertable.html, 7).
 */
function migrate(sql: Database.Database, version: number, migrations: readonly string[]): void {
  sql.pragma("foreign_keys = OFF");
  for (const [index, migration] of migrations.entries()) {
    if (index < version) continue;
    sql.transaction(() => {
      sql.exec(migration);
      const broken = sql.prepare("PRAGMA foreign_key_check").all();
      if (broken.length > 0) {
        throw new Error(`Migration ${index + 1} breaks ${broken.length} foreign keys.`);
      }
      sql.pragma(`application_id = ${applicationId}`);
      sql.pragma(`user_version = ${index + 1}`);
    })();
  }
}

function oneRow<Row>(row: Row | undefined): Row {
  if (row === undefined) throw new Error("The library's counter has no row.");
  return row;
}
