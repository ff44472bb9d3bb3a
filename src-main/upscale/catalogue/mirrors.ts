import { mirrorsUnreadable } from "./problems.ts";

/** Turns an address of the manifest into the one that is asked. */
export type Mirrors = (url: string) => string;

/**
 * Reads KILN_MODEL_MIRRORS: pairs `FROM=TO` of address beginnings, with spaces between. A company's mirror of npm:
 * `https://registry.npmjs.org=https://mirror.example/npm`. The first that fits is used.
 *
 * @throws KilnError `model-mirrors` where a part is no such pair
 */
export function readMirrors(text: string | undefined): Mirrors {
  const pairs = (text ?? "")
    .split(/\s+/)
    .filter((part) => part !== "")
    .map((part) => {
      const middle = part.search(/=https?:\/\//);
      const pair = [part.slice(0, middle), part.slice(middle + 1)] as const;
      if (middle < 0 || !pair.every((url) => URL.canParse(url))) throw mirrorsUnreadable(part);
      return pair;
    });
  return (url) => {
    const pair = pairs.find(([from]) => url.startsWith(from));
    return pair === undefined ? url : pair[1] + url.slice(pair[0].length);
  };
}
