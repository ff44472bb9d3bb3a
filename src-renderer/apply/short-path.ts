/** A path as seen from a folder: without the folder where it lies inside it, else as it is. Either kind of separator. */
export function shortPath(path: string, folder: string): string {
  const base = folder.replace(/[/\\]+$/, "");
  const next = path[base.length];
  return path.startsWith(base) && (next === "/" || next === "\\")
    ? path.slice(base.length + 1)
    : path;
}

/** A path in two: the folders with their last separator, and the name. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const at = Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1;
  return { folder: path.slice(0, at), name: path.slice(at) };
}
