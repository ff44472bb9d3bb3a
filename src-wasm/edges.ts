/**
 * The edges of a frame of luma, summed up by cell and direction: see src-main/photos/best-cut/edges.ts, which says what
 * for and gives the names. Every number is computed as it would be there, in the same order.
 */

const REACH: i32 = 6;
const STEEP_STRIDE: i32 = 3;
const BINS: i32 = 128;
const BLACK: i32 = 3;
const WHITE: i32 = 252;
const LOST_WEIGHT: f64 = 1.0 / 8.0;
const NOISE_SPAN: f64 = 1.1;
const NOISE_STEP: f64 = 2;
const DIRECTIONS: i32 = 4;

/**
 * How steep a pixel has to be to be looked at, for each cell of a row of cells.
 *
 * @param lefts where the cells begin, and the last one ends: 32 bits each
 * @param share of a cell's pixels that are steep
 * @param counts room for 128 numbers of 32 bits
 * @param limits of every pixel along a row that of its cell, a byte each
 */
export function findThresholds(
  data: usize,
  width: i32,
  lefts: usize,
  columns: i32,
  top: i32,
  bottom: i32,
  share: f64,
  least: f64,
  counts: usize,
  limits: usize,
): void {
  for (let column = 0; column < columns; column += 1) {
    const left = load<i32>(lefts + 4 * column);
    const right = load<i32>(lefts + 4 * column + 4);
    memory.fill(counts, 0, 4 * BINS);
    let total = 0;
    for (let y = top; y < bottom; y += STEEP_STRIDE) {
      const row = data + <usize>(y * width);
      for (let x = left; x < right; x += STEEP_STRIDE) {
        const at = row + <usize>x;
        const across = abs(<i32>load<u8>(at + 1) - <i32>load<u8>(at - 1));
        const down = abs(<i32>load<u8>(at + width) - <i32>load<u8>(at - width));
        const bin = counts + <usize>(4 * (max(across, down) >> 1));
        store<i32>(bin, load<i32>(bin) + 1);
        total += 1;
      }
    }
    let bin = BINS - 1;
    for (let seen = 0; bin > 0; bin -= 1) {
      seen += load<i32>(counts + <usize>(4 * bin));
      if (<f64>seen > share * <f64>total) break;
    }
    const limit = <i32>Math.ceil(Math.max(<f64>(2 * bin), least));
    if (right > left) memory.fill(limits + left, <u8>limit, right - left);
  }
}

@inline
function apart(a: v128, b: v128): v128 {
  return v128.or(i8x16.sub_sat_u(a, b), i8x16.sub_sat_u(b, a));
}

/**
 * Adds the edges of a row of pixels from `from` to `to` to the sums of its cells.
 *
 * @param data of the row; there must be 7 rows, and 16 bytes more, on both sides
 * @param rgb of the row; 0 where there is none
 * @param limits as findThresholds wrote them
 * @param cellOf of every pixel along the row its cell, from the first of this row of cells on, a byte each
 * @param back, least in levels: a profile's end, and the smallest contrast
 * @param steepness, contrast, spread of the first cell of this row: 64 bits each, four of a cell
 */
export function sumRow(
  data: usize,
  rgb: usize,
  width: i32,
  from: i32,
  to: i32,
  limits: usize,
  cellOf: usize,
  sigma: f64,
  back: f64,
  least: f64,
  steepness: usize,
  contrast: usize,
  spread: usize,
): void {
  const stride = <usize>width;
  // Levels are whole numbers.
  const steps = <i32>Math.floor(back);
  for (let x = from; x < to; x += 16) {
    const at = data + <usize>x;
    const left = v128.load(at - 1);
    const right = v128.load(at + 1);
    const above = v128.load(at - stride);
    const below = v128.load(at + stride);
    const wide = apart(right, left);
    const tall = apart(below, above);
    const steep = i8x16.max_u(wide, tall);
    const isSteep = i8x16.ge_u(steep, v128.load(limits + <usize>x));
    if (!v128.any_true(isSteep)) continue;
    const isAcross = i8x16.ge_u(wide, tall);
    const isUp = v128.bitselect(i8x16.gt_u(right, left), i8x16.gt_u(below, above), isAcross);
    const after = v128.bitselect(v128.load(at + 2), v128.load(at + 2 * stride), isAcross);
    const before = v128.bitselect(v128.load(at - 2), v128.load(at - 2 * stride), isAcross);
    const uphill = v128.bitselect(after, before, isUp);
    const downhill = v128.bitselect(before, after, isUp);
    const centre = v128.load(at);
    // Only the crest; of two equal neighbours the lower.
    const isCrest = v128.and(
      i8x16.ge_u(steep, i8x16.sub_sat_u(uphill, centre)),
      i8x16.gt_u(steep, i8x16.sub_sat_u(centre, downhill)),
    );
    let found = i8x16.bitmask(v128.and(isSteep, isCrest));
    if (to - x < 16) found &= (1 << (to - x)) - 1;
    while (found !== 0) {
      const place = x + ctz(found);
      found &= found - 1;
      const cell = <usize>(8 * DIRECTIONS * <i32>load<u8>(cellOf + <usize>place));
      const colours = rgb === 0 ? 0 : rgb + <usize>(3 * place);
      sumEdge(
        data + <usize>place,
        colours,
        width,
        sigma,
        steps,
        least,
        steepness + cell,
        contrast + cell,
        spread + cell,
      );
    }
  }
}

