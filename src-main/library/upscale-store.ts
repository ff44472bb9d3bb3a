import { basename } from "node:path";
import type { Localized, Problem } from "../../src-preload/contract/problem.ts";
import {
  type UpscaleRow,
  type UpscaleSettings,
  upscaleSettingsSchema,
} from "../../src-preload/contract/upscale.ts";
import type { LibraryDatabase } from "./database.ts";

/** A result that is to be made. */
export interface UpscaleDraft {
  /** Null where the original is not in the library. */
  readonly photoId: number | null;
  /** Absolute path of the file whose pixels are taken. */
  readonly sourcePath: string;
  /** Absolute path of the folder that the result goes to, and its name there without the extension. */
  readonly folder: string;
  readonly baseName: string;
  readonly settings: UpscaleSettings;
  readonly modelName: string;
  readonly sourceWidth: number;
  readonly sourceHeight: number;
  readonly width: number;
  readonly height: number;
  readonly note: Localized | null;
  /** Random, never used before. */
  readonly version: string;
}

export interface UpscaleRecord extends UpscaleDraft {
  readonly id: number;
  /** Absolute path of the result; null before it is there and after it has left. */
  readonly path: string | null;
  readonly status: UpscaleRow["status"];
  readonly jobId: number | null;
  readonly isGone: boolean;
}

interface Row {
  id: number;
  photo_id: number | null;
  source_path: string;
  folder: string;
  base_name: string;
  path: string | null;
  status: UpscaleRow["status"];
  problem_code: string | null;
  problem_happened_en: string | null;
  problem_happened_ko: string | null;
  problem_todo_en: string | null;
  problem_todo_ko: string | null;
  job_id: number | null;
  settings: string;
  model_name: string;
  source_width: number;
  source_height: number;
  width: number;
  height: number;
  bytes: number | null;
  seconds: number | null;
  note_en: string | null;
  note_ko: string | null;
  version: string;
  created_at: number;
  gone: number;
}

