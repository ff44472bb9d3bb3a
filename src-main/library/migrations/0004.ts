/** Which frames of a burst can't be told apart from its best one. */
export const sql = `
ALTER TABLE photos ADD COLUMN is_tied INTEGER NOT NULL DEFAULT 0 CHECK (is_tied IN (0, 1));
`;