function sumEdge(
  at: usize,
  colours: usize,
  width: i32,
  sigma: f64,
  back: i32,
  least: f64,
  steepness: usize,
  contrasts: usize,
  spread: usize,
): void {
  const across = <i32>load<u8>(at + 1) - <i32>load<u8>(at - 1);
  const down = <i32>load<u8>(at + width) - <i32>load<u8>(at - width);
  const wide = abs(across);
  const tall = abs(down);
  const isAcross = wide >= tall;
  const steep = isAcross ? wide : tall;
  const centre = <i32>load<u8>(at);
  // Uphill, along the row or the column.
  const step = isAcross ? (across > 0 ? 1 : -1) : down > 0 ? width : -width;
  // Without branches: what comes next is as good as random, and a wrong guess costs more than a step.
  let highest = centre;
  let squares = 0;
  let steps = 0;
  let before = centre;
  let climbed = 0;
  let goesOn = 1;
  let place = at;
  for (let n = 1; n <= REACH; n += 1) {
    place += step;
    const level = <i32>load<u8>(place);
    goesOn &= i32(highest - level <= back);
    climbed += (level - before) * (level - before);
    before = level;
    const isNew = goesOn & i32(level > highest);
    highest = select<i32>(level, highest, isNew);
    squares += select<i32>(climbed, 0, isNew);
    climbed = select<i32>(0, climbed, isNew);
    steps = select<i32>(n, steps, isNew);
  }
  let lowest = centre;
  before = centre;
  climbed = 0;
  goesOn = 1;
  let fallen = 0;
  place = at;
  for (let n = 1; n <= REACH; n += 1) {
    place -= step;
    const level = <i32>load<u8>(place);
    goesOn &= i32(level - lowest <= back);
    climbed += (level - before) * (level - before);
    before = level;
    const isNew = goesOn & i32(level < lowest);
    lowest = select<i32>(level, lowest, isNew);
    squares += select<i32>(climbed, 0, isNew);
    climbed = select<i32>(0, climbed, isNew);
    fallen = select<i32>(n, fallen, isNew);
  }
  const span = highest - lowest;
  if (<f64>span < least) return;
  const direction =
    <f64>tall <= 0.414 * <f64>wide
      ? 0
      : <f64>wide <= 0.414 * <f64>tall
        ? 2
        : across * down > 0
          ? 1
          : 3;
  // A line at an angle to the gradient stretches the profile by 1 / cos.
  const stretch = Math.sqrt(<f64>(across * across + down * down)) / <f64>steep;
  const contrast = <f64>span - NOISE_SPAN * sigma;
  const squared = contrast * contrast;
  const isWhite = colours === 0 ? highest >= WHITE : isLost(colours + <usize>(3 * steps * step));
  const weight: f64 = isWhite || lowest <= BLACK ? LOST_WEIGHT : 1;
  const channel = <usize>(8 * direction);
  const noise = NOISE_STEP * <f64>(steps + fallen) * sigma * sigma;
  add(steepness + channel, weight * stretch * (<f64>squares - noise));
  add(contrasts + channel, weight * squared);
  add(spread + channel, weight * squared * squared);
}

@inline
function add(at: usize, value: f64): void {
  store<f64>(at, load<f64>(at) + value);
}

/** Whether a colour of the pixel is lost: JPEG moves such a one off the end by a level or two. */
@inline
function isLost(at: usize): bool {
  return (
    <i32>load<u8>(at) >= WHITE || <i32>load<u8>(at + 1) >= WHITE || <i32>load<u8>(at + 2) >= WHITE
  );
}