/** Upscaled photos: what belongs to which original, and how far it has got. */
export class UpscaleStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** Writes results down that are to be made, in one transaction. @returns their ids, in the same order */
  add(drafts: readonly UpscaleDraft[]): number[] {
    return this.#database.transaction(() => {
      const revision = this.#database.nextRevision();
      const insert = this.#database.sql.prepare(
        `INSERT INTO upscales (photo_id, source_path, folder, base_name, status, settings, model_name, source_width,
           source_height, width, height, note_en, note_ko, version, created_at, revision)
         VALUES (@photoId, @sourcePath, @folder, @baseName, 'queued', @settings, @modelName, @sourceWidth,
           @sourceHeight, @width, @height, @noteEn, @noteKo, @version, @createdAt, @revision)`,
      );
      return drafts.map(({ note, settings, ...draft }) =>
        Number(
          insert.run({
            ...draft,
            settings: JSON.stringify(settings),
            noteEn: note?.en ?? null,
            noteKo: note?.ko ?? null,
            createdAt: Date.now(),
            revision,
          }).lastInsertRowid,
        ),
      );
    });
  }

  get(id: number): UpscaleRecord | null {
    return this.records([id])[0] ?? null;
  }

  /** Those that there are of these, in the same order. */
  records(ids: readonly number[]): UpscaleRecord[] {
    const one = this.#database.sql.prepare<[number], Row>("SELECT * FROM upscales WHERE id = ?");
    return ids.flatMap((id) => {
      const row = one.get(id);
      return row === undefined ? [] : [toRecord(row)];
    });
  }

  /** Those that changed after revision `since`, newest first; with 0 those that are gone are left out. */
  changes(since: number): UpscaleRow[] {
    // An original that left the library is nobody's any more.
    return this.#database.sql
      .prepare<{ since: number }, Row>(
        `SELECT upscales.*, iif(photos.state = 'gone', NULL, photo_id) AS photo_id
         FROM upscales LEFT JOIN photos ON photos.id = photo_id
         WHERE upscales.revision > @since AND (@since > 0 OR upscales.gone = 0)
         ORDER BY upscales.id DESC`,
      )
      .all({ since })
      .map(toUpscaleRow);
  }

  /** Names of results that lie in a folder and belong to photos of a root: its readings leave them out. */
  namesIn(folder: string, rootId: number): Set<string> {
    const paths = this.#database.sql
      .prepare<[string, number], string>(
        `SELECT path FROM upscales WHERE folder = ? AND path IS NOT NULL
           AND photo_id IN (SELECT photo_id FROM root_photos WHERE root_id = ?)`,
      )
      .pluck()
      .all(folder, rootId);
    return new Set(paths.map((path) => basename(path)));
  }

  /** Whose job it is. */
  setJob(ids: readonly number[], jobId: number): void {
    this.#update(ids, "job_id = @jobId", { jobId });
  }

  queue(ids: readonly number[]): void {
    this.#update(ids, `status = 'queued', ${noProblem}`, {});
  }

  begin(id: number): void {
    this.#update([id], `status = 'processing', ${noProblem}`, {});
  }

  /** One that had the same path has lost its file to somebody, and leaves the list. */
  complete(
    id: number,
    result: {
      readonly path: string;
      readonly width: number;
      readonly height: number;
      readonly bytes: number;
      readonly seconds: number;
      readonly note: Localized | null;
    },
  ): void {
    const { note, ...values } = result;
    this.#database.transaction(() => {
      const before = this.#database.sql
        .prepare<[string, number], number>("SELECT id FROM upscales WHERE path = ? AND id <> ?")
        .pluck()
        .all(result.path, id);
      this.#update(before, "gone = 1, path = NULL", {});
      this.#update(
        [id],
        `status = 'completed', path = @path, width = @width, height = @height, bytes = @bytes, seconds = @seconds,
         note_en = @noteEn, note_ko = @noteKo, ${noProblem}`,
        { ...values, noteEn: note?.en ?? null, noteKo: note?.ko ?? null },
      );
    });
  }

  fail(ids: readonly number[], { code, happened, todo }: Problem): void {
    this.#update(
      ids,
      `status = 'failed', problem_code = @code, problem_happened_en = @happenedEn,
       problem_happened_ko = @happenedKo, problem_todo_en = @todoEn, problem_todo_ko = @todoKo`,
      {
        code,
        happenedEn: happened.en,
        happenedKo: happened.ko,
        todoEn: todo.en,
        todoKo: todo.ko,
      },
    );
  }

  /** Takes a result off the list. The file is the caller's business. */
  remove(id: number): void {
    this.#update([id], "gone = 1, path = NULL", {});
  }

  /** Those that a job made or makes, in the order in which they were asked for. */
  ofJob(jobId: number): UpscaleRecord[] {
    return this.#database.sql
      .prepare<[number], Row>("SELECT * FROM upscales WHERE job_id = ? AND gone = 0 ORDER BY id")
      .all(jobId)
      .map(toRecord);
  }

  /** Those that are still to be made and go to a folder. */
  unfinishedIn(folder: string): UpscaleRecord[] {
    return this.#database.sql
      .prepare<[string], Row>(
        `SELECT * FROM upscales WHERE folder = ? AND gone = 0 AND status IN ('queued', 'processing')
         ORDER BY id`,
      )
      .all(folder)
      .map(toRecord);
  }

  /** Results of a photo that were finished in a folder; whether their files still lie there is the caller's to see. */
  madeIn(folder: string, photoId: number): UpscaleRecord[] {
    return this.#database.sql
      .prepare<[number, string], Row>(
        `SELECT * FROM upscales
         WHERE photo_id = ? AND folder = ? AND gone = 0 AND status = 'completed' AND path IS NOT NULL ORDER BY id`,
      )
      .all(photoId, folder)
      .map(toRecord);
  }

  /** The jobs of those that are still to be made; null among them where one has none. */
  unfinishedJobs(): Set<number | null> {
    const jobs = this.#database.sql
      .prepare<[], number | null>(
        `SELECT DISTINCT job_id FROM upscales WHERE gone = 0 AND status IN ('queued', 'processing')`,
      )
      .pluck()
      .all();
    return new Set(jobs);
  }

  /** Ids of those that are to be made and have no job: an earlier Kiln ended before it had begun one. */
  withoutJob(): number[] {
    return this.#database.sql
      .prepare<[], number>(
        `SELECT id FROM upscales WHERE gone = 0 AND status IN ('queued', 'processing') AND job_id IS NULL`,
      )
      .pluck()
      .all();
  }

  /** Versions of those on the list, or of those that are still to be made: folders of others are nobody's. */
  versions(which: "all" | "unfinished"): Set<string> {
    const versions = this.#database.sql
      .prepare<[], string>(
        `SELECT version FROM upscales WHERE gone = 0
           ${which === "all" ? "" : "AND status IN ('queued', 'processing')"}`,
      )
      .pluck()
      .all();
    return new Set(versions);
  }

  #update(
    ids: readonly number[],
    assignments: string,
    values: Readonly<Record<string, string | number | null>>,
  ): void {
    if (ids.length === 0) return;
    this.#database.transaction(() => {
      const revision = this.#database.nextRevision();
      this.#database.sql
        .prepare(
          `UPDATE upscales SET ${assignments}, revision = @revision
           WHERE id IN (SELECT value FROM json_each(@ids))`,
        )
        .run({ ...values, ids: JSON.stringify(ids), revision });
    });
  }
}

