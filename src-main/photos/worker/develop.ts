import type { FaceWindow } from "../../inference/index.ts";
import { analyseFrame, describeLook } from "../best-cut/index.ts";
import { everywhere, glance, near } from "../faces/windows.ts";
import { decodeFrame, type Frame, openImage, readMetadata, shrinkFrame } from "./decode.ts";
import { lumaOf } from "./luma.ts";
import { decodeMeasured } from "./measured-frame.ts";
import type { Developed, FaceSearch, ImageWorkerMethods } from "./protocol.ts";
import { saveFrame } from "./rendition.ts";
import type { Sharp } from "./sharp.ts";
import type { PhotoSource } from "./source.ts";

/** Long edge of the small frame that faces are searched in: the detector's windows need no more of a 3:2 photo. */
const OVERVIEW_EDGE = 540;

/** Decodes a photo once and makes of it what culling needs. */
export async function develop(
  sharp: Sharp,
  source: PhotoSource,
  { thumbnail, measure }: Omit<ImageWorkerMethods["develop"]["input"], "path">,
  signal: AbortSignal,
): Promise<Developed> {
  const metadata = await readMetadata(sharp, source);
  const image = await openImage(sharp, source, metadata, "strict");
  signal.throwIfAborted();
  const frame = await (measure === null
    ? decodeFrame(image, thumbnail.edge)
    : decodeMeasured(image, metadata));
  signal.throwIfAborted();
  const isSearched = typeof measure?.faces === "string";
  const overview = isSearched ? await shrinkFrame(sharp, frame, OVERVIEW_EDGE) : frame;
  const written = await saveFrame(sharp, overview, thumbnail);
  if (measure === null) return { thumbnail: written, measured: null };
  signal.throwIfAborted();
  const luma = lumaOf(frame);
  return {
    thumbnail: written,
    measured: {
      ...analyseFrame(luma),
      look: describeLook(luma),
      faceWindows: measure.faces === null ? null : faceWindows(overview, measure.faces),
    },
  };
}

function faceWindows(frame: Frame, search: FaceSearch): FaceWindow[] {
  if (search === "everywhere") return everywhere(frame);
  return search === "glance" ? glance(frame) : near(frame, search);
}
