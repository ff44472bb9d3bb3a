/**
 * A network as the short list of steps that all of Kiln's formats and architectures come down to.
 *
 * Values are numbered: 0 is the input, RGB in 0..1, and step i gives value i + 1; the last one is the output.
 */
export type Layer =
  /** Square kernel of odd size, stride 1, zeros around, with bias; tensors are `${key}.weight` and `${key}.bias`. */
  | { readonly op: "conv"; readonly from: number; readonly key: string }
  /** A slope a channel for what is negative, in `${key}.weight`. */
  | { readonly op: "prelu"; readonly from: number; readonly key: string }
  /** One slope for what is negative; 0 is ReLU. */
  | { readonly op: "leaky"; readonly from: number; readonly slope: number }
  | { readonly op: "add"; readonly from: readonly [number, number] }
  | { readonly op: "scale"; readonly from: number; readonly by: number }
  /** Along the channels. */
  | { readonly op: "concat"; readonly from: readonly number[] }
  /** Each pixel becomes `by` × `by` of it. */
  | { readonly op: "nearest"; readonly from: number; readonly by: number }
  /** by² channels become `by` × `by` pixels, in PyTorch's order (pixel_shuffle). */
  | { readonly op: "shuffle"; readonly from: number; readonly by: number }
  /** `by` × `by` pixels become by² channels, in PyTorch's order (pixel_unshuffle). Stands at the input only. */
  | { readonly op: "unshuffle"; readonly from: number; readonly by: number };

/** The values that a layer takes in. */
export function inputsOf(layer: Layer): readonly number[] {
  return typeof layer.from === "number" ? [layer.from] : layer.from;
}

/** Lays layers one after another. Every method gives the number of the value that it makes. */
export class LayerList {
  readonly layers: Layer[] = [];

  push(layer: Layer): number {
    return this.layers.push(layer);
  }

  conv(from: number, key: string): number {
    return this.push({ op: "conv", from, key });
  }

  leaky(from: number, slope: number): number {
    return this.push({ op: "leaky", from, slope });
  }

  /** a + by · b */
  addScaled(a: number, b: number, by: number): number {
    return this.push({ op: "add", from: [a, this.push({ op: "scale", from: b, by })] });
  }
}

/** The first and the last pixel of a row. */
type Span = readonly [first: number, last: number];

/**
 * The farthest input pixel that an output pixel depends on, counted along a row from the input pixel under it.
 *
 * Follows single output pixels back to the input: to what lies under a kernel, to the pixel that was enlarged, to the
 * whole block that was folded into channels. Every place that an output pixel can have within a block counts.
 *
 * @param scale output pixels an input pixel
 * @param multiple of the input's edges
 * @param kernel edge of the kernel of the convolution with this key
 */
export function receptiveRadius(
  layers: readonly Layer[],
  { scale, multiple }: { readonly scale: number; readonly multiple: number },
  kernel: (key: string) => number,
): number {
  let radius = 0;
  for (let pixel = 0; pixel < scale * multiple; pixel += 1) {
    const [first, last] = seenBy(pixel, layers, kernel);
    const under = Math.floor(pixel / scale);
    radius = Math.max(radius, under - first, last - under);
  }
  return radius;
}

function seenBy(pixel: number, layers: readonly Layer[], kernel: (key: string) => number): Span {
  const spans: (Span | undefined)[] = [];
  spans[layers.length] = [pixel, pixel];
  for (let i = layers.length - 1; i >= 0; i -= 1) {
    const layer = layers[i];
    const behind = spans[i + 1];
    // Nothing that the output needs.
    if (layer === undefined || behind === undefined) continue;
    const [first, last] = spanBefore(layer, behind, kernel);
    for (const from of inputsOf(layer)) {
      const known = spans[from] ?? [first, last];
      spans[from] = [Math.min(known[0], first), Math.max(known[1], last)];
    }
  }
  return spans[0] ?? [pixel, pixel];
}

