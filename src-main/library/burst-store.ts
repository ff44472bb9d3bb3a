import type { Statement } from "better-sqlite3";
import type { Box, BurstRow, Flag, Subject, Verdict } from "../../src-preload/contract/photos.ts";
import { parseBox } from "./boxes.ts";
import type { LibraryDatabase } from "./database.ts";

/** A photo as grouping and ranking see it. */
export interface BurstMember {
  readonly id: number;
  readonly name: string;
  readonly directory: string;
  /** Digest of the bytes: the key of its measures. */
  readonly identity: string;
  readonly capturedAt: number | null;
  readonly hasSubseconds: boolean;
  /** How far the camera's wall clock was ahead of UTC. */
  readonly offsetMinutes: number | null;
  readonly exposureSeconds: number | null;
  readonly camera: string | null;
  readonly burstId: number | null;
  readonly burstIsManual: boolean;
  /** Where the camera says that it focused. */
  readonly focus: Box | null;
}

/** A frame of a burst that has a pick, the person's choice or the proposed one. */
export interface ProposedFrame {
  readonly burstId: number;
  readonly photoId: number;
  readonly pickId: number;
  readonly flag: Flag;
}

/** Best cut's word on one frame. */
export interface FrameRank {
  readonly photoId: number;
  readonly rank: number;
  readonly score: number;
  readonly reason: { readonly en: string; readonly ko: string };
  readonly subject: Subject;
  readonly isTied: boolean;
}

/** Best cut's word on a burst. */
export interface BurstRanks {
  readonly frames: readonly FrameRank[];
  readonly proposedId: number;
  readonly verdict: Verdict;
}

interface MemberRow {
  id: number;
  name: string;
  directory: string;
  identity: string;
  captured_at: number | null;
  captured_has_subseconds: number;
  captured_offset_minutes: number | null;
  exposure_seconds: number | null;
  camera: string | null;
  burst_id: number | null;
  is_manual: number | null;
  focus: string | null;
}

const memberColumns = `photos.id, photos.name, directories.path AS directory, identity, captured_at,
  captured_has_subseconds, captured_offset_minutes, exposure_seconds,
  nullif(trim(concat_ws(' ', camera_make, camera_model)), '') AS camera, burst_id, bursts.is_manual, focus`;

const memberJoins = `JOIN directories ON directories.id = photos.directory_id
  LEFT JOIN bursts ON bursts.id = photos.burst_id`;

const isMember = "photos.state IN ('probed', 'measured')";

// A pick that Kiln took out of the folder decided for its burst: nothing is proposed among those that stayed behind.
const pickIsAway = `EXISTS (SELECT 1 FROM photos AS away
  WHERE away.burst_id = bursts.id AND away.state = 'gone' AND away.flag = 'pick')`;

// The person's choice counts while that photo is in the burst.
const selectBursts = `
  SELECT bursts.id, coalesce(chosen.id, iif(${pickIsAway}, NULL, proposed_id)) AS pick_id,
    chosen.id IS NOT NULL AS pick_is_manual, iif(${pickIsAway}, NULL, verdict) AS verdict, is_manual, gone
  FROM bursts LEFT JOIN photos AS chosen
    ON chosen.id = chosen_id AND chosen.burst_id = bursts.id AND chosen.state <> 'gone'`;

const noRank = `rank = NULL, score = NULL, reason_en = NULL, reason_ko = NULL, subject_kind = NULL,
  subject_box = NULL, is_tied = 0`;

const emptyBursts = `SELECT id FROM bursts
  WHERE NOT gone AND NOT EXISTS (SELECT 1 FROM photos WHERE burst_id = bursts.id)`;

interface RankRow {
  id: number;
  rank: number;
  score: number;
  en: string;
  ko: string;
  kind: Subject["kind"];
  box: string;
  tied: number;
  revision: number;
}

interface VerdictRow {
  id: number;
  proposedId: number | null;
  verdict: Verdict | null;
  revision: number;
}

