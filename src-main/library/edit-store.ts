import type { Localized } from "../../src-preload/contract/problem.ts";
import type { LibraryDatabase } from "./database.ts";

/** What a person can change, by entity. The names are columns: nothing else is ever put into a statement. */
const editableFields = {
  photo: ["stars", "flag", "label", "rotation", "burst_id"],
  burst: ["is_manual", "chosen_id"],
  root: ["forgotten"],
} as const;

const tables = { photo: "photos", burst: "bursts", root: "roots" } as const;

type Entity = keyof typeof editableFields;
type Value = string | number | null;

/** One field of one row set to a new value. */
export type Change = {
  [E in Entity]: {
    readonly entity: E;
    readonly id: number;
    readonly field: (typeof editableFields)[E][number];
    readonly value: Value;
  };
}[Entity];

/** A step of undo or redo. `planId` is set when the step is an applied plan, which is undone by a job. */
export interface EditStep {
  readonly id: number;
  readonly label: Localized;
  readonly planId: number | null;
}

/** Bursts whose photos changed: their ranks are to be written again. */
export type TouchedBursts = ReadonlySet<number>;

interface EditRow {
  id: number;
  label_en: string;
  label_ko: string;
  plan_id: number | null;
}

interface ChangeRow {
  entity: Entity;
  entity_id: number;
  field: string;
  before: Value;
  after: Value;
}

/** Everything a person changed, step by step, with what was there before: undo and redo of everything. */
export class EditStore {
  readonly #database: LibraryDatabase;

  constructor(database: LibraryDatabase) {
    this.#database = database;
  }

