/**
 * Inverse DCTs of a block of 8 × 8 coefficients, in libjpeg's fixed point (13 bits, two more between the passes) and with
 * its rounding, so that the same bytes come out: its whole transform (jidctint), and the one to 4 × 4 pixels
 * (jidctred), after Loeffler, Ligtenberg and Moschytz, "Practical fast 1-D DCT algorithms with 11 multiplications"
 * (1989). Sums of products are written out, since a dot product is one instruction here. Of the pixels only those are
 * made that are kept: see jpeg.ts.
 */

/** Constants for pairs of coefficients. */
@inline
function pairs(a: i32, b: i32): v128 {
  return i32x4.splat((b << 16) | (a & 0xffff));
}

@inline
function coefficients(block: usize, quantisers: usize, row: i32): v128 {
  const at = <usize>(16 * row);
  return i16x8.mul(v128.load(block + at), v128.load(quantisers + at));
}

/** Of the first four columns, one number of `a` and one of `b` each. */
@inline
function low(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

@inline
function high(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

@inline
function dot2(a: v128, b: v128, fa: v128, fb: v128): v128 {
  return i32x4.add(i32x4.dot_i16x8_s(a, fa), i32x4.dot_i16x8_s(b, fb));
}

@inline
function descale(sum: v128, round: i32, bits: i32): v128 {
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(round)), bits);
}

/** The 4-point transform's second output, from its DC in place and the pairs 2 6, 1 3 and 5 7. */
@inline
function second(mean: v128, p26: v128, p13: v128, p57: v128): v128 {
  const even = i32x4.sub(mean, i32x4.dot_i16x8_s(p26, pairs(15137, -6270)));
  return i32x4.add(even, dot2(p13, p57, pairs(8697, -17799), pairs(11893, -1730)));
}

/** Its third. */
@inline
function third(mean: v128, p26: v128, p13: v128, p57: v128): v128 {
  const even = i32x4.sub(mean, i32x4.dot_i16x8_s(p26, pairs(15137, -6270)));
  return i32x4.sub(even, dot2(p13, p57, pairs(8697, -17799), pairs(11893, -1730)));
}

/** Its first. */
@inline
function first(mean: v128, p26: v128, p13: v128, p57: v128): v128 {
  const even = i32x4.add(mean, i32x4.dot_i16x8_s(p26, pairs(15137, -6270)));
  return i32x4.add(even, dot2(p13, p57, pairs(20995, 7373), pairs(-4926, -4176)));
}

/** Its fourth. */
@inline
function fourth(mean: v128, p26: v128, p13: v128, p57: v128): v128 {
  const even = i32x4.add(mean, i32x4.dot_i16x8_s(p26, pairs(15137, -6270)));
  return i32x4.sub(even, dot2(p13, p57, pairs(20995, 7373), pairs(-4926, -4176)));
}

/** Of the 4 × 4 pixels of a block those of the second and fourth row and column. */
@inline
export function toTwo(block: usize, quantisers: usize, out: usize, stride: usize): void {
  const r0 = coefficients(block, quantisers, 0);
  const r1 = coefficients(block, quantisers, 1);
  const r2 = coefficients(block, quantisers, 2);
  const r3 = coefficients(block, quantisers, 3);
  const r5 = coefficients(block, quantisers, 5);
  const r6 = coefficients(block, quantisers, 6);
  const r7 = coefficients(block, quantisers, 7);
  const lowMean = i32x4.shl(i32x4.extend_low_i16x8_s(r0), 14);
  const highMean = i32x4.shl(i32x4.extend_high_i16x8_s(r0), 14);
  const l26 = low(r2, r6);
  const l13 = low(r1, r3);
  const l57 = low(r5, r7);
  const h26 = high(r2, r6);
  const h13 = high(r1, r3);
  const h57 = high(r5, r7);
  const a = i16x8.narrow_i32x4_s(
    descale(second(lowMean, l26, l13, l57), 2048, 12),
    descale(second(highMean, h26, h13, h57), 2048, 12),
  );
  const b = i16x8.narrow_i32x4_s(
    descale(fourth(lowMean, l26, l13, l57), 2048, 12),
    descale(fourth(highMean, h26, h13, h57), 2048, 12),
  );
  // Both rows side by side, twice.
  const p13 = i16x8.shuffle(a, b, 1, 3, 9, 11, 1, 3, 9, 11);
  const p57 = i16x8.shuffle(a, b, 5, 7, 13, 15, 5, 7, 13, 15);
  const p26 = i16x8.shuffle(a, b, 2, 6, 10, 14, 2, 6, 10, 14);
  const mean = i32x4.shl(
    i32x4.extend_low_i16x8_s(i16x8.shuffle(a, b, 0, 8, 0, 8, 0, 8, 0, 8)),
    14,
  );
  // The second column of both, then the fourth.
  const even = i32x4.add(
    mean,
    i32x4.dot_i16x8_s(p26, i16x8(-15137, 6270, -15137, 6270, 15137, -6270, 15137, -6270)),
  );
  const odd = dot2(
    p13,
    p57,
    i16x8(8697, -17799, 8697, -17799, -20995, -7373, -20995, -7373),
    i16x8(11893, -1730, 11893, -1730, 4926, 4176, 4926, 4176),
  );
  const words = descale(i32x4.add(even, odd), (128 << 19) + (1 << 18), 19);
  const ordered = i32x4.shuffle(words, words, 0, 2, 1, 3);
  const bytes = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_s(ordered, ordered), i16x8.splat(0));
  const pixels = i32x4.extract_lane(bytes, 0);
  store<u16>(out, <u16>pixels);
  store<u16>(out + stride, <u16>(pixels >>> 16));
}

