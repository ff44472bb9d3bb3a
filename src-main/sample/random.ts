import { hash } from "./noise.ts";

/** Draws from [0, 1). */
export type Random = () => number;

/** A small seeded generator, the same numbers on every machine: the hash of a counter. For pictures, not for secrets. */
export function createRandom(seed: number): Random {
  let count = 0;
  return () => {
    count += 1;
    return hash(count, 0, seed);
  };
}

/** A seed of its own for part number `part` of what `seed` makes. */
export function deriveSeed(seed: number, part: number): number {
  return Math.floor(hash(seed, part, 1) * 2 ** 31);
}

export function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random();
}

export function pick<const T>(random: Random, items: readonly [T, ...T[]]): T {
  return items[Math.floor(random() * items.length)] ?? items[0];
}

/** The same items in a drawn order. */
export function shuffle<T>(random: Random, items: readonly T[]): T[] {
  const left = [...items];
  const drawn: T[] = [];
  while (left.length > 0) drawn.push(...left.splice(Math.floor(random() * left.length), 1));
  return drawn;
}
