import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { KilnError } from "../errors.ts";
import { type LibraryDatabase, openDatabase } from "./database.ts";
import { type JobRecord, JobStore } from "./job-store.ts";

let directory: string;
let database: LibraryDatabase;
let store: JobStore;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kiln-job-store-"));
  database = openDatabase(directory);
  store = new JobStore(database);
});

afterEach(() => {
  database.close();
  rmSync(directory, { recursive: true });
});

const fresh: Omit<JobRecord, "id"> = {
  kind: "read-folder",
  input: '{"path":"/사진"}',
  title: { en: "Read “사진”", ko: "‘사진’ 읽기" },
  state: "queued",
  stage: "",
  checkpoint: "",
  message: { en: "Waiting", ko: "대기 중" },
  fraction: 0,
  problem: null,
  revealPath: null,
  createdAt: 1_000,
  startedAt: null,
  endedAt: null,
  cleared: false,
  resumes: 0,
};

const late: Omit<JobRecord, "id" | "kind" | "input" | "title" | "createdAt"> = {
  state: "failed",
  stage: "read",
  checkpoint: '{"at":3}',
  message: { en: "Reading: 3 of 5", ko: "읽는 중: 3/5" },
  fraction: 0.6,
  problem: {
    code: "folder-gone",
    happened: { en: "It is gone.", ko: "없습니다." },
    todo: { en: "Look for it.", ko: "찾으세요." },
  },
  revealPath: "/results",
  startedAt: 2_000,
  endedAt: 3_000,
  cleared: false,
  resumes: 0,
};

it("keeps every field of a job, from its first moment to its last", () => {
  const job = store.insert(fresh);
  expect(store.get(job.id)).toEqual({ ...fresh, id: job.id });
  const ended = { ...job, ...late };
  store.update([ended]);
  expect(store.get(job.id)).toEqual(ended);
  // A retry takes the problem back.
  store.update([job]);
  expect(store.get(job.id)).toEqual(job);
  expect(store.get(job.id + 1)).toBeNull();
});

it("lists what is not cleared or not ended, oldest first", () => {
  const jobs = [fresh, fresh, fresh].map((job) => store.insert(job));
  const [first, second, third] = jobs.map(({ id }) => id);
  store.update(jobs.slice(0, 1).map((job) => ({ ...job, ...late, cleared: true })));
  store.update(jobs.slice(1, 2).map((job) => ({ ...job, ...late })));
  expect(store.listed().map(({ id }) => id)).toEqual([second, third]);
  expect(store.get(first ?? 0)?.cleared).toBe(true);
});

it("writes all jobs of an update or none", () => {
  const jobs = [store.insert(fresh), store.insert(fresh)];
  const wrong = jobs.map((job, index) => ({ ...job, ...late, fraction: index * 2 }));
  expect(() => store.update(wrong)).toThrow("CHECK");
  expect(store.listed()).toEqual(jobs);
});

it("says that the disk is full", () => {
  database.sql.pragma(`max_page_count = ${database.sql.pragma("page_count", { simple: true })}`);
  const input = JSON.stringify({ path: "x".repeat(100_000) });
  expect(() => store.insert({ ...fresh, input })).toThrow(KilnError);
  expect(store.listed()).toEqual([]);
});
