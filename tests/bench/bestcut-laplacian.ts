import sharp from "sharp";

/**
 * The old best cut: variance of the Laplacian (4 neighbours) of a photo's grey at full size, by sharp's decoder and
 * floating point.
 */
export async function laplacianVariance(path: string): Promise<number> {
  const { data, info } = await sharp(path)
    .greyscale()
    .toColourspace("b-w")
    .raw()
    .toBuffer({ resolveWithObject: true });
  const { width, height } = info;
  let sum = 0;
  let squares = 0;
  for (let row = 1; row < height - 1; row += 1) {
    for (let at = row * width + 1; at < (row + 1) * width - 1; at += 1) {
      const bend =
        (data[at - 1] ?? 0) +
        (data[at + 1] ?? 0) +
        (data[at - width] ?? 0) +
        (data[at + width] ?? 0) -
        4 * (data[at] ?? 0);
      sum += bend;
      squares += bend * bend;
    }
  }
  const count = (width - 2) * (height - 2);
  return squares / count - (sum / count) ** 2;
}