interface AssignRow {
  photoId: number;
  from: number | null;
  into: number;
  revision: number;
}

/** Bursts: which photos are frames of one moment, and which of them is the pick. */
export class BurstStore {
  readonly #database: LibraryDatabase;
  readonly #ofRoot: Statement<[number, number, number], MemberRow>;
  readonly #ofBurst: Statement<[number], MemberRow>;
  readonly #saveRank: Statement<[RankRow]>;
  readonly #dropOtherRanks: Statement<[number, number, string]>;
  readonly #saveVerdict: Statement<[VerdictRow]>;
  readonly #assign: Statement<[AssignRow]>;

  constructor(database: LibraryDatabase) {
    this.#database = database;
    const { sql } = database;
    // Asked for every burst of a root whenever it is grouped anew.
    this.#ofRoot = sql.prepare(
      `SELECT ${memberColumns} FROM root_photos JOIN photos ON photos.id = photo_id ${memberJoins}
       WHERE root_id = ? AND photo_id > ? AND ${isMember} ORDER BY photo_id LIMIT ?`,
    );
    this.#ofBurst = sql.prepare(
      `SELECT ${memberColumns} FROM photos ${memberJoins}
       WHERE burst_id = ? AND ${isMember} ORDER BY captured_at IS NULL, captured_at, photos.name`,
    );
    this.#saveRank = sql.prepare(
      `UPDATE photos SET rank = @rank, score = @score, reason_en = @en, reason_ko = @ko, subject_kind = @kind,
         subject_box = @box, is_tied = @tied, revision = @revision
       WHERE id = @id AND (rank IS NOT @rank OR score IS NOT @score OR reason_en IS NOT @en
         OR reason_ko IS NOT @ko OR subject_kind IS NOT @kind OR subject_box IS NOT @box
         OR is_tied <> @tied)`,
    );
    this.#dropOtherRanks = sql.prepare(
      `UPDATE photos SET ${noRank}, revision = ?
       WHERE burst_id = ? AND rank IS NOT NULL AND id NOT IN (SELECT value FROM json_each(?))`,
    );
    this.#saveVerdict = sql.prepare(
      `UPDATE bursts SET proposed_id = @proposedId, verdict = @verdict, gone = now_gone, revision = @revision
       FROM (SELECT NOT EXISTS (SELECT 1 FROM photos WHERE burst_id = @id AND state <> 'gone') AS now_gone)
       WHERE id = @id
         AND (proposed_id IS NOT @proposedId OR verdict IS NOT @verdict OR gone <> now_gone)`,
    );
    this.#assign = sql.prepare(
      `UPDATE photos SET burst_id = @into, revision = @revision
       WHERE id = @photoId AND burst_id IS @from
         AND NOT EXISTS (SELECT 1 FROM bursts WHERE id IN (@from, @into) AND is_manual = 1)`,
    );
  }

  /** Photos of the root that can be grouped (their size and time are known), by id: the next `limit` after one. */
  membersOfRoot(rootId: number, after: number, limit: number): BurstMember[] {
    return this.#ofRoot.all(rootId, after, limit).map(toMember);
  }

  /** Frames of a burst in capture order. */
  membersOfBurst(burstId: number): BurstMember[] {
    return this.#ofBurst.all(burstId).map(toMember);
  }

  /** How many frames these bursts have together. */
  countFrames(burstIds: readonly number[]): number {
    const count = this.#database.sql
      .prepare<[string], number>(
        "SELECT count(*) FROM json_each(?) JOIN photos ON burst_id = value WHERE state <> 'gone'",
      )
      .pluck()
      .get(JSON.stringify(burstIds));
    return count ?? 0;
  }

  /** Frames of bursts, in no order, each with the pick of its burst; bursts without one are left out. */
  framesAndPicks(burstIds: readonly number[]): ProposedFrame[] {
    return this.#database.sql
      .prepare<[string], ProposedFrame>(
        `SELECT picks.id AS burstId, photos.id AS photoId, picks.pick_id AS pickId, flag
         FROM json_each(?) JOIN (${selectBursts}) AS picks ON picks.id = value
           JOIN photos ON photos.burst_id = picks.id
         WHERE picks.pick_id IS NOT NULL AND photos.state IN ('probed', 'measured')`,
      )
      .all(JSON.stringify(burstIds));
  }

  /** Those of these bursts where the person picked a frame, also one that Kiln has moved away since. */
  withPick(burstIds: readonly number[]): Set<number> {
    const ids = this.#database.sql
      .prepare<[string], number>(
        `SELECT value FROM json_each(?)
         WHERE EXISTS (SELECT 1 FROM photos WHERE burst_id = value AND flag = 'pick')`,
      )
      .pluck()
      .all(JSON.stringify(burstIds));
    return new Set(ids);
  }

  /**
   * Bursts of a root out of which an applied plan moved a pick to another folder of it. They are not grouped again:
   * those that stayed behind are no moment of their own that would need a decision.
   */
  withMovedPick(rootId: number): Set<number> {
    const ids = this.#database.sql
      .prepare<[number], number>(
        `SELECT DISTINCT burst_id
         FROM plans JOIN plan_items ON plan_id = plans.id JOIN photos ON photos.id = photo_id
         WHERE root_id = ? AND operation = 'move' AND plan_items.state = 'done' AND flag = 'pick'
           AND burst_id IS NOT NULL`,
      )
      .pluck()
      .all(rootId);
    return new Set(ids);
  }

  /** Clients hear of the burst again that a file is of: it went or came back, and with it what is proposed. */
  fileMoved(fileId: number): void {
    this.#database.transaction(() => {
      this.#database.sql
        .prepare(
          `UPDATE bursts SET revision = ? WHERE id =
             (SELECT burst_id FROM photos JOIN files ON files.photo_id = photos.id WHERE files.id = ?)`,
        )
        .run(this.#database.nextRevision(), fileId);
    });
  }

  create(): number {
    return this.#database.transaction(() =>
      Number(
        this.#database.sql
          .prepare("INSERT INTO bursts (revision) VALUES (?)")
          .run(this.#database.nextRevision()).lastInsertRowid,
      ),
    );
  }

  /**
   * Puts a photo into a burst, if it is still in the one that it was in and a person grouped neither by hand. Ranks are
   * the caller's business.
   */
  assign(photoId: number, from: number | null, into: number): void {
    this.#database.transaction(() => {
      this.#assign.run({ photoId, from, into, revision: this.#database.nextRevision() });
    });
  }

  get(burstId: number): BurstRow | null {
    const row = this.#database.sql
      .prepare<[number], BurstRecord>(`${selectBursts} WHERE bursts.id = ?`)
      .get(burstId);
    return row === undefined ? null : toBurstRow(row);
  }

  /** Writes best cut's word on a burst, null while it has none; its other photos lose their ranks. */
  saveRanks(burstId: number, ranks: BurstRanks | null): void {
    this.#database.transaction(() => {
      const revision = this.#database.nextRevision();
      const frames = ranks?.frames ?? [];
      for (const { photoId, rank, score, reason, subject, isTied } of frames) {
        const { en, ko } = reason;
        const box = JSON.stringify(subject.box);
        const tied = isTied ? 1 : 0;
        const { kind } = subject;
        this.#saveRank.run({ id: photoId, rank, score, en, ko, kind, box, tied, revision });
      }
      const ranked = JSON.stringify(frames.map(({ photoId }) => photoId));
      this.#dropOtherRanks.run(revision, burstId, ranked);
      this.#saveVerdict.run({
        id: burstId,
        proposedId: ranks?.proposedId ?? null,
        verdict: ranks?.verdict ?? null,
        revision,
      });
    });
  }

  /** Takes best cut's word on these bursts back. */
  clearRanks(burstIds: readonly number[]): void {
    if (burstIds.length === 0) return;
    const ids = JSON.stringify(burstIds);
    this.#database.transaction(() => {
      const { sql } = this.#database;
      const revision = this.#database.nextRevision();
      sql
        .prepare(
          `UPDATE photos SET ${noRank}, revision = ?
           WHERE burst_id IN (SELECT value FROM json_each(?)) AND rank IS NOT NULL`,
        )
        .run(revision, ids);
      sql
        .prepare(
          `UPDATE bursts SET proposed_id = NULL, verdict = NULL, revision = ?
           WHERE id IN (SELECT value FROM json_each(?)) AND (proposed_id IS NOT NULL OR verdict IS NOT NULL)`,
        )
        .run(revision, ids);
    });
  }

  /** Bursts with a measured frame that has no rank, and bursts without a photo that are not known to be gone. */
  unranked(): number[] {
    return this.#database.sql
      .prepare<[], number>(
        `SELECT DISTINCT burst_id FROM photos
         WHERE state = 'measured' AND rank IS NULL AND burst_id IS NOT NULL
         UNION ${emptyBursts}`,
      )
      .pluck()
      .all();
  }

  /**
   * Bursts of a root whose ranks don't tell of the frames that are in them (one left or joined, or the proposed one is
   * not among them), and bursts that lost their last photo.
   */
  outdated(rootId: number): number[] {
    return this.#database.sql
      .prepare<[number], number>(
        `WITH frames AS (
           SELECT burst_id, count(*) AS count, count(rank) AS ranked, max(rank) AS last
           FROM photos WHERE state IN ('probed', 'measured') AND burst_id IS NOT NULL GROUP BY burst_id)
         SELECT DISTINCT bursts.id
         FROM root_photos JOIN photos ON photos.id = photo_id JOIN bursts ON bursts.id = photos.burst_id
           LEFT JOIN frames ON frames.burst_id = bursts.id
           LEFT JOIN photos AS proposed ON proposed.id = proposed_id AND proposed.burst_id = bursts.id
             AND proposed.state IN ('probed', 'measured')
         WHERE root_id = ? AND count IS NOT NULL AND (count <> ranked OR count <> last OR proposed.id IS NULL)
         UNION ${emptyBursts}`,
      )
      .pluck()
      .all(rootId);
  }

  /** Bursts of a root that changed after `since`, those without photos marked `gone`. */
  changes(rootId: number, since: number): BurstRow[] {
    // A burst that lost its last photo belongs to no root any more: every client may be told. CROSS JOIN: from the few
    // photos of a burst, never through all of the root.
    return this.#database.sql
      .prepare<[number, number], BurstRecord>(
        `${selectBursts} WHERE bursts.revision > ? AND (gone OR EXISTS (
           SELECT 1 FROM photos CROSS JOIN root_photos
           WHERE photos.burst_id = bursts.id AND root_id = ? AND photo_id = photos.id))`,
      )
      .all(since, rootId)
      .map(toBurstRow);
  }
}

interface BurstRecord {
  id: number;
  pick_id: number | null;
  pick_is_manual: number;
  verdict: Verdict | null;
  is_manual: number;
  gone: number;
}

function toBurstRow(row: BurstRecord): BurstRow {
  return {
    id: row.id,
    pickId: row.pick_id,
    pickIsManual: row.pick_is_manual === 1,
    verdict: row.verdict,
    isManual: row.is_manual === 1,
    gone: row.gone === 1,
  };
}

function toMember(row: MemberRow): BurstMember {
  return {
    id: row.id,
    name: row.name,
    directory: row.directory,
    identity: row.identity,
    capturedAt: row.captured_at,
    hasSubseconds: row.captured_has_subseconds === 1,
    offsetMinutes: row.captured_offset_minutes,
    exposureSeconds: row.exposure_seconds,
    camera: row.camera,
    burstId: row.burst_id,
    burstIsManual: row.is_manual === 1,
    focus: row.focus === null ? null : parseBox(row.focus),
  };
}
