import { describeLook, measureFrame } from "../best-cut/index.ts";
import { decodeFrame, openImage, readMetadata } from "./decode.ts";
import { lumaOf } from "./luma.ts";
import type { Developed, ThumbnailTarget } from "./protocol.ts";
import { saveFrame } from "./rendition.ts";
import type { Sharp } from "./sharp.ts";
import type { PhotoSource } from "./source.ts";

/** Long edge of what is measured, in pixels: a quarter of 24 MP, which libjpeg scales to while it decodes. */
const MEASURED_EDGE = 1500;

/** Decodes a photo once and makes of it what culling needs. */
export async function develop(
  sharp: Sharp,
  source: PhotoSource,
  { thumbnail, measure }: { thumbnail: ThumbnailTarget; measure: boolean },
  signal: AbortSignal,
): Promise<Developed> {
  const metadata = await readMetadata(sharp, source);
  const image = await openImage(sharp, source, metadata, "strict");
  signal.throwIfAborted();
  const frame = await decodeFrame(image, measure ? MEASURED_EDGE : thumbnail.edge);
  signal.throwIfAborted();
  const written = await saveFrame(sharp, frame, thumbnail);
  if (!measure) return { thumbnail: written, measured: null };
  signal.throwIfAborted();
  const luma = lumaOf(frame);
  return {
    thumbnail: written,
    measured: { measures: measureFrame(luma), look: describeLook(luma) },
  };
}
