import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Problem } from "../../src-preload/contract/problem.ts";
import { finish, pieces, type Steps } from "../in-turns.ts";
import type { LibraryDatabase } from "./database.ts";

export type PlanAction = "copy" | "move" | "export";
export type PlanState = "planned" | "applying" | "applied" | "undoing" | "undone" | "abandoned";

/**
 * `pending`: nothing of it is on the disk; `started`: a crash may have left anything; `done`; `failed`: left undone
 * for a reason, the source is where it was; `undo-started`: as `started`, on the way back; `undone`;
 * `kept`: undo left the file where apply had put it, for a reason.
 */
export type PlanItemState =
  | "pending"
  | "started"
  | "done"
  | "failed"
  | "undo-started"
  | "undone"
  | "kept";

/** What is decided before a plan has an id. Paths are absolute. */
export interface PlanDraft {
  readonly action: PlanAction;
  readonly destination: string;
  readonly secondCopy: string | null;
  readonly exportQuality: number;
  readonly exportEdge: number | null;
  /** In the order in which they are carried out; the files of a photo stand together. */
  readonly items: readonly PlanItemDraft[];
}

export interface PlanItemDraft {
  readonly photoId: number;
  readonly fileId: number;
  readonly operation: PlanAction | "trash";
  readonly source: string;
  /** null for trash. */
  readonly target: string | null;
  readonly secondTarget: string | null;
  /** True when '-2' (or higher) was added because the name was taken. */
  readonly renamed: boolean;
  /** Size and time of change (ms since the epoch, with its fraction) of the source when the plan was made. */
  readonly bytes: number;
  readonly modifiedMs: number;
}

export interface Plan extends Omit<PlanDraft, "items"> {
  readonly id: number;
  readonly rootId: number;
  readonly token: string;
  readonly state: PlanState;
}

export interface PlanItem extends PlanItemDraft {
  readonly planId: number;
  /** From 1, in the plan's order. */
  readonly seq: number;
  readonly state: PlanItemState;
  /** SHA-256, hex, of what was read from the source and of what was written to the target; null until known. */
  readonly sha256: string | null;
  readonly targetSha256: string | null;
  readonly trashReceipt: string | null;
  /** Why it failed or was kept, or what is worth knowing of one that was undone. */
  readonly problem: Problem | null;
}

/** What the course of a plan changes in an item. */
export type PlanItemChange = Partial<
  Pick<PlanItem, "state" | "source" | "sha256" | "targetSha256" | "trashReceipt" | "problem">
>;

interface PlanRow {
  id: number;
  root_id: number;
  token: string;
  action: PlanAction;
  destination: string;
  second_copy: string | null;
  export_quality: number;
  export_edge: number | null;
  state: PlanState;
}

interface ItemRow {
  plan_id: number;
  seq: number;
  photo_id: number;
  file_id: number;
  operation: PlanItem["operation"];
  source: string;
  target: string | null;
  second_target: string | null;
  renamed: number;
  bytes: number;
  modified_ms: number;
  sha256: string | null;
  target_sha256: string | null;
  trash_receipt: string | null;
  state: PlanItemState;
  problem_code: string | null;
  problem_happened_en: string | null;
  problem_happened_ko: string | null;
  problem_todo_en: string | null;
  problem_todo_ko: string | null;
}

/** Items that are written, or read, in one go. */
const itemsAtOnce = 250;

/**
 * The journal of what Kiln does to the disk.
 *
 * A row must be on the disk before the file operation that it announces, or a power cut could leave a moved file of
 * which no row knows. In WAL mode SQLite promises that only with `synchronous = FULL`, which `openDatabase` sets
 * (with NORMAL the newest commits may be gone after a power cut, though never after a kill: the page cache outlives
 * the process). So every call here returns after its fsync; that is 3 to 4 of them a file.
 */
export class PlanStore {
  readonly #database: LibraryDatabase;
  #lastWork: Promise<unknown> = Promise.resolve();

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /**
   * Writes a plan down in full and drops older ones that are still `planned`: whoever queues a plan sets it
   * `applying` first. Returns its id.
   */
  create(rootId: number, draft: PlanDraft, now: number): number {
    return finish(this.createInSteps(rootId, draft, now));
  }

