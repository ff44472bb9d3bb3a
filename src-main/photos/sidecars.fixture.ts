/** What tests of sidecars share: a folder in a library that writes and reads them as Kiln does, without a host. */
import { readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { Job } from "../../src-preload/contract/jobs.ts";
import { preferencesSchema } from "../../src-preload/contract/preferences.ts";
import { JobEngine } from "../jobs/index.ts";
import { type FileKind, JobStore, SidecarStore, wholeNameKey } from "../library/index.ts";
import { plainProbe } from "../library/readings.fixture.ts";
import { createLog } from "../log/index.ts";
import { readSidecar, updateSidecar } from "../xmp/index.ts";
import { Decisions } from "./decisions.ts";
import { openFixtureLibrary } from "./library.fixture.ts";
import type { SidecarPreferences } from "./sidecar-rules.ts";
import { Sidecars } from "./sidecars.ts";
import { temporaryFolder } from "./takes.fixture.ts";

const kinds: Readonly<Record<string, FileKind>> = {
  JPG: "jpeg",
  CR2: "raw",
  DNG: "raw",
  ARW: "raw",
  xmp: "xmp",
};

/** Closed at the end of the test. */
export async function openFolder(
  given: Partial<SidecarPreferences> = {},
  card: string | null = null,
) {
  const folder = await temporaryFolder();
  const library = openFixtureLibrary(await temporaryFolder());
  const { database, edits, photos, readings, roots } = library;
  const preferences = { ...preferencesSchema.parse({}).xmp, write: true, ...given };
  const sidecars = new SidecarStore(database);
  const log = createLog({ directory: join(library.directory, "logs") });
  const engine = new JobEngine({ store: new JobStore(database), log });
  const cardHolding = async (): Promise<string | null> => card;
  const service = new Sidecars(
    { database, edits, sidecars, preferences: () => preferences, cardHolding },
    engine,
    5,
  );
  engine.begin(service.definitions);
  onTestFinished(async () => {
    service.close();
    await engine.shutdown();
    database.close();
    await log.flush();
  });
  const rootId = roots.add({ path: folder, whole: true, kind: "referenced" }, 1);

  /** Reads the folder as a scan does: what has one base name is one photo; a second RAW is one of its own. */
  const read = (): Record<string, number> => {
    const files = readdirSync(folder).flatMap((name) => {
      const kind = kinds[name.split(".").at(-1) ?? ""];
      const { size, mtimeMs } = statSync(join(folder, name));
      return kind === undefined ? [] : [{ name, kind, bytes: size, modifiedMs: mtimeMs }];
    });
    const groups = Map.groupBy(files, ({ name }) => name.split(".")[0] ?? "");
    const found = [...groups].flatMap(([base, group]) => {
      const seconds = group.filter(
        ({ name }) => name.endsWith(".DNG") && group.some((other) => other.name.endsWith(".CR2")),
      );
      const own = group.filter((file) => !seconds.includes(file));
      const order = own.toSorted((a, b) => Number(a.kind === "xmp") - Number(b.kind === "xmp"));
      return [
        { directory: folder, key: base, files: order, skip: null },
        ...seconds.map((file) => ({
          directory: folder,
          key: wholeNameKey(file.name),
          files: [file],
          skip: null,
        })),
      ];
    });
    readings.recordFound(rootId, found);
    return Object.fromEntries(photos.changes(rootId, 0).map(({ name, id }) => [name, id]));
  };
  return {
    ...library,
    folder,
    service,
    sidecars,
    engine,
    preferences,
    rootId,
    decisions: new Decisions(library),
    read,
    /** Makes photos of a name each and reads the folder. Answers their ids. */
    photos(...names: string[]): number[] {
      for (const name of names) writeFileSync(join(folder, name), name);
      const ids = read();
      return names.map((name) => ids[name] ?? 0);
    },
    /** The header of a photo has been read: from now on it is known by its bytes. */
    probe(id: number, fastHash: string): void {
      const file = photos.primaryFile(id);
      if (file === null) throw new Error(`No photo ${id}`);
      const { size, mtimeMs } = statSync(file.path);
      readings.saveProbe(id, { ...plainProbe, bytes: size, modifiedMs: mtimeMs, fastHash });
    },
    takeIn: () => service.takeIn(rootId, AbortSignal.timeout(10_000)),
    /** Another program writes a sidecar, `seconds` from now. */
    foreign(name: string, values: Parameters<typeof updateSidecar>[1], seconds = 0): void {
      const path = join(folder, name);
      const time = new Date(Date.now() + seconds * 1000);
      const existing = readdirSync(folder).includes(name) ? readFileSync(path) : null;
      writeFileSync(path, updateSidecar(existing, values, name, time));
      utimesSync(path, time, time);
      read();
    },
    said(name: string) {
      const { rating, label } = readSidecar(readFileSync(join(folder, name)), name);
      return { rating, label };
    },
    row(id: number) {
      const [row] = photos.rows([id]);
      return row && { stars: row.stars, flag: row.flag, label: row.label };
    },
    /** What the service started, once it has ended. */
    async written(): Promise<Job> {
      service.begin();
      const { promise, resolve } = Promise.withResolvers<number>();
      const look = (): void => {
        const [job] = engine.list();
        if (job !== undefined) resolve(job.id);
      };
      const stop = engine.onChange(look);
      const job = await engine.whenEnded(await promise);
      stop();
      return job;
    },
  };
}
