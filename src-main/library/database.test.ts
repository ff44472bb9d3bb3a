import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import Database from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { KilnError } from "../errors.ts";
import { canBeNobody, nobody } from "../nobody.fixture.ts";
import { type LibraryDatabase, openDatabase } from "./database.ts";
import { migrations } from "./migrations/index.ts";

const holder = join(import.meta.dirname, "database-fixture.ts");

let base: string;
let directory: string;

beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), "kiln-database-"));
  directory = join(base, "라이브러리 📷");
});

afterEach(() => rmSync(base, { recursive: true, force: true }));

function open(list?: readonly string[]): LibraryDatabase {
  const library = openDatabase(directory, list);
  onTestFinished(() => library.close());
  return library;
}

/** The KilnError that `action` throws. */
function problemFrom(action: () => unknown): KilnError {
  try {
    action();
  } catch (error) {
    if (error instanceof KilnError) return error;
    throw error;
  }
  throw new Error("Nothing was thrown.");
}

/** Starts a process and answers with the first line that it prints. */
async function firstLine(command: string, args: string[], options: { uid?: number } = {}) {
  const child: ChildProcess = spawn(command, args, {
    ...options,
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  if (child.stdout === null) throw new Error("The child has no output.");
  for await (const line of createInterface({ input: child.stdout })) return { child, line };
  throw new Error("The child printed nothing.");
}

function hold() {
  return firstLine(process.execPath, [holder, directory]);
}

describe("a new library", () => {
  it("makes the folder and the newest schema", () => {
    const { sql } = open();
    expect(sql.pragma("user_version", { simple: true })).toBe(migrations.length);
    expect(sql.pragma("journal_mode", { simple: true })).toBe("wal");
    expect(sql.pragma("foreign_keys", { simple: true })).toBe(1);
    expect(sql.pragma("synchronous", { simple: true })).toBe(2);
    const loose = sql
      .prepare("SELECT name FROM pragma_table_list WHERE strict = 0 AND name NOT LIKE 'sqlite_%'")
      .pluck()
      .all();
    expect(loose).toEqual([]);
    expect(readdirSync(directory).filter((name) => name.startsWith("library-v"))).toEqual([]);
  });

  it("is the same library when it is opened again", () => {
    const first = openDatabase(directory);
    first.transaction(() => first.nextRevision());
    first.close();
    expect(open().currentRevision()).toBe(1);
  });
});

describe("the lock", () => {
  it("turns away a second opener in the same process, until it is closed", () => {
    const first = openDatabase(directory);
    const problem = problemFrom(() => openDatabase(directory));
    expect(problem.code).toBe("library-busy");
    expect(problem.happened.en).toContain(directory);
    first.close();
    first.close();
    open();
  });

  it("turns away another process, and is gone when that process is killed", async () => {
    const { child, line } = await hold();
    expect(line).toBe("open");
    expect(problemFrom(() => openDatabase(directory)).code).toBe("library-busy");
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    open();
    expect((await hold()).line).toBe("library-busy");
  });

  it("leaves another library free", async () => {
    await hold();
    directory = join(base, "another");
    open();
  });
});

describe("revisions and transactions", () => {
  it("counts up inside transactions only, and takes back what was rolled back", () => {
    const library = open();
    expect(() => library.nextRevision()).toThrow("inside a transaction");
    expect(library.transaction(() => library.nextRevision() + library.transaction(next))).toBe(
      1 + 2,
    );
    expect(() =>
      library.transaction(() => {
        library.nextRevision();
        throw new Error("no");
      }),
    ).toThrow("no");
    expect(library.currentRevision()).toBe(2);

    function next() {
      return library.nextRevision();
    }
  });

  it("tells listeners once a turn, after the commit, and only when the revision moved", async () => {
    const library = open();
    const heard: number[] = [];
    const stop = library.onChange((revision) => heard.push(revision));
    library.transaction(() => {
      library.nextRevision();
      library.transaction(() => library.nextRevision());
    });
    library.transaction(() => library.nextRevision());
    expect(heard).toEqual([]);
    await Promise.resolve();
    expect(heard).toEqual([3]);

    library.transaction(() => library.currentRevision());
    expect(() =>
      library.transaction(() => {
        library.nextRevision();
        throw new Error("no");
      }),
    ).toThrow();
    library.transaction(() => library.currentRevision());
    await Promise.resolve();
    expect(heard).toEqual([3]);

    stop();
    library.transaction(() => library.nextRevision());
    await Promise.resolve();
    expect(heard).toEqual([3]);
  });

  it("says that the disk is full, and keeps what was there", () => {
    const library = open();
    const pages = Number(library.sql.pragma("page_count", { simple: true }));
    library.sql.pragma(`max_page_count = ${pages}`);
    const problem = problemFrom(() =>
      library.transaction(() => {
        library.nextRevision();
        const insert = library.sql.prepare("INSERT INTO directories (path) VALUES (?)");
        for (let index = 0; index < 1_000; index += 1) insert.run("x".repeat(1_000) + index);
      }),
    );
    expect(problem.code).toBe("library-disk-full");
    expect(library.currentRevision()).toBe(0);
  });
});

describe("migrations", () => {
  const older = [
    "CREATE TABLE counter (id INTEGER PRIMARY KEY, revision INTEGER NOT NULL) STRICT; INSERT INTO counter VALUES (1, 7);",
  ];
  const newer = [...older, "CREATE TABLE added (id INTEGER PRIMARY KEY) STRICT;"];

  function backups(): string[] {
    return readdirSync(directory).filter((name) => name.startsWith("library-v"));
  }

  it("keep a copy of the library as it was", () => {
    openDatabase(directory, older).close();
    const library = open(newer);
    expect(library.sql.pragma("user_version", { simple: true })).toBe(2);
    expect(library.currentRevision()).toBe(7);
    const [name = "", ...others] = backups();
    expect(name).toMatch(/^library-v1-\d{4}-\d\d-\d\dT[\d-]+Z\.db$/);
    expect(others).toEqual([]);
    const copy = new Database(join(directory, name), { readonly: true });
    expect(copy.pragma("user_version", { simple: true })).toBe(1);
    expect(copy.prepare("SELECT revision FROM counter").pluck().get()).toBe(7);
    copy.close();
  });

  it("keep the three newest copies", () => {
    openDatabase(directory, older).close();
    const past = [1, 2, 3, 4].map((day) => `library-v1-2026-01-0${day}T00-00-00-000Z.db`);
    for (const name of past) writeFileSync(join(directory, name), "");
    open(newer);
    const [third, fourth] = past.slice(2);
    expect(backups().sort()).toEqual([third, fourth, expect.any(String)]);
    expect(backups()).not.toContain(past[0]);
  });

  it("change nothing when one of them fails", () => {
    openDatabase(directory, older).close();
    const broken = [...newer, "INSERT INTO added VALUES (1); INSERT INTO nowhere VALUES (1);"];
    expect(() => openDatabase(directory, broken)).toThrow("nowhere");
    const library = open(newer);
    expect(library.sql.prepare("SELECT count(*) FROM added").pluck().get()).toBe(0);
  });

  it("refuse to leave broken references behind", () => {
    openDatabase(directory, newer).close();
    const breaking = `
      CREATE TABLE pointing (added_id INTEGER NOT NULL REFERENCES added (id)) STRICT;
      INSERT INTO pointing VALUES (5);`;
    expect(() => openDatabase(directory, [...newer, breaking])).toThrow("foreign keys");
    open(newer);
  });

  it("open a library of every past schema", () => {
    expect(migrations.length).toBeGreaterThan(0);
    for (let version = 1; version <= migrations.length; version += 1) {
      directory = join(base, `v${version}`);
      mkdirSync(directory);
      const fixtures = join(import.meta.dirname, "../../tests/fixtures/libraries");
      const past = new Database(join(directory, "library.db"));
      past.exec(readFileSync(join(fixtures, `v${version}.sql`), "utf8"));
      expect(past.pragma("user_version", { simple: true })).toBe(version);
      past.close();

      const { sql } = open();
      expect(sql.pragma("user_version", { simple: true })).toBe(migrations.length);
      expect(sql.pragma("integrity_check", { simple: true })).toBe("ok");
      expect(sql.pragma("foreign_key_check")).toEqual([]);
      expect(sql.prepare("SELECT name, stars, flag FROM photos ORDER BY id").all()).toEqual([
        { name: "IMG_0001.JPG", stars: 4, flag: "pick" },
        { name: "IMG_0002.JPG", stars: 0, flag: "reject" },
        { name: "노트.png", stars: 0, flag: "none" },
      ]);
      directory = join(base, `new${version}`);
      // A difference here means that a migration was edited after its fixture was written (write.ts).
      expect(schemaOf(sql)).toEqual(schemaOf(open().sql));
    }
  });

  function schemaOf(sql: Database.Database): unknown[] {
    return sql.prepare("SELECT type, name, sql FROM sqlite_schema ORDER BY type, name").all();
  }
});

describe("a library that Kiln must not write to", () => {
  const path = () => join(directory, "library.db");

  /** Opens, expects a problem, and that the file kept every byte. */
  function refused(list?: readonly string[]): KilnError {
    const before = readFileSync(path());
    const problem = problemFrom(() => openDatabase(directory, list));
    expect(readFileSync(path()).equals(before)).toBe(true);
    expect(problem.todo.ko).toMatch(/[가-힣]/);
    return problem;
  }

  it("is from a newer version", () => {
    openDatabase(directory, [...migrations, "CREATE TABLE later (id INTEGER) STRICT"]).close();
    expect(refused(migrations).code).toBe("library-newer");
    expect(readdirSync(directory).sort()).toEqual(["library.db", "lock.db"]);
  });

  it("belongs to another program", () => {
    mkdirSync(directory);
    const foreign = new Database(path());
    foreign.exec("CREATE TABLE songs (id INTEGER)");
    foreign.close();
    expect(refused().code).toBe("library-foreign");
  });

  it("is not a database at all", () => {
    mkdirSync(directory);
    writeFileSync(path(), "Not a database, but long enough to have a header. ".repeat(100));
    expect(refused().code).toBe("library-damaged");
  });

  it("was cut short", () => {
    openDatabase(directory).close();
    truncateSync(path(), 20_000);
    expect(refused().code).toBe("library-damaged");
  });

  it("has a damaged page in its middle, after Kiln was killed", async () => {
    const library = openDatabase(directory);
    const insert = library.sql.prepare("INSERT INTO directories (path) VALUES (?)");
    for (let index = 0; index < 2_000; index += 1) insert.run(`/photos/${index}`);
    library.close();
    const { child } = await hold();
    const exited = once(child, "exit");
    child.kill("SIGKILL");
    await exited;
    const bytes = readFileSync(path());
    bytes.fill(0xff, bytes.length - 6 * 4_096, bytes.length - 4_096);
    writeFileSync(path(), bytes);
    expect(refused().code).toBe("library-damaged");
  });

  it("hands the lock back after a refusal", () => {
    mkdirSync(directory);
    writeFileSync(path(), "Not a database, but long enough to have a header. ".repeat(100));
    expect(problemFrom(() => openDatabase(directory)).code).toBe("library-damaged");
    rmSync(path());
    open();
  });
});

describe("a place that can't hold a library", () => {
  it("is a file", () => {
    writeFileSync(directory, "");
    const said = expect.objectContaining({ en: expect.stringContaining("a file is in its way") });
    const inTheWay = { code: "library-unwritable", happened: said };
    expect(problemFrom(() => openDatabase(directory))).toMatchObject(inTheWay);
    directory = join(directory, "below");
    expect(problemFrom(() => openDatabase(directory))).toMatchObject(inTheWay);
  });

  it.skipIf(process.platform !== "linux")("is of a file system without folders of ours", () => {
    expect(problemFrom(() => openDatabase("/proc/kiln")).code).toBe("library-unwritable");
  });

  it("holds a folder where the library's file should be", () => {
    mkdirSync(join(directory, "library.db"), { recursive: true });
    expect(problemFrom(() => openDatabase(directory)).code).toBe("library-unwritable");
  });

  it.skipIf(!canBeNobody)("is read-only for this user", async () => {
    mkdirSync(directory);
    chmodSync(base, 0o755);
    chmodSync(directory, 0o555);
    const { line } = await firstLine(process.execPath, [holder, directory], nobody);
    expect(line).toBe("library-unwritable");
    chmodSync(directory, 0o755);
  });

  // A small disk of the test's own takes a namespace of mounts, which not every machine allows.
  const unshare = [...(process.getuid?.() === 0 ? [] : ["--map-root-user"]), "--mount"];
  const canMount = spawnSync("unshare", [...unshare, "true"]).status === 0;
  it.skipIf(!canMount)("is a full disk", async () => {
    mkdirSync(directory);
    const script = `mount -t tmpfs -o size=64k none "$1" && dd if=/dev/zero of="$1/full" 2>/dev/null
      "$2" "$3" "$1"`;
    const { line } = await firstLine("unshare", [
      ...unshare,
      ...["sh", "-c", script, "sh", directory, process.execPath, holder],
    ]);
    expect(line).toBe("library-disk-full");
    expect(existsSync(join(directory, "full"))).toBe(false);
  });
});
