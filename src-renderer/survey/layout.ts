export interface Tiling {
  readonly columns: number;
  readonly rows: number;
}

/**
 * The grid of equal cells in which photos are seen largest: the one whose fitted photos cover the most area together,
 * the fuller one when two are alike.
 * @param aspects width over height of each photo
 * @param width of the box in CSS pixels, as `height` and the others
 * @param gap between cells
 * @param caption height below each photo
 */
export function tile(
  aspects: readonly number[],
  { width, height }: { readonly width: number; readonly height: number },
  gap: number,
  caption: number,
): Tiling {
  let best: Tiling = { columns: 1, rows: Math.max(1, aspects.length) };
  let bestArea = -1;
  for (let columns = 1; columns <= aspects.length; columns += 1) {
    const rows = Math.ceil(aspects.length / columns);
    const cellWidth = (width - gap * (columns - 1)) / columns;
    const cellHeight = (height - gap * (rows - 1)) / rows - caption;
    if (cellWidth <= 0 || cellHeight <= 0) continue;
    let area = 0;
    for (const aspect of aspects) {
      const shown = Math.min(cellWidth, cellHeight * aspect);
      area += (shown * shown) / aspect;
    }
    if (area > bestArea * 1.001) {
      best = { columns, rows };
      bestArea = area;
    }
  }
  return best;
}
