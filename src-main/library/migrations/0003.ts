/** Sidecars: what Kiln last saw in them, and when the person decided what they carry. */
export const sql = `
-- An .xmp file as it was when Kiln last read or wrote it, with what it said then.
CREATE TABLE sidecars (
  directory_id INTEGER NOT NULL REFERENCES directories (id),
  name TEXT NOT NULL,
  bytes INTEGER NOT NULL,
  modified_ms REAL NOT NULL,
  sha256 TEXT NOT NULL,
  rating INTEGER,
  label TEXT,
  pick TEXT CHECK (pick IN ('pick', 'none', 'reject')),
  PRIMARY KEY (directory_id, name)
) STRICT, WITHOUT ROWID;

-- When stars and flag, and the label, were last decided; NULL for never. Kept by a trigger, so that every way to a
-- decision counts: keys, undo, redo, accepted proposals.
CREATE TABLE decisions (
  photo_id INTEGER PRIMARY KEY REFERENCES photos (id),
  rating_at INTEGER,
  label_at INTEGER,
  origin TEXT NOT NULL CHECK (origin IN ('person', 'sidecar')),
  -- pending: to be written; kept: only here (as when sidecars are not wanted); refused: never to be written there;
  -- failed: the next writing tries again.
  state TEXT NOT NULL CHECK (state IN ('pending', 'written', 'kept', 'refused', 'failed')),
  problem_code TEXT,
  problem_en TEXT,
  problem_ko TEXT
) STRICT;
CREATE INDEX decisions_by_state ON decisions (state);

CREATE TRIGGER photos_decided AFTER UPDATE OF stars, flag, label ON photos
WHEN old.stars IS NOT new.stars OR old.flag IS NOT new.flag OR old.label IS NOT new.label
BEGIN
  INSERT INTO decisions (photo_id, rating_at, label_at, origin, state)
  VALUES (
    new.id,
    iif(old.stars IS NOT new.stars OR old.flag IS NOT new.flag, CAST(unixepoch('subsec') * 1000 AS INTEGER), NULL),
    iif(old.label IS NOT new.label, CAST(unixepoch('subsec') * 1000 AS INTEGER), NULL),
    'person', 'pending'
  )
  ON CONFLICT (photo_id) DO UPDATE SET
    rating_at = coalesce(excluded.rating_at, rating_at), label_at = coalesce(excluded.label_at, label_at),
    origin = 'person', state = 'pending', problem_code = NULL, problem_en = NULL, problem_ko = NULL;
END;

-- What was decided before: the step of undo says when.
INSERT INTO decisions (photo_id, rating_at, label_at, origin, state)
SELECT id,
  iif(stars <> 0 OR flag <> 'none', coalesce((
    SELECT max(created_at) FROM edits JOIN edit_changes ON edit_id = edits.id
    WHERE entity = 'photo' AND entity_id = photos.id AND field IN ('stars', 'flag')), 0), NULL),
  iif(label <> 'none', coalesce((
    SELECT max(created_at) FROM edits JOIN edit_changes ON edit_id = edits.id
    WHERE entity = 'photo' AND entity_id = photos.id AND field = 'label'), 0), NULL),
  'person', 'kept'
FROM photos WHERE stars <> 0 OR flag <> 'none' OR label <> 'none';
`;
