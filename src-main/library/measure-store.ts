import type { Measures } from "../../src-preload/contract/photos.ts";
import type { LibraryDatabase } from "./database.ts";

/** What was measured on a photo's bytes, and what they look like (for grouping). */
export interface StoredMeasures extends Measures {
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
  look: Uint8Array;
}

/** Measures by the identity of the bytes, so that nothing is decoded twice. */
export class MeasureStore {
  readonly #database: LibraryDatabase;
  readonly #algorithm: number;

  /** `algorithm`: version of the measuring code; what an older one measured is not answered. */
  constructor(database: LibraryDatabase, algorithm: number) {
    this.#database = database;
    this.#algorithm = algorithm;
  }

  get(identity: string): StoredMeasures | null {
    const row = this.#database.sql
      .prepare<[string, number], MeasureRow>(
        `SELECT sharpness, noise, contrast, brightness, clipped_highlights, clipped_shadows,
           laplacian_variance, look
         FROM measures WHERE identity = ? AND algorithm = ?`,
      )
      .get(identity, this.#algorithm);
    if (row === undefined) return null;
    return {
      sharpness: row.sharpness,
      noise: row.noise,
      contrast: row.contrast,
      brightness: row.brightness,
      clippedHighlights: row.clipped_highlights,
      clippedShadows: row.clipped_shadows,
      laplacianVariance: row.laplacian_variance,
      look: row.look,
    };
  }

  save(identity: string, measures: StoredMeasures): void {
    this.#database.sql
      .prepare(
        `INSERT OR REPLACE INTO measures (identity, algorithm, sharpness, noise, contrast, brightness,
           clipped_highlights, clipped_shadows, laplacian_variance, look)
         VALUES (@identity, @algorithm, @sharpness, @noise, @contrast, @brightness,
           @clippedHighlights, @clippedShadows, @laplacianVariance, @look)`,
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
        look: measures.look,
      });
  }
}
