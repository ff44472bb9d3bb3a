import { parse } from "node:path";
import { sameNameKey } from "../library/index.ts";

/** Where sidecars of a photo are, or would be: names in the photo's folder. */
export interface SidecarNames {
  /**
   * `NAME.xmp`, which Lightroom, Capture One and Bridge look for; spelled as it is there. Null when that name serves
   * another photo of the same base name (CR2 and DNG side by side).
   */
  readonly shared: string | null;
  /** darktable's `NAME.EXT.xmp`, only those that are there. */
  readonly darktable: readonly string[];
}

/**
 * Names of a photo's sidecars.
 *
 * @param fileNames of the photo's RAW, JPEG and HEIC files, the primary first
 * @param present names of every sidecar in the folder
 * @param ownsBaseName whether `NAME.xmp` is this photo's: only one photo of a base name has it
 */
export function sidecarNames(
  fileNames: readonly string[],
  present: readonly string[],
  ownsBaseName: boolean,
): SidecarNames {
  const spelled = new Map(present.map((name) => [sameNameKey(name), name]));
  const [primary = ""] = fileNames;
  const shared = `${parse(primary).name}.xmp`;
  return {
    shared: ownsBaseName ? (spelled.get(sameNameKey(shared)) ?? shared) : null,
    darktable: fileNames.flatMap((name) => spelled.get(sameNameKey(`${name}.xmp`)) ?? []),
  };
}
