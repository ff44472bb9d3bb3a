/** Small real networks: SRVGGNetCompact with 4 features, as a .safetensors. */
export function compactModel(options: { readonly seed: number; readonly scale?: number }): Buffer {
  const { seed, scale = 2 } = options;
  const features = 4;
  const shapes: [string, number[]][] = [
    ["body.0.weight", [features, 3, 3, 3]],
    ["body.0.bias", [features]],
    ["body.1.weight", [features]],
    ["body.2.weight", [features, features, 3, 3]],
    ["body.2.bias", [features]],
    ["body.3.weight", [features]],
    ["body.4.weight", [3 * scale ** 2, features, 3, 3]],
    ["body.4.bias", [3 * scale ** 2]],
  ];
  const header: Record<string, unknown> = {};
  const numbers: number[] = [];
  let state = seed;
  for (const [name, shape] of shapes) {
    const from = numbers.length * 4;
    const count = shape.reduce((product, edge) => product * edge, 1);
    for (let i = 0; i < count; i += 1) {
      // Lehmer's generator, modulus 2^31 − 1.
      state = (state * 48_271) % 2_147_483_647;
      numbers.push(Math.fround((state / 2_147_483_647 - 0.5) / 8));
    }
    header[name] = { dtype: "F32", shape, data_offsets: [from, numbers.length * 4] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.from(Float32Array.from(numbers).buffer)]);
}
