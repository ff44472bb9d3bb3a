import type { Statement } from "better-sqlite3";
import type { Measures } from "../../src-preload/contract/photos.ts";
import type { LibraryDatabase } from "./database.ts";

/** What was measured on a photo's bytes, what they look like (for grouping), and every cell's part of it (for ranking). */
export interface StoredMeasures extends Measures {
  readonly look: Uint8Array;
  readonly detail: Uint8Array;
}

/** What a photo looks like: see `describeLook`. */
export interface PhotoLook {
  readonly photoId: number;
  readonly identity: string;
  readonly look: Uint8Array;
}

interface MeasureRow {
  sharpness: number;
  noise: number;
  contrast: number;
  brightness: number;
  clipped_highlights: number;
  clipped_shadows: number;
  laplacian_variance: number;
  motion: number;
  motion_degrees: number;
  look: Uint8Array;
  detail: Uint8Array;
}

/** Measures by the identity of the bytes, so that nothing is decoded twice. */
export class MeasureStore {
  readonly #database: LibraryDatabase;
  readonly #algorithm: number;
  readonly #select: Statement<[string, number], MeasureRow>;
  readonly #exists: Statement<[string, number]>;
  readonly #looksOfRoot: Statement<[number, number, number, number], PhotoLook>;

  /** `algorithm`: version of the measuring code; what an older one measured is not answered. */
  constructor(database: LibraryDatabase, algorithm: number) {
    this.#database = database;
    this.#algorithm = algorithm;
    // Asked for every photo of a root whenever it is grouped.
    this.#select = database.sql.prepare(
      `SELECT sharpness, noise, contrast, brightness, clipped_highlights, clipped_shadows,
         laplacian_variance, motion, motion_degrees, look, detail
       FROM measures WHERE identity = ? AND algorithm = ?`,
    );
    this.#exists = database.sql.prepare(
      "SELECT 1 FROM measures WHERE identity = ? AND algorithm = ?",
    );
    this.#looksOfRoot = database.sql.prepare(
      `SELECT photo_id AS photoId, measures.identity, look
       FROM root_photos JOIN photos ON photos.id = photo_id JOIN measures ON measures.identity = photos.identity
       WHERE root_id = ? AND algorithm = ? AND photo_id > ? ORDER BY photo_id LIMIT ?`,
    );
  }

  get(identity: string): StoredMeasures | null {
    const row = this.#select.get(identity, this.#algorithm);
    if (row === undefined) return null;
    return {
      sharpness: row.sharpness,
      noise: row.noise,
      contrast: row.contrast,
      brightness: row.brightness,
      clippedHighlights: row.clipped_highlights,
      clippedShadows: row.clipped_shadows,
      laplacianVariance: row.laplacian_variance,
      motion: row.motion,
      motionDegrees: row.motion_degrees,
      look: row.look,
      detail: row.detail,
    };
  }

  /** What the measured photos of a root look like, by their ids: the next `limit` after one. */
  looksOfRoot(rootId: number, after: number, limit: number): PhotoLook[] {
    return this.#looksOfRoot.all(rootId, this.#algorithm, after, limit);
  }

  has(identity: string): boolean {
    return this.#exists.get(identity, this.#algorithm) !== undefined;
  }

  save(identity: string, measures: StoredMeasures): void {
    this.#database.sql
      .prepare(
        `INSERT OR REPLACE INTO measures (identity, algorithm, sharpness, noise, contrast, brightness,
           clipped_highlights, clipped_shadows, laplacian_variance, motion, motion_degrees, look, detail)
         VALUES (@identity, @algorithm, @sharpness, @noise, @contrast, @brightness,
           @clippedHighlights, @clippedShadows, @laplacianVariance, @motion, @motionDegrees, @look, @detail)`,
      )
      .run({
        identity,
        algorithm: this.#algorithm,
        sharpness: measures.sharpness,
        noise: measures.noise,
        contrast: measures.contrast,
        brightness: measures.brightness,
        clippedHighlights: measures.clippedHighlights,
        clippedShadows: measures.clippedShadows,
        laplacianVariance: measures.laplacianVariance,
        motion: measures.motion,
        motionDegrees: measures.motionDegrees,
        look: measures.look,
        detail: measures.detail,
      });
  }
}