/** Of the 4 × 4 pixels of a block the second and the fourth row. */
export function toWide(block: usize, quantisers: usize, out: usize, stride: usize): void {
  const r0 = coefficients(block, quantisers, 0);
  const r1 = coefficients(block, quantisers, 1);
  const r2 = coefficients(block, quantisers, 2);
  const r3 = coefficients(block, quantisers, 3);
  const r5 = coefficients(block, quantisers, 5);
  const r6 = coefficients(block, quantisers, 6);
  const r7 = coefficients(block, quantisers, 7);
  const lowMean = i32x4.shl(i32x4.extend_low_i16x8_s(r0), 14);
  const highMean = i32x4.shl(i32x4.extend_high_i16x8_s(r0), 14);
  const a = i16x8.narrow_i32x4_s(
    descale(second(lowMean, low(r2, r6), low(r1, r3), low(r5, r7)), 2048, 12),
    descale(second(highMean, high(r2, r6), high(r1, r3), high(r5, r7)), 2048, 12),
  );
  const b = i16x8.narrow_i32x4_s(
    descale(fourth(lowMean, low(r2, r6), low(r1, r3), low(r5, r7)), 2048, 12),
    descale(fourth(highMean, high(r2, r6), high(r1, r3), high(r5, r7)), 2048, 12),
  );
  const p13 = i16x8.shuffle(a, b, 1, 3, 9, 11, 1, 3, 9, 11);
  const p57 = i16x8.shuffle(a, b, 5, 7, 13, 15, 5, 7, 13, 15);
  const p26 = i16x8.shuffle(a, b, 2, 6, 10, 14, 2, 6, 10, 14);
  const mean = i32x4.shl(
    i32x4.extend_low_i16x8_s(i16x8.shuffle(a, b, 0, 8, 0, 8, 0, 8, 0, 8)),
    14,
  );
  const round = (128 << 19) + (1 << 18);
  const one = i16x8.narrow_i32x4_s(
    descale(first(mean, p26, p13, p57), round, 19),
    descale(second(mean, p26, p13, p57), round, 19),
  );
  const other = i16x8.narrow_i32x4_s(
    descale(third(mean, p26, p13, p57), round, 19),
    descale(fourth(mean, p26, p13, p57), round, 19),
  );
  const bytes = i8x16.narrow_i16x8_u(one, other);
  const rows = i8x16.shuffle(bytes, bytes, 0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0);
  v128.store_lane<u32>(out, rows, 0);
  v128.store_lane<u32>(out + stride, rows, 1);
}

/** Outputs 1, 3, 5 and 7 of the 8-point transform, from pairs. */
@inline
function odd1(p04: v128, p26: v128, p13: v128, p57: v128): v128 {
  return i32x4.add(
    dot2(p04, p26, pairs(8192, -8192), pairs(4433, -10704)),
    dot2(p13, p57, pairs(9633, -2259), pairs(-11362, -6436)),
  );
}

