import type { Statement } from "better-sqlite3";
import type { Box } from "../../src-preload/contract/photos.ts";
import { parseBoxes } from "./boxes.ts";
import type { LibraryDatabase } from "./database.ts";

/** Faces by the identity of the bytes: what was looked for once is not looked for again. */
export class FaceStore {
  readonly #database: LibraryDatabase;
  readonly #detector: number;
  readonly #select: Statement<[string, number], string>;

  /** `detector`: version of the detecting code; what an older one found is not answered. */
  constructor(database: LibraryDatabase, detector: number) {
    this.#database = database;
    this.#detector = detector;
    // Asked for every frame of a burst that is ranked.
    this.#select = database.sql
      .prepare<[string, number], string>(
        "SELECT boxes FROM faces WHERE identity = ? AND detector = ?",
      )
      .pluck();
  }

  /** Null where none were looked for. */
  get(identity: string): Box[] | null {
    const boxes = this.#select.get(identity, this.#detector);
    return boxes === undefined ? null : parseBoxes(boxes);
  }

  save(identity: string, boxes: readonly Box[]): void {
    this.#database.sql
      .prepare("INSERT OR REPLACE INTO faces (identity, detector, boxes) VALUES (?, ?, ?)")
      .run(identity, this.#detector, JSON.stringify(boxes));
  }
}