  /**
   * Carries out changes as one step of undo. What already is as wanted is left out; with nothing left, no step is
   * made and `editId` is null. A new step drops the steps that were undone: redo ends there.
   */
  record(
    label: Localized,
    changes: readonly Change[],
    now: number,
  ): { editId: number | null; touched: TouchedBursts } {
    return this.#database.transaction(() => {
      const effective = this.#carryOut(changes);
      if (effective.length === 0) return { editId: null, touched: new Set<number>() };
      const editId = this.#insert(label, null, now);
      this.#saveChanges(editId, effective);
      this.#database.nextRevision();
      return { editId, touched: burstsOf(effective) };
    });
  }

  /**
   * Carries out changes as a part of the last step, which undo then takes back as a whole. `editId` is null when all
   * is as it was before that step: then there is no such step any more.
   */
  amend(
    editId: number,
    label: Localized,
    changes: readonly Change[],
  ): { editId: number | null; touched: TouchedBursts } {
    return this.#database.transaction(() => {
      const effective = this.#carryOut(changes);
      if (effective.length === 0) return { editId, touched: new Set<number>() };
      const merged = new Map<string, ChangeRow>();
      for (const change of [...this.#changesOf(editId), ...effective]) {
        const key = `${change.entity} ${change.entity_id} ${change.field}`;
        merged.set(key, { ...change, before: (merged.get(key) ?? change).before });
      }
      const { sql } = this.#database;
      const left = [...merged.values()].filter(({ before, after }) => before !== after);
      sql.prepare("DELETE FROM edit_changes WHERE edit_id = ?").run(editId);
      this.#saveChanges(editId, left);
      if (left.length === 0) sql.prepare("DELETE FROM edits WHERE id = ?").run(editId);
      else {
        sql
          .prepare("UPDATE edits SET label_en = ?, label_ko = ? WHERE id = ?")
          .run(label.en, label.ko, editId);
      }
      this.#database.nextRevision();
      return { editId: left.length === 0 ? null : editId, touched: burstsOf(effective) };
    });
  }

  /** Remembers a plan that was applied, or applied again, as a step of undo. */
  planApplied(planId: number, label: Localized, now: number): void {
    this.#database.transaction(() => {
      this.#database.nextRevision();
      const known = this.#database.sql
        .prepare("UPDATE edits SET undone = 0 WHERE plan_id = ?")
        .run(planId).changes;
      if (known === 0) this.#insert(label, planId, now);
    });
  }

  /** A plan was taken back by its job: redo may offer it. */
  planUndone(planId: number): void {
    this.#database.transaction(() => {
      this.#database.nextRevision();
      this.#database.sql.prepare("UPDATE edits SET undone = 1 WHERE plan_id = ?").run(planId);
    });
  }

  /** The step is another plan from now on: the same work, planned anew to be done again. */
  replacePlan(oldPlanId: number, newPlanId: number): void {
    this.#database.sql
      .prepare("UPDATE edits SET plan_id = ? WHERE plan_id = ?")
      .run(newPlanId, oldPlanId);
  }

  /** The step that undo would take back now. */
  nextUndo(): EditStep | null {
    return this.#step("undone = 0 ORDER BY id DESC");
  }

  /** The step that redo would do again now. */
  nextRedo(): EditStep | null {
    return this.#step("undone = 1 ORDER BY id");
  }

  /** The roots that a step was about: of what it changed, or of its plan. */
  rootsOf({ id, planId }: EditStep): number[] {
    return this.#database.sql
      .prepare<{ id: number; planId: number | null }, number>(
        `WITH changed AS (SELECT DISTINCT entity, entity_id FROM edit_changes WHERE edit_id = @id)
        SELECT root_id FROM plans WHERE id = @planId
        UNION SELECT entity_id FROM changed WHERE entity = 'root'
        UNION SELECT root_id FROM root_photos JOIN changed ON entity = 'photo' AND entity_id = photo_id
        UNION SELECT root_id FROM root_photos JOIN photos ON photos.id = photo_id
          JOIN changed ON entity = 'burst' AND entity_id = burst_id
        ORDER BY 1`,
      )
      .pluck()
      .all({ id, planId });
  }

  /** Takes a step back, last change first. */
  undo(editId: number): TouchedBursts {
    return this.#replay(editId, true);
  }

  redo(editId: number): TouchedBursts {
    return this.#replay(editId, false);
  }

  #replay(editId: number, backwards: boolean): TouchedBursts {
    return this.#database.transaction(() => {
      const changes = this.#changesOf(editId);
      for (const change of backwards ? changes.toReversed() : changes) {
        this.#write(
          change.entity,
          change.entity_id,
          change.field,
          backwards ? change.before : change.after,
        );
      }
      this.#database.sql
        .prepare("UPDATE edits SET undone = ? WHERE id = ?")
        .run(backwards ? 1 : 0, editId);
      this.#database.nextRevision();
      return burstsOf(changes);
    });
  }

  /** Writes the changes that change something, and answers them. */
  #carryOut(changes: readonly Change[]): ChangeRow[] {
    return changes.flatMap((change): ChangeRow[] => {
      const { entity, id, field, value } = change;
      const before = this.#read(entity, id, field);
      if (before === undefined || before === value) return [];
      this.#write(entity, id, field, value);
      return [{ entity, entity_id: id, field, before, after: value }];
    });
  }

  #saveChanges(editId: number, changes: readonly ChangeRow[]): void {
    const save = this.#database.sql.prepare(
      `INSERT INTO edit_changes (edit_id, seq, entity, entity_id, field, before, after)
       VALUES (@editId, @seq, @entity, @entity_id, @field, @before, @after)`,
    );
    for (const [seq, change] of changes.entries()) save.run({ ...change, editId, seq });
  }

  #changesOf(editId: number): ChangeRow[] {
    return this.#database.sql
      .prepare<[number], ChangeRow>(
        "SELECT entity, entity_id, field, before, after FROM edit_changes WHERE edit_id = ? ORDER BY seq",
      )
      .all(editId);
  }

  #insert(label: Localized, planId: number | null, now: number): number {
    this.#database.sql.prepare("DELETE FROM edits WHERE undone = 1").run();
    const { lastInsertRowid } = this.#database.sql
      .prepare("INSERT INTO edits (created_at, label_en, label_ko, plan_id) VALUES (?, ?, ?, ?)")
      .run(now, label.en, label.ko, planId);
    return Number(lastInsertRowid);
  }

  #step(where: string): EditStep | null {
    const row = this.#database.sql
      .prepare<[], EditRow>(
        `SELECT id, label_en, label_ko, plan_id FROM edits WHERE ${where} LIMIT 1`,
      )
      .get();
    if (row === undefined) return null;
    return { id: row.id, label: { en: row.label_en, ko: row.label_ko }, planId: row.plan_id };
  }

  #read(entity: Entity, id: number, field: string): Value | undefined {
    return this.#database.sql
      .prepare<[number], Value>(
        `SELECT ${column(entity, field)} FROM ${tables[entity]} WHERE id = ?`,
      )
      .pluck()
      .get(id);
  }

  #write(entity: Entity, id: number, field: string, value: Value): void {
    const { sql } = this.#database;
    if (entity === "root") {
      sql.prepare(`UPDATE roots SET ${column(entity, field)} = ? WHERE id = ?`).run(value, id);
      return;
    }
    sql
      .prepare(
        `UPDATE ${tables[entity]} SET ${column(entity, field)} = ?, revision = ? WHERE id = ?`,
      )
      .run(value, this.#database.nextRevision(), id);
  }
}

/** `field` when it is a column that may be edited; a change from anywhere else is a bug. */
function column(entity: Entity, field: string): string {
  const known: readonly string[] = editableFields[entity];
  if (!known.includes(field)) throw new Error(`${entity}.${field} is not editable`);
  return field;
}

function burstsOf(changes: readonly ChangeRow[]): TouchedBursts {
  const touched = new Set<number>();
  for (const change of changes) {
    if (change.entity === "burst") touched.add(change.entity_id);
    if (change.entity === "photo" && change.field === "burst_id") {
      for (const value of [change.before, change.after]) {
        if (typeof value === "number") touched.add(value);
      }
    }
  }
  return touched;
}
