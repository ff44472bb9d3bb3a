import { readdir, realpath, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { isCode } from "./safe-move.ts";

/** Answers with the top folder of the volume that holds `path`. A port: tests name a folder a volume. */
export type FindVolumeRoot = (path: string) => Promise<string>;

/**
 * The top folder of the volume that `path` is on (its mount point, its drive). What doesn't exist yet is on the
 * volume of its nearest parent that does. Links are resolved first. Works by the device number, which changes where
 * a volume begins on every system that Node runs on.
 */
export async function volumeRoot(path: string): Promise<string> {
  let place = await nearestReal(path);
  const { dev } = await stat(place, { bigint: true });
  while (dirname(place) !== place) {
    const parent = dirname(place);
    if ((await stat(parent, { bigint: true })).dev !== dev) break;
    place = parent;
  }
  return place;
}

/**
 * The top folder of the camera card that `path` is on, or null when it is on no card. A card is a volume with a DCIM
 * folder at its top: the Design rule for Camera File system (DCF 2.0, JEITA CP-3461B) demands one of every camera.
 */
export async function cardHolding(
  path: string,
  findRoot: FindVolumeRoot = volumeRoot,
): Promise<string | null> {
  const root = await findRoot(path);
  try {
    const entries = await readdir(root, { withFileTypes: true });
    const isCard = entries.some(
      (entry) => entry.isDirectory() && entry.name.toUpperCase() === "DCIM",
    );
    return isCard ? root : null;
  } catch (error) {
    if (isCode(error, "EACCES", "EPERM")) return null;
    throw error;
  }
}

async function nearestReal(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    if (!isCode(error, "ENOENT", "ENOTDIR") || dirname(path) === path) throw error;
    return nearestReal(dirname(path));
  }
}
