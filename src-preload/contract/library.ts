import { z } from "zod";
import { idSchema } from "./photos.ts";
import { localizedSchema } from "./problem.ts";

/** A folder (or a handful of files in it) that was dropped into the library. */
export const rootSchema = z.object({
  id: idSchema,
  name: z.string(),
  /** Shown to the person; no procedure accepts it. */
  path: z.string(),
  /** `referenced`: read in place; `copied`: the library holds copies; `sample`: the sample project. */
  kind: z.enum(["referenced", "copied", "sample"]),
  /** `missing`: the folder can't be read now (drive unplugged, folder removed). */
  state: z.enum(["ready", "missing"]),
  photoCount: z.int(),
  /** Milliseconds since the epoch. */
  openedAt: z.number(),
  /** Folders below it that the last reading could not open. */
  unreadFolders: z.array(z.object({ path: z.string(), reason: localizedSchema })),
});
export type Root = z.infer<typeof rootSchema>;

/** An entry of the browser host's own folder list. */
export const folderEntrySchema = z.object({
  token: z.string(),
  name: z.string(),
  /** Photos directly inside, counted up to 999. */
  photoCount: z.int(),
});

export const folderListingSchema = z.object({
  token: z.string(),
  path: z.string(),
  parent: z.string().nullable(),
  folders: z.array(folderEntrySchema),
  /** All that are directly inside. */
  photoCount: z.int(),
  writable: z.boolean(),
});
export type FolderListing = z.infer<typeof folderListingSchema>;