  /**
   * {@link create} in pieces. Nobody knows the plan's id before it is whole; one that was broken off is dropped with the
   * others, and one that another plan took the place of meanwhile is none any more.
   */
  *createInSteps(rootId: number, draft: PlanDraft, now: number): Steps<number> {
    const planId = this.#begin(rootId, draft, now);
    let seq = 0;
    for (const piece of pieces(draft.items, itemsAtOnce)) {
      yield;
      const isThere = this.#database.transaction(() => {
        if (this.plan(planId) === null) return false;
        const insert = this.#database.sql.prepare(
          `INSERT INTO plan_items (plan_id, seq, photo_id, file_id, operation, source, target, second_target,
             renamed, bytes, modified_ms, state)
           VALUES (@planId, @seq, @photoId, @fileId, @operation, @source, @target, @secondTarget,
             @renamed, @bytes, @modifiedMs, 'pending')`,
        );
        for (const item of piece) {
          seq += 1;
          insert.run({ ...item, planId, seq, renamed: item.renamed ? 1 : 0 });
        }
        return true;
      });
      if (!isThere) break;
    }
    return planId;
  }

  #begin(rootId: number, draft: PlanDraft, now: number): number {
    return this.#database.transaction(() => {
      const { sql } = this.#database;
      const { lastInsertRowid } = sql
        .prepare(
          `INSERT INTO plans (root_id, token, action, destination, second_copy, export_quality, export_edge,
             state, created_at)
           VALUES (@rootId, @token, @action, @destination, @secondCopy, @exportQuality, @exportEdge,
             'planned', @now)`,
        )
        .run({
          rootId,
          token: randomBytes(8).toString("hex"),
          action: draft.action,
          destination: draft.destination,
          secondCopy: draft.secondCopy,
          exportQuality: draft.exportQuality,
          exportEdge: draft.exportEdge,
          now,
        });
      const planId = Number(lastInsertRowid);
      // After the insert, so that the dropped one's id is not given again: a window may still show that plan, and
      // must not start another one by its id.
      sql.prepare("DELETE FROM plans WHERE state = 'planned' AND id <> ?").run(planId);
      return planId;
    });
  }

  /** The files of a photo that are where the library last saw them, the main file first: what a plan is made of. */
  filesOf(photoId: number): { fileId: number; path: string }[] {
    return this.#database.sql
      .prepare<[number], { id: number; directory: string; name: string }>(
        `SELECT files.id, directories.path AS directory, files.name
         FROM files JOIN directories ON directories.id = files.directory_id
         WHERE photo_id = ? AND is_missing = 0 ORDER BY is_primary DESC, name`,
      )
      .all(photoId)
      .map((row) => ({ fileId: row.id, path: join(row.directory, row.name) }));
  }

  plan(planId: number): Plan | null {
    const row = this.#database.sql
      .prepare<[number], PlanRow>(
        `SELECT id, root_id, token, action, destination, second_copy, export_quality, export_edge, state
         FROM plans WHERE id = ?`,
      )
      .get(planId);
    return row === undefined ? null : toPlan(row);
  }

  /** In the plan's order. */
  items(planId: number): PlanItem[] {
    return finish(this.itemsInSteps(planId));
  }

  /** {@link items} in pieces. */
  *itemsInSteps(planId: number): Steps<PlanItem[]> {
    const page = this.#database.sql.prepare<[number, number, number], ItemRow>(
      "SELECT * FROM plan_items WHERE plan_id = ? AND seq > ? ORDER BY seq LIMIT ?",
    );
    const items: PlanItem[] = [];
    for (;;) {
      const rows = page.all(planId, items.at(-1)?.seq ?? 0, itemsAtOnce);
      items.push(...rows.map(toItem));
      if (rows.length < itemsAtOnce) return items;
      yield;
    }
  }

  /** How many items a plan has. */
  count(planId: number): number {
    const count = this.#database.sql
      .prepare<[number], number>("SELECT count(*) FROM plan_items WHERE plan_id = ?")
      .pluck()
      .get(planId);
    return count ?? 0;
  }

  setState(planId: number, state: PlanState): void {
    this.#database.transaction(() => {
      this.#database.sql.prepare("UPDATE plans SET state = ? WHERE id = ?").run(state, planId);
    });
  }

  /** Writes a change of an item down, with `alongside` in the same transaction, and answers with the new item. */
  save(item: PlanItem, change: PlanItemChange, alongside?: () => void): PlanItem {
    const changed = { ...item, ...change };
    this.#database.transaction(() => {
      this.#database.sql
        .prepare(
          `UPDATE plan_items SET state = @state, source = @source, sha256 = @sha256,
             target_sha256 = @targetSha256, trash_receipt = @trashReceipt, problem_code = @code,
             problem_happened_en = @happenedEn, problem_happened_ko = @happenedKo,
             problem_todo_en = @todoEn, problem_todo_ko = @todoKo
           WHERE plan_id = @planId AND seq = @seq`,
        )
        .run({
          planId: item.planId,
          seq: item.seq,
          state: changed.state,
          source: changed.source,
          sha256: changed.sha256,
          targetSha256: changed.targetSha256,
          trashReceipt: changed.trashReceipt,
          code: changed.problem?.code ?? null,
          happenedEn: changed.problem?.happened.en ?? null,
          happenedKo: changed.problem?.happened.ko ?? null,
          todoEn: changed.problem?.todo.en ?? null,
          todoKo: changed.problem?.todo.ko ?? null,
        });
      alongside?.();
    });
    return changed;
  }

  /** Runs `work` (synchronous) as one transaction: all that it saves is saved, or nothing. */
  together<Result>(work: () => Result): Result {
    return this.#database.transaction(work);
  }

  /** Remembers a folder that is about to be made for the plan. */
  addFolder(planId: number, path: string): void {
    this.#database.transaction(() => {
      this.#database.sql
        .prepare("INSERT INTO plan_folders (plan_id, path) VALUES (?, ?) ON CONFLICT DO NOTHING")
        .run(planId, path);
    });
  }

  /** Folders that the plan made, the deepest first. */
  folders(planId: number): string[] {
    return this.#database.sql
      .prepare<[number], { path: string }>(
        "SELECT path FROM plan_folders WHERE plan_id = ? ORDER BY length(path) DESC, path",
      )
      .all(planId)
      .map((row) => row.path);
  }

  /** Plans that a crash, a full disk or a cancel left half applied or half undone, oldest first. */
  unfinished(): Plan[] {
    return this.#database.sql
      .prepare<[], PlanRow>(
        `SELECT id, root_id, token, action, destination, second_copy, export_quality, export_edge, state
         FROM plans WHERE state IN ('applying', 'undoing') ORDER BY id`,
      )
      .all()
      .map(toPlan);
  }

  /**
   * Runs pieces of work on plans one after the other: a cancelled one may still be tidying up when its undo starts.
   */
  async alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = this.#lastWork;
    const mine = (async () => {
      await before;
      return work();
    })();
    // Whoever called hears of a failure; those who only wait for their turn don't.
    this.#lastWork = mine.then(
      () => undefined,
      () => undefined,
    );
    return mine;
  }
}

function toPlan(row: PlanRow): Plan {
  return {
    id: row.id,
    rootId: row.root_id,
    token: row.token,
    action: row.action,
    destination: row.destination,
    secondCopy: row.second_copy,
    exportQuality: row.export_quality,
    exportEdge: row.export_edge,
    state: row.state,
  };
}

function toItem(row: ItemRow): PlanItem {
  return {
    planId: row.plan_id,
    seq: row.seq,
    photoId: row.photo_id,
    fileId: row.file_id,
    operation: row.operation,
    source: row.source,
    target: row.target,
    secondTarget: row.second_target,
    renamed: row.renamed === 1,
    bytes: row.bytes,
    modifiedMs: row.modified_ms,
    sha256: row.sha256,
    targetSha256: row.target_sha256,
    trashReceipt: row.trash_receipt,
    state: row.state,
    problem: toProblem(row),
  };
}

function toProblem(row: ItemRow): Problem | null {
  if (row.problem_code === null) return null;
  return {
    code: row.problem_code,
    happened: { en: row.problem_happened_en ?? "", ko: row.problem_happened_ko ?? "" },
    todo: { en: row.problem_todo_en ?? "", ko: row.problem_todo_ko ?? "" },
  };
}
