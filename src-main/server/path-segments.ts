/** Separators of any system, and control characters, NUL among them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused here.
const forbidden = /[/\\\u0000-\u001f\u007f]/;

/**
 * The parts of a URL's path, each decoded exactly once, or null when any part could mean another place than a plain
 * name inside its parent: empty, '.', '..', a separator or control character however it was encoded, or an encoding
 * that is none.
 * @param pathname begins with '/'; "/" has no parts
 */
export function pathSegments(pathname: string): string[] | null {
  if (!pathname.startsWith("/")) return null;
  if (pathname === "/") return [];
  const segments: string[] = [];
  for (const part of pathname.slice(1).split("/")) {
    const segment = decoded(part);
    if (segment === null || segment === "" || segment === "." || segment === "..") return null;
    if (forbidden.test(segment)) return null;
    segments.push(segment);
  }
  return segments;
}

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    // Not UTF-8, or a '%' without two digits.
    return null;
  }
}
