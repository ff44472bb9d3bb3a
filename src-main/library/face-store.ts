import type { Box } from "../../src-preload/contract/photos.ts";
import { parseBoxes } from "./boxes.ts";
import type { LibraryDatabase } from "./database.ts";

/** Faces by the identity of the bytes: what was looked for once is not looked for again. */
export class FaceStore {
  readonly #database: LibraryDatabase;
  readonly #detector: number;

  /** `detector`: version of the detecting code; what an older one found is not answered. */
  constructor(database: LibraryDatabase, detector: number) {
    this.#database = database;
    this.#detector = detector;
  }

  /** Null where none were looked for. */
  get(identity: string): Box[] | null {
    const boxes = this.#database.sql
      .prepare<[string, number], string>(
        "SELECT boxes FROM faces WHERE identity = ? AND detector = ?",
      )
      .pluck()
      .get(identity, this.#detector);
    return boxes === undefined ? null : parseBoxes(boxes);
  }

  save(identity: string, boxes: readonly Box[]): void {
    this.#database.sql
      .prepare("INSERT OR REPLACE INTO faces (identity, detector, boxes) VALUES (?, ?, ?)")
      .run(identity, this.#detector, JSON.stringify(boxes));
  }
}