const noProblem =
  "problem_code = NULL, problem_happened_en = NULL, problem_happened_ko = NULL, problem_todo_en = NULL, problem_todo_ko = NULL";

function noteOf({ note_en: en, note_ko: ko }: Row): Localized | null {
  return en === null || ko === null ? null : { en, ko };
}

let parsed: { readonly text: string; readonly settings: UpscaleSettings } | null = null;

/** Results that were asked for together have the same settings: each text is parsed once in a row. */
function settingsOf({ settings: text }: Row): UpscaleSettings {
  if (parsed?.text !== text) {
    parsed = { text, settings: Object.freeze(upscaleSettingsSchema.parse(JSON.parse(text))) };
  }
  return parsed.settings;
}

function toRecord(row: Row): UpscaleRecord {
  return {
    id: row.id,
    photoId: row.photo_id,
    sourcePath: row.source_path,
    folder: row.folder,
    baseName: row.base_name,
    path: row.path,
    status: row.status,
    jobId: row.job_id,
    settings: settingsOf(row),
    modelName: row.model_name,
    sourceWidth: row.source_width,
    sourceHeight: row.source_height,
    width: row.width,
    height: row.height,
    note: noteOf(row),
    version: row.version,
    isGone: row.gone === 1,
  };
}

function toUpscaleRow(row: Row): UpscaleRow {
  return {
    id: row.id,
    photoId: row.photo_id,
    sourceName: basename(row.source_path),
    name: row.path === null ? null : basename(row.path),
    path: row.path,
    status: row.status,
    problem:
      row.problem_code === null
        ? null
        : {
            code: row.problem_code,
            happened: { en: row.problem_happened_en ?? "", ko: row.problem_happened_ko ?? "" },
            todo: { en: row.problem_todo_en ?? "", ko: row.problem_todo_ko ?? "" },
          },
    jobId: row.job_id,
    settings: settingsOf(row),
    modelName: row.model_name,
    sourceWidth: row.source_width,
    sourceHeight: row.source_height,
    width: row.width,
    height: row.height,
    bytes: row.bytes,
    seconds: row.seconds,
    note: noteOf(row),
    version: row.version,
    createdAt: row.created_at,
    gone: row.gone === 1,
  };
}
