/** Jobs can be paused; upscaled photos. */
export const sql = `
-- SQLite can't change a CHECK: the table is built anew.
CREATE TABLE new_jobs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  -- JSON, parsed by the kind's own schema.
  input TEXT NOT NULL,
  title_en TEXT NOT NULL,
  title_ko TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('queued', 'running', 'paused', 'completed', 'failed', 'cancelled', 'interrupted')),
  stage TEXT NOT NULL DEFAULT '',
  -- JSON that the kind saved to go on from after a crash; empty for none.
  checkpoint TEXT NOT NULL DEFAULT '',
  message_en TEXT NOT NULL DEFAULT '',
  message_ko TEXT NOT NULL DEFAULT '',
  fraction REAL NOT NULL DEFAULT 0 CHECK (fraction BETWEEN 0 AND 1),
  problem_code TEXT,
  problem_happened_en TEXT,
  problem_happened_ko TEXT,
  problem_todo_en TEXT,
  problem_todo_ko TEXT,
  -- What 'reveal' shows in the file manager; never leaves main.
  reveal_path TEXT,
  created_at INTEGER NOT NULL,
  started_at INTEGER,
  ended_at INTEGER,
  cleared INTEGER NOT NULL DEFAULT 0 CHECK (cleared IN (0, 1)),
  -- Starts in a row that found the job broken off: one that ends Kiln each time must not go on for ever.
  resumes INTEGER NOT NULL DEFAULT 0 CHECK (resumes >= 0)
) STRICT;
INSERT INTO new_jobs (id, kind, input, title_en, title_ko, state, stage, checkpoint, message_en, message_ko, fraction,
  problem_code, problem_happened_en, problem_happened_ko, problem_todo_en, problem_todo_ko, reveal_path, created_at,
  started_at, ended_at, cleared, resumes)
SELECT id, kind, input, title_en, title_ko, state, stage, checkpoint, message_en, message_ko, fraction, problem_code,
  problem_happened_en, problem_happened_ko, problem_todo_en, problem_todo_ko, reveal_path, created_at, started_at,
  ended_at, cleared, resumes
FROM jobs;
DROP TABLE jobs;
ALTER TABLE new_jobs RENAME TO jobs;
CREATE INDEX jobs_by_state ON jobs (state);

-- A photo made larger, or about to be. The row is there before the work and outlives its original.
CREATE TABLE upscales (
  id INTEGER PRIMARY KEY,
  -- NULL where it was made of a file that is not in the library, as the command line does.
  photo_id INTEGER REFERENCES photos (id),
  source_path TEXT NOT NULL,
  -- Folder and name without extension that the result gets; its final path once it is there.
  folder TEXT NOT NULL,
  base_name TEXT NOT NULL,
  path TEXT UNIQUE,
  status TEXT NOT NULL CHECK (status IN ('queued', 'processing', 'completed', 'failed')),
  problem_code TEXT,
  problem_happened_en TEXT,
  problem_happened_ko TEXT,
  problem_todo_en TEXT,
  problem_todo_ko TEXT,
  job_id INTEGER,
  -- JSON of upscaleSettingsSchema.
  settings TEXT NOT NULL,
  model_name TEXT NOT NULL,
  source_width INTEGER NOT NULL,
  source_height INTEGER NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  bytes INTEGER,
  seconds REAL,
  note_en TEXT,
  note_ko TEXT,
  -- Random; the folder of its tiles and part of their addresses.
  version TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX upscales_by_photo ON upscales (photo_id);
CREATE INDEX upscales_by_revision ON upscales (revision);
`;