@inline
function odd3(p04: v128, p26: v128, p13: v128, p57: v128): v128 {
  return i32x4.add(
    dot2(p04, p26, pairs(8192, 8192), pairs(-10703, -4433)),
    dot2(p13, p57, pairs(2260, -6436), pairs(9633, -11363)),
  );
}

@inline
function odd5(p04: v128, p26: v128, p13: v128, p57: v128): v128 {
  return i32x4.add(
    dot2(p04, p26, pairs(8192, -8192), pairs(-4433, 10704)),
    dot2(p13, p57, pairs(-6437, 11362), pairs(-2261, -9633)),
  );
}

@inline
function odd7(p04: v128, p26: v128, p13: v128, p57: v128): v128 {
  return i32x4.add(
    dot2(p04, p26, pairs(8192, 8192), pairs(10703, 4433)),
    dot2(p13, p57, pairs(-11363, -9633), pairs(-6437, -2260)),
  );
}

/** Of the 8 × 8 pixels of a block those of every second row and column, from the second on. */
export function toFour(block: usize, quantisers: usize, out: usize, stride: usize): void {
  const r0 = coefficients(block, quantisers, 0);
  const r1 = coefficients(block, quantisers, 1);
  const r2 = coefficients(block, quantisers, 2);
  const r3 = coefficients(block, quantisers, 3);
  const r4 = coefficients(block, quantisers, 4);
  const r5 = coefficients(block, quantisers, 5);
  const r6 = coefficients(block, quantisers, 6);
  const r7 = coefficients(block, quantisers, 7);
  let p04 = low(r0, r4);
  let p26 = low(r2, r6);
  let p13 = low(r1, r3);
  let p57 = low(r5, r7);
  const a = descale(odd1(p04, p26, p13, p57), 1024, 11);
  const b = descale(odd3(p04, p26, p13, p57), 1024, 11);
  const c = descale(odd5(p04, p26, p13, p57), 1024, 11);
  const d = descale(odd7(p04, p26, p13, p57), 1024, 11);
  p04 = high(r0, r4);
  p26 = high(r2, r6);
  p13 = high(r1, r3);
  p57 = high(r5, r7);
  const w1 = i16x8.narrow_i32x4_s(a, descale(odd1(p04, p26, p13, p57), 1024, 11));
  const w3 = i16x8.narrow_i32x4_s(b, descale(odd3(p04, p26, p13, p57), 1024, 11));
  const w5 = i16x8.narrow_i32x4_s(c, descale(odd5(p04, p26, p13, p57), 1024, 11));
  const w7 = i16x8.narrow_i32x4_s(d, descale(odd7(p04, p26, p13, p57), 1024, 11));
  // The same pairs of columns, of the four rows side by side.
  const e = i16x8.shuffle(w1, w3, 1, 3, 9, 11, 5, 7, 13, 15);
  const f = i16x8.shuffle(w5, w7, 1, 3, 9, 11, 5, 7, 13, 15);
  const g = i16x8.shuffle(w1, w3, 0, 4, 8, 12, 2, 6, 10, 14);
  const h = i16x8.shuffle(w5, w7, 0, 4, 8, 12, 2, 6, 10, 14);
  p13 = i64x2.shuffle(e, f, 0, 2);
  p57 = i64x2.shuffle(e, f, 1, 3);
  p04 = i64x2.shuffle(g, h, 0, 2);
  p26 = i64x2.shuffle(g, h, 1, 3);
  const round = (128 << 18) + (1 << 17);
  const left = i16x8.narrow_i32x4_s(
    descale(odd1(p04, p26, p13, p57), round, 18),
    descale(odd3(p04, p26, p13, p57), round, 18),
  );
  const right = i16x8.narrow_i32x4_s(
    descale(odd5(p04, p26, p13, p57), round, 18),
    descale(odd7(p04, p26, p13, p57), round, 18),
  );
  const bytes = i8x16.narrow_i16x8_u(left, right);
  const rows = i8x16.shuffle(bytes, bytes, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  v128.store_lane<u32>(out, rows, 0);
  v128.store_lane<u32>(out + stride, rows, 1);
  v128.store_lane<u32>(out + 2 * stride, rows, 2);
  v128.store_lane<u32>(out + 3 * stride, rows, 3);
}
