import type { JobState } from "../../src-preload/contract/jobs.ts";
import type { Localized, Problem } from "../../src-preload/contract/problem.ts";
import type { LibraryDatabase } from "./database.ts";

/** A job as it is kept. Times are milliseconds since the epoch. */
export interface JobRecord {
  readonly id: number;
  readonly kind: string;
  /** JSON; the kind's own schema knows what is in it. */
  readonly input: string;
  readonly title: Localized;
  readonly state: JobState;
  /** The stage it is or was in; empty before the first. */
  readonly stage: string;
  /** JSON that the kind saved to go on from; empty for none. */
  readonly checkpoint: string;
  readonly message: Localized;
  /** 0..1. */
  readonly fraction: number;
  readonly problem: Problem | null;
  /** Absolute path of what it left behind. */
  readonly revealPath: string | null;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  /** Taken off the list by the person. */
  readonly cleared: boolean;
  /** Starts in a row that found it broken off. */
  readonly resumes: number;
}

interface JobRow {
  id: number;
  kind: string;
  input: string;
  title_en: string;
  title_ko: string;
  state: JobState;
  stage: string;
  checkpoint: string;
  message_en: string;
  message_ko: string;
  fraction: number;
  problem_code: string | null;
  problem_happened_en: string | null;
  problem_happened_ko: string | null;
  problem_todo_en: string | null;
  problem_todo_ko: string | null;
  reveal_path: string | null;
  created_at: number;
  started_at: number | null;
  ended_at: number | null;
  cleared: 0 | 1;
  resumes: number;
}

/** The rows of the job engine. Only it writes them. */
export class JobStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /** Writes a new job, queued. */
  insert(job: Omit<JobRecord, "id">): JobRecord {
    return this.#database.transaction(() => {
      const { lastInsertRowid } = this.#database.sql
        .prepare(
          `INSERT INTO jobs (kind, input, title_en, title_ko, state, stage, checkpoint, message_en, message_ko,
             fraction, problem_code, problem_happened_en, problem_happened_ko, problem_todo_en, problem_todo_ko,
             reveal_path, created_at, started_at, ended_at, cleared, resumes)
           VALUES (@kind, @input, @title_en, @title_ko, @state, @stage, @checkpoint, @message_en, @message_ko,
             @fraction, @problem_code, @problem_happened_en, @problem_happened_ko, @problem_todo_en,
             @problem_todo_ko, @reveal_path, @created_at, @started_at, @ended_at, @cleared,
             @resumes)`,
        )
        .run(toRow({ ...job, id: 0 }));
      return { ...job, id: Number(lastInsertRowid) };
    });
  }

  /** Writes everything that can change of these jobs, in one transaction. */
  update(jobs: readonly JobRecord[]): void {
    this.#database.transaction(() => {
      const update = this.#database.sql.prepare(
        `UPDATE jobs SET state = @state, stage = @stage, checkpoint = @checkpoint, message_en = @message_en,
           message_ko = @message_ko, fraction = @fraction, problem_code = @problem_code,
           problem_happened_en = @problem_happened_en, problem_happened_ko = @problem_happened_ko,
           problem_todo_en = @problem_todo_en, problem_todo_ko = @problem_todo_ko, reveal_path = @reveal_path,
           started_at = @started_at, ended_at = @ended_at, cleared = @cleared, resumes = @resumes
         WHERE id = @id`,
      );
      for (const job of jobs) update.run(toRow(job));
    });
  }

  /** Jobs that are on the list or not ended, oldest first. */
  listed(): JobRecord[] {
    return this.#database.sql
      .prepare<[], JobRow>(
        "SELECT * FROM jobs WHERE cleared = 0 OR state IN ('queued', 'running', 'paused') ORDER BY id",
      )
      .all()
      .map(toRecord);
  }

  get(id: number): JobRecord | null {
    const row = this.#database.sql
      .prepare<[number], JobRow>("SELECT * FROM jobs WHERE id = ?")
      .get(id);
    return row === undefined ? null : toRecord(row);
  }
}

function toRecord(row: JobRow): JobRecord {
  return {
    id: row.id,
    kind: row.kind,
    input: row.input,
    title: { en: row.title_en, ko: row.title_ko },
    state: row.state,
    stage: row.stage,
    checkpoint: row.checkpoint,
    message: { en: row.message_en, ko: row.message_ko },
    fraction: row.fraction,
    problem:
      row.problem_code === null
        ? null
        : {
            code: row.problem_code,
            happened: { en: row.problem_happened_en ?? "", ko: row.problem_happened_ko ?? "" },
            todo: { en: row.problem_todo_en ?? "", ko: row.problem_todo_ko ?? "" },
          },
    revealPath: row.reveal_path,
    createdAt: row.created_at,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    cleared: row.cleared === 1,
    resumes: row.resumes,
  };
}

function toRow(job: JobRecord): JobRow {
  return {
    id: job.id,
    kind: job.kind,
    input: job.input,
    title_en: job.title.en,
    title_ko: job.title.ko,
    state: job.state,
    stage: job.stage,
    checkpoint: job.checkpoint,
    message_en: job.message.en,
    message_ko: job.message.ko,
    fraction: job.fraction,
    problem_code: job.problem?.code ?? null,
    problem_happened_en: job.problem?.happened.en ?? null,
    problem_happened_ko: job.problem?.happened.ko ?? null,
    problem_todo_en: job.problem?.todo.en ?? null,
    problem_todo_ko: job.problem?.todo.ko ?? null,
    reveal_path: job.revealPath,
    created_at: job.createdAt,
    started_at: job.startedAt,
    ended_at: job.endedAt,
    cleared: job.cleared ? 1 : 0,
    resumes: job.resumes,
  };
}
