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

/** Bursts that photos left or joined: their ranks are to be written again. */
export type TouchedBursts = ReadonlySet<number>;

/** Where in a step a field's change is, by the field. */
export type ChangePlaces = Map<string, number>;

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
   *
   * @param places see {@link extend}
   */
  record(
    label: Localized,
    changes: readonly Change[],
    now: number,
    places: ChangePlaces = new Map(),
  ): { editId: number | null; touched: TouchedBursts } {
    return this.#database.transaction(() => {
      const effective = this.#carryOut(changes);
      if (effective.length === 0) return { editId: null, touched: new Set<number>() };
      const editId = this.#insert(label, null, now);
      this.#saveChanges(editId, effective, places);
      this.#database.nextRevision();
      return { editId, touched: burstsOf(effective) };
    });
  }

  /** What a step changes, for {@link extend}. */
  placesIn(editId: number): ChangePlaces {
    const rows = this.#database.sql
      .prepare<[number], Pick<ChangeRow, "entity" | "entity_id" | "field"> & { seq: number }>(
        "SELECT seq, entity, entity_id, field FROM edit_changes WHERE edit_id = ? ORDER BY seq",
      )
      .all(editId);
    return new Map(rows.map((row) => [keyOf(row), row.seq]));
  }

  /**
   * Carries out more changes as a part of the last step, which undo then takes back as a whole.
   *
   * @param places where the step's changes are; those that come are added
   */
  extend(editId: number, changes: readonly Change[], places: ChangePlaces): TouchedBursts {
    return this.#database.transaction(() => {
      const effective = this.#carryOut(changes);
      const { sql } = this.#database;
      const change = sql.prepare("UPDATE edit_changes SET after = ? WHERE edit_id = ? AND seq = ?");
      const fresh: ChangeRow[] = [];
      for (const each of effective) {
        const seq = places.get(keyOf(each));
        if (seq === undefined) fresh.push(each);
        else change.run(each.after, editId, seq);
      }
      this.#saveChanges(editId, fresh, places);
      this.#database.nextRevision();
      return burstsOf(effective);
    });
  }

  /**
   * Gives a step its name and drops what ended as it had begun. Answers null where nothing is left: then there is no
   * such step any more.
   */
  conclude(editId: number, label: Localized): number | null {
    return this.#database.transaction(() => {
      const { sql } = this.#database;
      this.#database.nextRevision();
      sql.prepare("DELETE FROM edit_changes WHERE edit_id = ? AND before IS after").run(editId);
      const isLeft = sql
        .prepare("SELECT 1 FROM edit_changes WHERE edit_id = ? LIMIT 1")
        .get(editId);
      if (isLeft === undefined) sql.prepare("DELETE FROM edits WHERE id = ?").run(editId);
      else {
        sql
          .prepare("UPDATE edits SET label_en = ?, label_ko = ? WHERE id = ?")
          .run(label.en, label.ko, editId);
      }
      return isLeft === undefined ? null : editId;
    });
  }

  /** Whether a step is the one that undo would take back now, with nothing to be done again. */
  isLast(editId: number): boolean {
    return this.nextUndo()?.id === editId && this.nextRedo() === null;
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

  /**
   * Takes a part of a step back (the last change first), or does it again: a step of thousands of changes is not one
   * transaction. The step counts as undone, or as done, with its last part; broken off before, it is simply taken back
   * or done again as a whole.
   *
   * @param from null for the first part, then what the part before answered
   * @returns where the next part begins; null when the step is through
   */
  replay(
    editId: number,
    way: "undo" | "redo",
    from: number | null,
    limit: number,
  ): { readonly touched: TouchedBursts; readonly next: number | null } {
    const isBack = way === "undo";
    return this.#database.transaction(() => {
      const { sql } = this.#database;
      const changes = sql
        .prepare<[number, number, number], ChangeRow & { seq: number }>(
          `SELECT seq, entity, entity_id, field, before, after FROM edit_changes
           WHERE edit_id = ? AND ${isBack ? "seq < ? ORDER BY seq DESC" : "seq > ? ORDER BY seq"} LIMIT ?`,
        )
        .all(editId, from ?? (isBack ? Number.MAX_SAFE_INTEGER : -1), limit);
      const write = this.#writer();
      for (const { entity, entity_id: id, field, before, after } of changes) {
        write(entity, id, field, isBack ? before : after);
      }
      const isThrough = changes.length < limit;
      if (isThrough) {
        sql.prepare("UPDATE edits SET undone = ? WHERE id = ?").run(isBack ? 1 : 0, editId);
      }
      this.#database.nextRevision();
      return { touched: burstsOf(changes), next: isThrough ? null : (changes.at(-1)?.seq ?? null) };
    });
  }

  /** Writes the changes that change something, and answers them. */
  #carryOut(changes: readonly Change[]): ChangeRow[] {
    const read = this.#reader();
    const write = this.#writer();
    return changes.flatMap((change): ChangeRow[] => {
      const { entity, id, field, value } = change;
      const before = read(entity, id, field);
      if (before === undefined || before === value) return [];
      write(entity, id, field, value);
      return [{ entity, entity_id: id, field, before, after: value }];
    });
  }

  #saveChanges(editId: number, changes: readonly ChangeRow[], places: ChangePlaces): void {
    const save = this.#database.sql.prepare(
      `INSERT INTO edit_changes (edit_id, seq, entity, entity_id, field, before, after)
       VALUES (@editId, @seq, @entity, @entity_id, @field, @before, @after)`,
    );
    const first = this.#database.sql
      .prepare<[number], number>(
        "SELECT coalesce(max(seq) + 1, 0) FROM edit_changes WHERE edit_id = ?",
      )
      .pluck()
      .get(editId);
    let seq = first ?? 0;
    for (const change of changes) {
      save.run({ ...change, editId, seq });
      places.set(keyOf(change), seq);
      seq += 1;
    }
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

  /** Reads fields: each statement is made once for however many rows. */
  #reader(): (entity: Entity, id: number, field: string) => Value | undefined {
    const statement = remembered((entity, field) =>
      this.#database.sql
        .prepare<[number], Value>(
          `SELECT ${column(entity, field)} FROM ${tables[entity]} WHERE id = ?`,
        )
        .pluck(),
    );
    return (entity, id, field) => statement(entity, field).get(id);
  }

  /** Writes fields, all with one revision: for one transaction. */
  #writer(): (entity: Entity, id: number, field: string, value: Value) => void {
    const { sql } = this.#database;
    const revision = this.#database.nextRevision();
    const statement = remembered((entity, field) =>
      entity === "root"
        ? sql.prepare<WrittenField>(
            `UPDATE roots SET ${column(entity, field)} = @value WHERE id = @id`,
          )
        : sql.prepare<WrittenField>(
            `UPDATE ${tables[entity]} SET ${column(entity, field)} = @value, revision = @revision WHERE id = @id`,
          ),
    );
    return (entity, id, field, value) => {
      statement(entity, field).run({ value, id, revision });
    };
  }
}

function keyOf(change: Pick<ChangeRow, "entity" | "entity_id" | "field">): string {
  return `${change.entity} ${change.entity_id} ${change.field}`;
}

interface WrittenField {
  value: Value;
  id: number;
  /** Roots have none of their own. */
  revision: number;
}

/** What `make` makes of an entity's field, made once. */
function remembered<Made>(
  make: (entity: Entity, field: string) => Made,
): (entity: Entity, field: string) => Made {
  const known = new Map<string, Made>();
  return (entity, field) => {
    const key = `${entity} ${field}`;
    const made = known.get(key) ?? make(entity, field);
    known.set(key, made);
    return made;
  };
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
    if (change.entity === "photo" && change.field === "burst_id") {
      for (const value of [change.before, change.after]) {
        if (typeof value === "number") touched.add(value);
      }
    }
  }
  return touched;
}
