import type { Metadata, Sharp as Pipeline } from "sharp";
import { KilnError } from "../../errors.ts";
import { type SidecarValues, updateSidecar } from "../../xmp/index.ts";
import { type Frame, fitInside, openImage, readMetadata } from "./decode.ts";
import { embeddedThumbnail } from "./embedded-thumbnail.ts";
import { writeWhole } from "./output.ts";
import type { ExportTarget, RenderTarget, ThumbnailTarget, WrittenImage } from "./protocol.ts";
import type { Sharp } from "./sharp.ts";
import type { PhotoSource } from "./source.ts";
import { changeExif } from "./upscale/exif-block.ts";
import { exifSlot, fillExifSlot, MAX_EXIF_BYTES } from "./upscale/exif-slot.ts";
import { photoMetadata } from "./upscale/metadata.ts";
import { changeXmp } from "./upscale/xmp-packet.ts";

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
 * A JPEG for other people: upright, in its own colours, with what the photo says of itself (EXIF with its maker notes,
 * XMP, IPTC) whatever format it has. Strict: a damaged photo fails rather than leaving half a picture with somebody.
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
  const decoded = await pipeline.metadata();
  // Asked of the whole file: the head that was read for a JPEG may end before its XMP. A decoded HEIC says nothing.
  const whole = source.format === "heic" ? metadata : decoded;
  const said = await photoMetadata(sharp, source, whole, { colours: 3, isConverted: false });
  const isRgb = metadata.space === "srgb";
  if (isRgb) sized.keepIccProfile();
  else sized.toColourspace("srgb");
  // IPTC goes along with everything else or not at all; a profile of other colours must not.
  if (isRgb && said.iptc !== null) sized.keepMetadata();
  const exif = said.exif && exifOf(said.exif, { width: 0, height: 0 });
  const slot = exif && exifSlot(exif.length);
  if (slot !== null) sized.withExif(slot.fields);
  const xmp = xmpOf(said.xmp, sizeOf(decoded, edge, rotation), marks);
  if (xmp === null) sized.keepXmp();
  else sized.withXmp(xmp);
  const written = await save(onWhite(sized).jpeg({ quality }), file);
  const exact = said.exif && exifOf(said.exif, written);
  if (slot !== null && exact !== null) await fillExifSlot(file, slot, exact);
  return written;
}

interface Size {
  readonly width: number;
  readonly height: number;
}

/** True of upright pixels of this size; null for a block that is broken, or longer than a JPEG takes. */
function exifOf(original: Buffer, size: Size): Buffer | null {
  const exif = changeExif(original, { ...size, density: null, keepGps: true });
  return exif !== null && exif.length <= MAX_EXIF_BYTES ? exif : null;
}

function sizeOf({ autoOrient }: Metadata, edge: number | null, rotation: number): Size {
  const { width, height } = autoOrient;
  const scale = edge === null ? 1 : Math.min(1, edge / Math.max(width, height));
  const [across, down] = [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  const size = { width: across ?? width, height: down ?? height };
  return rotation % 180 === 0 ? size : { width: size.height, height: size.width };
}

/** The photo's XMP, true of the exported pixels, with these marks; null to leave it as it is. */
function xmpOf(original: Buffer | null, size: Size, marks: SidecarValues): string | null {
  const upright = original && changeXmp(original, { ...size, keepGps: true });
  return marked(upright === null ? original : Buffer.from(upright), marks) ?? upright;
}

/** XMP with these marks; null where there is nothing to say, or for XMP that can't be changed. */
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
