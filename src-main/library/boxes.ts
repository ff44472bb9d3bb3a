import { z } from "zod";
import { type Box, boxSchema } from "../../src-preload/contract/photos.ts";

const boxesSchema = z.array(boxSchema);

/** A box as columns hold it: JSON of its four numbers. */
export function parseBox(json: string): Box {
  return boxSchema.parse(JSON.parse(json));
}

export function parseBoxes(json: string): Box[] {
  return boxesSchema.parse(JSON.parse(json));
}
