/** Sums over the luma of a frame, in whole numbers. */

const TILE: i32 = 8;
const STEP: i32 = 16;

/**
 * Of a row of tiles of 8 × 8 pixels, one every 16 pixels from the second on: the sum of their levels, of the squared steps
 * to the right and down, and of the magnitudes of the difference of two Laplacians.
 *
 * @param data of the row of pixels above the tiles
 * @param out three numbers of 32 bits a tile
 * @returns how many tiles there are
 */
export function sumTiles(data: usize, width: i32, out: usize): i32 {
  const stride = <usize>width;
  let tiles = 0;
  for (let left = 1; left <= width - TILE - 1; left += STEP) {
    let light = i16x8.splat(0);
    let squares = i32x4.splat(0);
    let sums = i32x4.splat(0);
    for (let row = 1; row <= TILE; row += 1) {
      const at = data + <usize>row * stride + <usize>left;
      const value = v128.load_ext<u8>(at);
      const right = v128.load_ext<u8>(at + 1);
      const below = v128.load_ext<u8>(at + stride);
      light = i16x8.add(light, value);
      const across = i16x8.sub(right, value);
      const down = i16x8.sub(below, value);
      squares = i32x4.add(squares, i32x4.dot_i16x8_s(across, across));
      squares = i32x4.add(squares, i32x4.dot_i16x8_s(down, down));
      const corners = i16x8.add(
        i16x8.add(v128.load_ext<u8>(at - stride - 1), v128.load_ext<u8>(at - stride + 1)),
        i16x8.add(v128.load_ext<u8>(at + stride - 1), v128.load_ext<u8>(at + stride + 1)),
      );
      const sides = i16x8.add(
        i16x8.add(v128.load_ext<u8>(at - stride), v128.load_ext<u8>(at - 1)),
        i16x8.add(right, below),
      );
      const mask = i16x8.sub(i16x8.add(corners, i16x8.shl(value, 2)), i16x8.shl(sides, 1));
      sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(i16x8.abs(mask)));
    }
    store<i32>(out, total(i32x4.extadd_pairwise_i16x8_s(light)));
    store<i32>(out + 4, total(squares));
    store<i32>(out + 8, total(sums));
    out += 12;
    tiles += 1;
  }
  return tiles;
}

@inline
function total(lanes: v128): i32 {
  return (
    i32x4.extract_lane(lanes, 0) +
    i32x4.extract_lane(lanes, 1) +
    i32x4.extract_lane(lanes, 2) +
    i32x4.extract_lane(lanes, 3)
  );
}

/** Counts the levels of a row of pixels in `levels`: 256 numbers of 32 bits. */
export function countLevels(data: usize, width: i32, levels: usize): void {
  const end = data + <usize>width;
  for (let at = data; at < end; at += 1) {
    const level = levels + 4 * <usize>load<u8>(at);
    store<i32>(level, load<i32>(level) + 1);
  }
}

/**
 * Adds the Laplacians (four neighbours) of a row of pixels, but its first and last, and their squares to the two numbers
 * of 64 bits (floating) at `out`.
 */
export function sumLaplacians(data: usize, width: i32, out: usize): void {
  const stride = <usize>width;
  let sums = i32x4.splat(0);
  let squares = i64x2.splat(0);
  let x: i32 = 1;
  for (; x + 8 <= width - 1; x += 8) {
    const at = data + <usize>x;
    const around = i16x8.add(
      i16x8.add(v128.load_ext<u8>(at - stride), v128.load_ext<u8>(at - 1)),
      i16x8.add(v128.load_ext<u8>(at + 1), v128.load_ext<u8>(at + stride)),
    );
    const laplacian = i16x8.sub(around, i16x8.shl(v128.load_ext<u8>(at), 2));
    sums = i32x4.add(sums, i32x4.extadd_pairwise_i16x8_s(laplacian));
    const pairs = i32x4.dot_i16x8_s(laplacian, laplacian);
    squares = i64x2.add(squares, i64x2.extend_low_i32x4_u(pairs));
    squares = i64x2.add(squares, i64x2.extend_high_i32x4_u(pairs));
  }
  let sum = <i64>total(sums);
  let square = i64x2.extract_lane(squares, 0) + i64x2.extract_lane(squares, 1);
  for (; x < width - 1; x += 1) {
    const at = data + <usize>x;
    const laplacian =
      <i32>load<u8>(at - stride) +
      <i32>load<u8>(at - 1) +
      <i32>load<u8>(at + 1) +
      <i32>load<u8>(at + stride) -
      4 * <i32>load<u8>(at);
    sum += laplacian;
    square += laplacian * laplacian;
  }
  store<f64>(out, load<f64>(out) + <f64>sum);
  store<f64>(out + 8, load<f64>(out + 8) + <f64>square);
}

/**
 * Means of 2 × 2 pixels of interleaved RGB; a last odd row or column is left out. Up to 16 bytes more may be read behind
 * `rgb` and written behind `to`.
 */
export function halve(rgb: usize, width: i32, height: i32, to: usize): void {
  const half = <usize>(width >> 1);
  const stride = <usize>(3 * width);
  for (let y = 0; y + 1 < height; y += 2) {
    const row = rgb + <usize>y * stride;
    // Eight bytes of two pixels and more become three of one: four pixels of the two rows are two of the half.
    for (let x: usize = 0; x < half; x += 2) {
      const at = row + 6 * x;
      const upper = v128.load(at);
      const lower = v128.load(at + stride);
      const low = i16x8.add(i16x8.extend_low_i8x16_u(upper), i16x8.extend_low_i8x16_u(lower));
      const high = i16x8.add(i16x8.extend_high_i8x16_u(upper), i16x8.extend_high_i8x16_u(lower));
      // Bytes 0 1 2 and 6 7 8 are the left ones, 3 4 5 and 9 10 11 the right ones.
      const left = i16x8.shuffle(low, high, 0, 1, 2, 6, 7, 8, 0, 0);
      const right = i16x8.shuffle(low, high, 3, 4, 5, 9, 10, 11, 0, 0);
      const mean = i16x8.shr_u(i16x8.add(i16x8.add(left, right), i16x8.splat(2)), 2);
      v128.store_lane<u64>(to + 3 * x, i8x16.narrow_i16x8_u(mean, mean), 0);
    }
    to += 3 * half;
  }
}
