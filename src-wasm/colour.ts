/** From the planes of a decoded JPEG to RGB and luma. */

/**
 * Of a row of chroma that is to be widened to double by libjpeg's triangle filter, every second pixel, from the second
 * on: three parts of its own sample, one of the next, with its rounding. The last one is its sample.
 */
export function upsampleRow(from: usize, width: i32, to: usize): void {
  const last = width - 1;
  for (let x = 0; x < last; x += 1) {
    store<u8>(to + x, <u8>((3 * <i32>load<u8>(from + x) + <i32>load<u8>(from + x + 1) + 2) >> 2));
  }
  store<u8>(to + last, load<u8>(from + last));
}

@inline
function lowOf(a: v128, b: v128, factors: v128): v128 {
  return i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11), factors);
}

@inline
function highOf(a: v128, b: v128, factors: v128): v128 {
  return i32x4.dot_i16x8_s(i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15), factors);
}

/** (a · f + b · g + half) >> 16 of eight pairs. */
@inline
function weighed(a: v128, b: v128, factors: v128, half: v128): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(lowOf(a, b, factors), half), 16),
    i32x4.shr_s(i32x4.add(highOf(a, b, factors), half), 16),
  );
}

/** ITU-R BT.601's luma of eight pixels, in 16-bit fixed point, as `lumaOf` has it. */
@inline
function lumaOfEight(red: v128, green: v128, blue: v128): v128 {
  const warm = i16x8(19595, 19235, 19595, 19235, 19595, 19235, 19595, 19235);
  const cold = i16x8(7471, 16384, 7471, 16384, 7471, 16384, 7471, 16384);
  const twice = i16x8.shl(green, 1);
  const two = i16x8.splat(2);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(lowOf(red, twice, warm), lowOf(blue, two, cold)), 16),
    i32x4.shr_s(i32x4.add(highOf(red, twice, warm), highOf(blue, two, cold)), 16),
  );
}

/**
 * Turns rows of Y', Cb and Cr into interleaved RGB and the luma of that RGB.
 *
 * @param count pixels, made up to a multiple of 16: so many more are read and written
 */
export function convert(
  luma: usize,
  blue: usize,
  red: usize,
  count: i32,
  rgb: usize,
  grey: usize,
): void {
  const half = i32x4.splat(32768);
  const offset = i16x8.splat(128);
  const toRed = i16x8.splat(13172);
  const toBlue = i16x8.splat(-7471);
  const toGreen = i16x8(-22554, 18734, -22554, 18734, -22554, 18734, -22554, 18734);
  for (let x = 0; x < count; x += 16) {
    const y = v128.load(luma + x);
    const u = v128.load(blue + x);
    const v = v128.load(red + x);

    let own = i16x8.extend_low_i8x16_u(y);
    let cb = i16x8.sub(i16x8.extend_low_i8x16_u(u), offset);
    let cr = i16x8.sub(i16x8.extend_low_i8x16_u(v), offset);
    // 1.402 is 1 + 26345 / 65536, 1.772 is 2 - 14942 / 65536, -0.71414 is -1 + 18734 / 65536; half the first two are
    // enough of a share of 32768 for the numbers that there are.
    const r0 = i16x8.add(own, i16x8.add(cr, i16x8.q15mulr_sat_s(cr, toRed)));
    const b0 = i16x8.add(own, i16x8.add(i16x8.shl(cb, 1), i16x8.q15mulr_sat_s(cb, toBlue)));
    const g0 = i16x8.add(own, i16x8.sub(weighed(cb, cr, toGreen, half), cr));
    own = i16x8.extend_high_i8x16_u(y);
    cb = i16x8.sub(i16x8.extend_high_i8x16_u(u), offset);
    cr = i16x8.sub(i16x8.extend_high_i8x16_u(v), offset);
    const r1 = i16x8.add(own, i16x8.add(cr, i16x8.q15mulr_sat_s(cr, toRed)));
    const b1 = i16x8.add(own, i16x8.add(i16x8.shl(cb, 1), i16x8.q15mulr_sat_s(cb, toBlue)));
    const g1 = i16x8.add(own, i16x8.sub(weighed(cb, cr, toGreen, half), cr));

    const r = i8x16.narrow_i16x8_u(r0, r1);
    const g = i8x16.narrow_i16x8_u(g0, g1);
    const b = i8x16.narrow_i16x8_u(b0, b1);
    store16(rgb + 3 * x, r, g, b);
    v128.store(grey + x, lumaOfSixteen(r, g, b));
  }
}

@inline
function lumaOfSixteen(r: v128, g: v128, b: v128): v128 {
  return i8x16.narrow_i16x8_u(
    lumaOfEight(
      i16x8.extend_low_i8x16_u(r),
      i16x8.extend_low_i8x16_u(g),
      i16x8.extend_low_i8x16_u(b),
    ),
    lumaOfEight(
      i16x8.extend_high_i8x16_u(r),
      i16x8.extend_high_i8x16_u(g),
      i16x8.extend_high_i8x16_u(b),
    ),
  );
}

/** Writes 16 pixels, interleaved. */
@inline
function store16(to: usize, r: v128, g: v128, b: v128): void {
  const rg0 = i8x16.shuffle(r, g, 0, 16, 0, 1, 17, 0, 2, 18, 0, 3, 19, 0, 4, 20, 0, 5);
  v128.store(to, i8x16.shuffle(rg0, b, 0, 1, 16, 3, 4, 17, 6, 7, 18, 9, 10, 19, 12, 13, 20, 15));
  const rg1 = i8x16.shuffle(r, g, 21, 0, 6, 22, 0, 7, 23, 0, 8, 24, 0, 9, 25, 0, 10, 26);
  v128.store(
    to + 16,
    i8x16.shuffle(rg1, b, 0, 21, 2, 3, 22, 5, 6, 23, 8, 9, 24, 11, 12, 25, 14, 15),
  );
  const rg2 = i8x16.shuffle(r, g, 0, 11, 27, 0, 12, 28, 0, 13, 29, 0, 14, 30, 0, 15, 31, 0);
  v128.store(
    to + 32,
    i8x16.shuffle(rg2, b, 26, 1, 2, 27, 4, 5, 28, 7, 8, 29, 10, 11, 30, 13, 14, 31),
  );
}
