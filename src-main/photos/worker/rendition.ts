import type { Metadata, Sharp as Pipeline } from "sharp";
import { KilnError } from "../../errors.ts";
import { type SidecarValues, updateSidecar } from "../../xmp/index.ts";
import { type Frame, fitInside, openImage, readMetadata } from "./decode.ts";
import { embeddedThumbnail } from "./embedded-thumbnail.ts";
import { writeWhole } from "./output.ts";
import type { ExportTarget, RenderTarget, ThumbnailTarget, WrittenImage } from "./protocol.ts";
import type { Sharp } from "./sharp.ts";
import type { PhotoSource } from "./source.ts";

const THUMBNAIL_QUALITY = 80;
const RENDER_QUALITY = 90;

/** About what Chromium can still show, and libwebp, which holds all pixels, can encode in some 300 MB. */
const MAX_RENDERED_EDGE = { jpeg: 16_383, webp: 8_191 };

/** What one segment of a JPEG holds beside its name (XMP specification, part 3). */
const MAX_XMP_BYTES = 65_502;

/** A thumbnail from a frame that is decoded already. */
export function saveFrame(
  sharp: Sharp,
  { width, height, data }: Frame,
  target: ThumbnailTarget,
): Promise<WrittenImage> {
  return saveThumbnail(sharp(data, { raw: { width, height, channels: 3 } }), target);
}

/** A thumbnail by the shortest way: what the camera embedded if it will do, else a decode that scales. */
export async function makeThumbnail(
  sharp: Sharp,
  source: PhotoSource,
  target: ThumbnailTarget,
): Promise<WrittenImage> {
  const metadata = await readMetadata(sharp, source);
  const written = await saveEmbedded(sharp, source, metadata, target);
  return written ?? saveThumbnail(await openImage(sharp, source, metadata, "lenient"), target);
}

async function saveEmbedded(
  sharp: Sharp,
  source: PhotoSource,
  metadata: Metadata,
  target: ThumbnailTarget,
): Promise<WrittenImage | null> {
  try {
    const embedded = await embeddedThumbnail(sharp, source, metadata, target.edge);
    return embedded && (await saveThumbnail(embedded, target));
  } catch (error) {
    // A broken thumbnail says nothing about the photo; a cache that can't be written does about the next try.
    if (error instanceof KilnError) throw error;
    return null;
  }
}

/**
 * A picture for Chromium of what it can't show itself. RGB keeps its own profile (a wide 16-bit one becomes Display
 * P3, which 8 bits are enough for); everything else becomes sRGB.
 */
export async function render(
  sharp: Sharp,
  source: PhotoSource,
  target: RenderTarget,
): Promise<WrittenImage> {
  const metadata = await readMetadata(sharp, source);
  const pipeline = await openImage(sharp, source, metadata, "lenient");
  const most = MAX_RENDERED_EDGE[target.format];
  const edge = Math.min(target.edge ?? most, most);
  const sized = fitInside(pipeline, edge);
  const hasProfile = metadata.icc !== undefined;
  if (hasProfile && metadata.space === "srgb") sized.keepIccProfile();
  else if (hasProfile && metadata.space === "rgb16") sized.withIccProfile("p3");
  else sized.toColourspace("srgb");
  const encoded =
    target.format === "webp"
      ? sized.webp({ quality: RENDER_QUALITY, effort: 2 })
      : onWhite(sized).jpeg({
          quality: RENDER_QUALITY,
          chromaSubsampling: "4:4:4",
          // Two passes would hold the whole picture in memory for 3 % of its bytes.
          optimiseCoding: false,
        });
  return save(encoded, target.file);
}

/**
 * A JPEG for other people: upright, in its own colours, with the camera's metadata. Strict: a damaged photo fails
 * rather than leaving half a picture with somebody.
 */
export async function exportJpeg(
  sharp: Sharp,
  source: PhotoSource,
  { file, edge, quality, rotation, marks }: ExportTarget,
): Promise<WrittenImage> {
  const metadata = await readMetadata(sharp, source);
  const pipeline = await openImage(sharp, source, metadata, "strict");
  const sized = edge === null ? pipeline : fitInside(pipeline, edge);
  if (rotation !== 0) sized.rotate(rotation);
  if (metadata.space === "srgb") sized.keepIccProfile();
  else sized.toColourspace("srgb");
  // Asked of the whole file: the head that was read for a JPEG may end before its XMP.
  const xmp = marked((await pipeline.metadata()).xmp ?? null, marks);
  const kept = onWhite(sized).keepExif().keepXmp();
  return save((xmp === null ? kept : kept.withXmp(xmp)).jpeg({ quality }), file);
}

/** The photo's XMP with these marks; null to leave it as it is: nothing to say, or XMP that can't be changed. */
function marked(existing: Buffer | null, marks: SidecarValues): string | null {
  const isSilent = (marks.rating ?? 0) === 0 && (marks.label ?? "") === "";
  if (existing === null && isSilent) return null;
  try {
    const xmp = Buffer.from(updateSidecar(existing, marks, "XMP"));
    return xmp === existing || xmp.length > MAX_XMP_BYTES ? null : xmp.toString("utf8");
  } catch (error) {
    // Of somebody else, and not worth a photo: it goes along as it is.
    if (error instanceof KilnError) return null;
    throw error;
  }
}

function saveThumbnail(pipeline: Pipeline, { file, edge }: ThumbnailTarget): Promise<WrittenImage> {
  const small = onWhite(fitInside(pipeline, edge)).toColourspace("srgb");
  return save(small.jpeg({ quality: THUMBNAIL_QUALITY }), file);
}

function onWhite(pipeline: Pipeline): Pipeline {
  return pipeline.flatten({ background: "white" });
}

async function save(encoded: Pipeline, file: string): Promise<WrittenImage> {
  const { data, info } = await encoded.toBuffer({ resolveWithObject: true });
  await writeWhole(file, data);
  return { width: info.width, height: info.height, bytes: data.length };
}
