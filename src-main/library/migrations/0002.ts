/** Best cut on the subject: what a frame says of itself cell by cell, faces, focus points, verdicts; RAW previews. */
export const sql = `
-- Everything is measured in another way now: nothing of the old rows would be answered.
DROP TABLE measures;
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
  motion REAL NOT NULL,
  motion_degrees REAL NOT NULL,
  look BLOB NOT NULL,
  -- What best cut needs to measure any part of the frame without its pixels.
  detail BLOB NOT NULL
) STRICT;

-- JSON array of [x, y, width, height], fractions of the upright photo. By the bytes, as measures are.
CREATE TABLE faces (
  identity TEXT PRIMARY KEY,
  -- Version of the detector; what an older one found is looked for again.
  detector INTEGER NOT NULL,
  boxes TEXT NOT NULL
) STRICT;

ALTER TABLE photos ADD COLUMN is_raw INTEGER NOT NULL DEFAULT 0 CHECK (is_raw IN (0, 1));
-- Upright size of a RAW's preview where it is smaller than the photo.
ALTER TABLE photos ADD COLUMN preview_width INTEGER;
ALTER TABLE photos ADD COLUMN preview_height INTEGER;
-- JSON arrays of [x, y, width, height], fractions of the upright photo.
ALTER TABLE photos ADD COLUMN focus TEXT;
ALTER TABLE photos ADD COLUMN subject_kind TEXT
  CHECK (subject_kind IN ('face', 'focusPoint', 'salient', 'frame'));
ALTER TABLE photos ADD COLUMN subject_box TEXT;
ALTER TABLE bursts ADD COLUMN verdict TEXT CHECK (verdict IN ('pick', 'tooCloseToCall'));

-- RAWs could not be read before.
UPDATE photos SET state = 'found', skip_code = NULL, skip_en = NULL, skip_ko = NULL
WHERE skip_code IN ('raw-not-yet', 'raw-alone');

-- How often a start found the job broken off: one that ends Kiln each time is not begun for ever.
ALTER TABLE jobs ADD COLUMN resumes INTEGER NOT NULL DEFAULT 0;
`;
