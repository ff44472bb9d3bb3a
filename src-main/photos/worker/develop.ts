import { analyseFrame, describeLook } from "../best-cut/index.ts";
import { everywhere, glance, near } from "../faces/windows.ts";
import { halveFrame } from "../pixels/index.ts";
import { decodeFrame, openImage, readMetadata, shrinkFrame } from "./decode.ts";
import { decodeMeasured } from "./measured-frame.ts";
import type { Developed, ImageWorkerMethods } from "./protocol.ts";
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
  if (measure === null) {
    const image = await openImage(sharp, source, metadata, "strict");
    signal.throwIfAborted();
    const frame = await decodeFrame(image, thumbnail.edge);
    signal.throwIfAborted();
    return { thumbnail: await saveFrame(sharp, frame, thumbnail), measured: null };
  }
  signal.throwIfAborted();
  const { frame, luma } = await decodeMeasured(sharp, source, metadata);
  signal.throwIfAborted();
  const { faces } = measure;
  // All that reads the frame itself is done before anything is waited for: see MeasuredFrame.
  const measured = { ...analyseFrame(luma), look: describeLook(luma) };
  const known = faces === null || typeof faces === "string" ? null : near(frame, faces);
  const isSearched = typeof faces === "string";
  const isLarge = Math.max(frame.width, frame.height) >= 2 * thumbnail.edge;
  const small =
    isLarge && !isSearched ? halveFrame(frame) : { ...frame, data: Buffer.from(frame.data) };
  signal.throwIfAborted();
  const overview = isSearched ? await shrinkFrame(sharp, small, OVERVIEW_EDGE) : small;
  const written = await saveFrame(sharp, overview, thumbnail);
  const windows =
    faces === "everywhere" ? everywhere(overview) : faces === "glance" ? glance(overview) : known;
  return { thumbnail: written, measured: { ...measured, faceWindows: windows } };
}