function spanBefore(layer: Layer, [first, last]: Span, kernel: (key: string) => number): Span {
  if (layer.op === "conv") {
    const around = (kernel(layer.key) - 1) / 2;
    return [first - around, last + around];
  }
  if (layer.op === "nearest" || layer.op === "shuffle") {
    return [Math.floor(first / layer.by), Math.floor(last / layer.by)];
  }
  if (layer.op === "unshuffle") return [first * layer.by, last * layer.by + layer.by - 1];
  return [first, last];
}

/**
 * Floating-point operations an input pixel, of the convolutions: all else is less than a hundredth of them.
 *
 * @param numbers how many there are in the weights of the convolution with this key
 */
export function flopsOf(layers: readonly Layer[], numbers: (key: string) => number): number {
  /** Pixels of each value, an input pixel. */
  const density = [1];
  let flops = 0;
  for (const layer of layers) {
    const pixels = density[inputsOf(layer)[0] ?? 0] ?? 1;
    if (layer.op === "conv") flops += 2 * numbers(layer.key) * pixels;
    if (layer.op === "nearest" || layer.op === "shuffle") density.push(pixels * layer.by ** 2);
    else if (layer.op === "unshuffle") density.push(pixels / layer.by ** 2);
    else density.push(pixels);
  }
  return flops;
}

/**
 * Whether two lists compute the same, whatever the order and the names of their values: every value is reduced to what
 * it is computed from (hash-consing). Convolutions and PReLUs are told apart by where they first stand in their list.
 */
export function areSame(some: readonly Layer[], others: readonly Layer[]): boolean {
  const known = new Map<string, number>();
  return reduced(some, known) === reduced(others, known);
}

function reduced(layers: readonly Layer[], known: Map<string, number>): number {
  const identify = (what: string): number => {
    const id = known.get(what) ?? known.size;
    known.set(what, id);
    return id;
  };
  const ids = [identify("input")];
  /** Parts of a concatenation, by its id: concatenations of concatenations are one. */
  const parts = new Map<number, readonly number[]>();
  const order = new Map<string, number>();
  for (const layer of layers) {
    const from = inputsOf(layer).map((value) => ids[value] ?? -1);
    ids.push(reducedLayer(layer, from, { identify, parts, order }));
  }
  return ids.at(-1) ?? -1;
}

/** A concatenation of more values is in no architecture: RRDBNet's longest has five. */
const MAX_PARTS = 64;
const NOTHING_KNOWN = -1;

interface Reduction {
  identify(what: string): number;
  readonly parts: Map<number, readonly number[]>;
  readonly order: Map<string, number>;
}

function reducedLayer(layer: Layer, from: readonly number[], to: Reduction): number {
  const [first = -1] = from;
  switch (layer.op) {
    case "conv":
    case "prelu": {
      const place = to.order.get(layer.key) ?? to.order.size;
      to.order.set(layer.key, place);
      return to.identify(`${layer.op} ${place} ${first}`);
    }
    case "leaky":
      return to.identify(`leaky ${Math.fround(layer.slope)} ${first}`);
    case "add":
      return to.identify(`add ${[...from].sort((a, b) => a - b)}`);
    case "scale":
      return layer.by === 1 ? first : to.identify(`scale ${Math.fround(layer.by)} ${first}`);
    case "concat": {
      // Concatenations of concatenations, each of twice the last, would make much of little.
      if (from.length > MAX_PARTS) return NOTHING_KNOWN;
      const flat = from.flatMap((value) => to.parts.get(value) ?? [value]);
      // Exporters write concatenations of a single value, too.
      if (flat.length === 1) return first;
      if (flat.length > MAX_PARTS) return NOTHING_KNOWN;
      const id = to.identify(`concat ${flat}`);
      to.parts.set(id, flat);
      return id;
    }
    default:
      return layer.by === 1 ? first : to.identify(`${layer.op} ${layer.by} ${first}`);
  }
}
