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
 * Names of a photo's sidecars. One that is spelled as the photo is comes first; one in other letter case is the photo's
 * only where no other photo of the folder could mean it: `A.JPG` and `a.jpg` are two photos on many disks.
 *
 * @param fileNames of the photo's RAW, JPEG and HEIC files, the primary first
 * @param present names of every sidecar in the folder
 * @param ownsBaseName whether `NAME.xmp` is this photo's: only one photo of a base name has it
 * @param others names of the files of all other photos of the folder; asked only where letter case leaves a doubt
 */
export function sidecarNames(
  fileNames: readonly string[],
  present: readonly string[],
  ownsBaseName: boolean,
  others: () => readonly string[],
): SidecarNames {
  const byKey = Map.groupBy(present, sameNameKey);
  /** The sidecar after a file or a base name; what others are called, to know whom one in other case belongs to. */
  const there = (stem: string, called: (name: string) => string): string | undefined => {
    const key = sameNameKey(stem);
    const found = byKey.get(sameNameKey(`${stem}.xmp`)) ?? [];
    const own = found.filter((name) => parse(name).name === stem);
    const [first] = own.length > 0 ? own : found;
    if (first === undefined || own.length > 0) return own.find(isPlain) ?? first;
    const isDoubtful = others().some((name) => {
      const other = called(name);
      return other !== stem && sameNameKey(other) === key;
    });
    return isDoubtful ? undefined : first;
  };
  const base = parse(fileNames[0] ?? "").name;
  return {
    shared: ownsBaseName ? (there(base, (name) => parse(name).name) ?? `${base}.xmp`) : null,
    darktable: fileNames.flatMap((name) => there(name, (other) => other) ?? []),
  };
}

/** Of `A.xmp` and `A.XMP` in one folder, the first is what programs write. */
function isPlain(name: string): boolean {
  return name.endsWith(".xmp");
}
