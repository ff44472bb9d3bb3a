/**
 * Photos, bursts, edits, jobs and plans. NULL means "unknown" or "none"; times are milliseconds since the epoch
 * unless the name says otherwise. Never edited once it is on main: write the next one.
 */
export const sql = `
-- One counter for everything that clients mirror: rows carry the value of their last change in revision.
CREATE TABLE counter (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  revision INTEGER NOT NULL
) STRICT;
INSERT INTO counter (id, revision) VALUES (1, 0);

-- What was dropped: a folder with its subfolders (whole = 1) or some files of one folder (whole = 0).
CREATE TABLE roots (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL,
  whole INTEGER NOT NULL CHECK (whole IN (0, 1)),
  kind TEXT NOT NULL CHECK (kind IN ('referenced', 'copied', 'sample')),
  state TEXT NOT NULL CHECK (state IN ('ready', 'missing')),
  opened_at INTEGER NOT NULL,
  forgotten INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1)),
  UNIQUE (path, whole)
) STRICT;

CREATE TABLE directories (
  id INTEGER PRIMARY KEY,
  path TEXT NOT NULL UNIQUE
) STRICT;

-- Frames of one moment. A burst is never deleted while an edit may name it; without photos it is gone.
CREATE TABLE bursts (
  id INTEGER PRIMARY KEY,
  -- Best cut's pick, and the person's: theirs counts while that photo is in the burst.
  proposed_id INTEGER REFERENCES photos (id) DEFERRABLE INITIALLY DEFERRED,
  chosen_id INTEGER REFERENCES photos (id) DEFERRABLE INITIALLY DEFERRED,
  is_manual INTEGER NOT NULL DEFAULT 0 CHECK (is_manual IN (0, 1)),
  gone INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
  revision INTEGER NOT NULL
) STRICT;
CREATE INDEX bursts_by_revision ON bursts (revision);

CREATE TABLE photos (
  id INTEGER PRIMARY KEY,
  directory_id INTEGER NOT NULL REFERENCES directories (id),
  -- Files of one directory with the same key are one photo: the base name for what cameras write
  -- (RAW, JPEG, HEIC and their companions), the whole file name for everything else.
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('found', 'probed', 'measured', 'skipped', 'missing', 'gone')),
  format TEXT CHECK (format IN ('jpeg', 'png', 'webp', 'avif', 'tiff', 'heic')),
  -- Upright size in pixels (EXIF orientation applied); 0 until probed.
  width INTEGER NOT NULL DEFAULT 0,
  height INTEGER NOT NULL DEFAULT 0,
  orientation INTEGER NOT NULL DEFAULT 1 CHECK (orientation BETWEEN 1 AND 8),
  -- Changes with the primary file's size or time: keeps caches of its pixels true.
  version TEXT NOT NULL,
  -- Hex digest of the primary file's bytes (size, head and tail): measures are kept by it. Empty until probed.
  identity TEXT NOT NULL DEFAULT '',
  -- Wall clock of the capture as if it were UTC.
  captured_at INTEGER,
  captured_local TEXT,
  captured_has_subseconds INTEGER NOT NULL DEFAULT 0 CHECK (captured_has_subseconds IN (0, 1)),
  captured_offset_minutes INTEGER,
  camera_make TEXT,
  camera_model TEXT,
  lens TEXT,
  iso REAL,
  exposure_seconds REAL,
  f_number REAL,
  focal_length_mm REAL,
  latitude REAL CHECK (latitude BETWEEN -90 AND 90),
  longitude REAL CHECK (longitude BETWEEN -180 AND 180),
  icc_name TEXT,
  skip_code TEXT,
  skip_en TEXT,
  skip_ko TEXT,
  stars INTEGER NOT NULL DEFAULT 0 CHECK (stars BETWEEN 0 AND 5),
  flag TEXT NOT NULL DEFAULT 'none' CHECK (flag IN ('pick', 'none', 'reject')),
  label TEXT NOT NULL DEFAULT 'none'
    CHECK (label IN ('none', 'red', 'yellow', 'green', 'blue', 'purple')),
  rotation INTEGER NOT NULL DEFAULT 0 CHECK (rotation IN (0, 90, 180, 270)),
  burst_id INTEGER REFERENCES bursts (id),
  -- Best cut inside the burst: derived from measures, written again whenever the burst changes.
  rank INTEGER,
  score REAL,
  reason_en TEXT,
  reason_ko TEXT,
  revision INTEGER NOT NULL,
  UNIQUE (directory_id, key)
) STRICT;
CREATE INDEX photos_by_burst ON photos (burst_id);
CREATE INDEX photos_by_revision ON photos (revision);

CREATE TABLE files (
  id INTEGER PRIMARY KEY,
  photo_id INTEGER NOT NULL REFERENCES photos (id),
  directory_id INTEGER NOT NULL REFERENCES directories (id),
  name TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('jpeg', 'png', 'webp', 'avif', 'tiff', 'heic', 'raw', 'xmp', 'thumbnail', 'video', 'other')),
  is_primary INTEGER NOT NULL CHECK (is_primary IN (0, 1)),
  bytes INTEGER NOT NULL,
  modified_ms REAL NOT NULL,
  -- Identity with bytes: a moved file is found again by it. Empty until probed.
  fast_hash TEXT NOT NULL DEFAULT '',
  is_missing INTEGER NOT NULL DEFAULT 0 CHECK (is_missing IN (0, 1)),
  UNIQUE (directory_id, name)
) STRICT;
CREATE INDEX files_by_photo ON files (photo_id);
CREATE INDEX files_by_identity ON files (fast_hash, bytes);

CREATE TABLE root_photos (
  root_id INTEGER NOT NULL REFERENCES roots (id),
  photo_id INTEGER NOT NULL REFERENCES photos (id),
  PRIMARY KEY (root_id, photo_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX root_photos_by_photo ON root_photos (photo_id);

-- Folders below a root that its last reading could not open.
CREATE TABLE unread_folders (
  root_id INTEGER NOT NULL REFERENCES roots (id),
  path TEXT NOT NULL,
  reason_en TEXT NOT NULL,
  reason_ko TEXT NOT NULL,
  PRIMARY KEY (root_id, path)
) STRICT, WITHOUT ROWID;

-- Kept by the identity of the bytes, not by the photo: a folder read again, moved or forgotten costs no second decode.
CREATE TABLE measures (
  identity TEXT PRIMARY KEY,
  -- Version of the algorithm; older rows are measured again.
  algorithm INTEGER NOT NULL,
  sharpness REAL NOT NULL,
  noise REAL NOT NULL,
  contrast REAL NOT NULL,
  brightness REAL NOT NULL,
  clipped_highlights REAL NOT NULL,
  clipped_shadows REAL NOT NULL,
  laplacian_variance REAL NOT NULL,
  look BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- One step of undo. undone steps are what redo offers; a new edit drops them.
CREATE TABLE edits (
  id INTEGER PRIMARY KEY,
  created_at INTEGER NOT NULL,
  label_en TEXT NOT NULL,
  label_ko TEXT NOT NULL,
  undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1)),
  -- Set when the step is an applied plan: its undo is a job of its own.
  plan_id INTEGER REFERENCES plans (id)
) STRICT;

CREATE TABLE edit_changes (
  edit_id INTEGER NOT NULL REFERENCES edits (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  entity TEXT NOT NULL CHECK (entity IN ('photo', 'burst', 'root')),
  entity_id INTEGER NOT NULL,
  field TEXT NOT NULL,
  before ANY,
  after ANY,
  PRIMARY KEY (edit_id, seq)
) STRICT, WITHOUT ROWID;

CREATE TABLE jobs (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,
  -- JSON, parsed by the kind's own schema.
  input TEXT NOT NULL,
  title_en TEXT NOT NULL,
  title_ko TEXT NOT NULL,
  state TEXT NOT NULL
    CHECK (state IN ('queued', 'running', 'completed', 'failed', 'cancelled', 'interrupted')),
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
  cleared INTEGER NOT NULL DEFAULT 0 CHECK (cleared IN (0, 1))
) STRICT;
CREATE INDEX jobs_by_state ON jobs (state);

-- What apply does to the disk: written in full before the first byte moves, then item by item.
CREATE TABLE plans (
  id INTEGER PRIMARY KEY,
  root_id INTEGER NOT NULL REFERENCES roots (id),
  -- Random; part of the names of unfinished files, so that two libraries never take each other's for their own.
  token TEXT NOT NULL UNIQUE,
  action TEXT NOT NULL CHECK (action IN ('copy', 'move', 'export')),
  destination TEXT NOT NULL,
  second_copy TEXT,
  export_quality INTEGER NOT NULL,
  export_edge INTEGER,
  state TEXT NOT NULL
    CHECK (state IN ('planned', 'applying', 'applied', 'undoing', 'undone', 'abandoned')),
  created_at INTEGER NOT NULL
) STRICT;

CREATE TABLE plan_items (
  plan_id INTEGER NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  seq INTEGER NOT NULL,
  photo_id INTEGER NOT NULL REFERENCES photos (id),
  file_id INTEGER NOT NULL REFERENCES files (id),
  operation TEXT NOT NULL CHECK (operation IN ('copy', 'move', 'export', 'trash')),
  source TEXT NOT NULL,
  -- NULL for trash: the system says where it went, in trash_receipt.
  target TEXT,
  second_target TEXT,
  renamed INTEGER NOT NULL DEFAULT 0 CHECK (renamed IN (0, 1)),
  -- The source when the plan was made: a file that differs from this is left alone.
  bytes INTEGER NOT NULL,
  modified_ms REAL NOT NULL,
  -- SHA-256 of the source, hex; NULL until it was read, which a move inside one volume never does.
  sha256 TEXT,
  -- SHA-256 of what was written to target (differs from sha256 for export).
  target_sha256 TEXT,
  -- JSON of the trash port: how to get the file back.
  trash_receipt TEXT,
  state TEXT NOT NULL
    CHECK (state IN ('pending', 'started', 'done', 'failed', 'undo-started', 'undone', 'kept')),
  problem_code TEXT,
  problem_happened_en TEXT,
  problem_happened_ko TEXT,
  problem_todo_en TEXT,
  problem_todo_ko TEXT,
  PRIMARY KEY (plan_id, seq)
) STRICT, WITHOUT ROWID;

-- Folders that a plan made below its destination: undo takes the empty ones away again.
CREATE TABLE plan_folders (
  plan_id INTEGER NOT NULL REFERENCES plans (id) ON DELETE CASCADE,
  path TEXT NOT NULL,
  PRIMARY KEY (plan_id, path)
) STRICT, WITHOUT ROWID;
`;
