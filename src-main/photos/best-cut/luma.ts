/**
 * A decoded photo in grey: what every measure of best cut reads.
 *
 * `data` holds `width * height` gamma-coded luma values (0..255, as in Y' of the JPEG), row by row from the top
 * left, without padding. Every frame of a burst must come at the same scale.
 */
export interface Luma {
  /** Columns, in pixels. */
  readonly width: number;
  /** Rows, in pixels. */
  readonly height: number;
  readonly data: Uint8Array;
  /** The same pixels in colour, interleaved: tells where a colour is lost to white; else bright pixels are taken for such. */
  readonly rgb?: Uint8Array;
}
