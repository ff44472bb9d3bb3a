import { photoUrl, previewUrl, thumbnailUrl } from "../../src-preload/contract/media.ts";
import type { Box } from "../../src-preload/contract/photos.ts";
import { type Problem, problemSchema } from "../../src-preload/contract/problem.ts";
import { BitmapCache, type Picture, type Want } from "./bitmap-cache.ts";
import type { CanvasSpace } from "./colour-space.ts";
import type { DecodeAnswer, DecodeRequest } from "./decode-protocol.ts";

/** Colours of every canvas that photos are drawn on: the widest that this screen shows. */
export const canvasSpace: CanvasSpace = matchMedia("(color-gamut: p3)").matches
  ? "display-p3"
  : "srgb";

/** Decoded pixels of all large views together: seven photos of 24 megapixels. */
const maxBytes = 700 * 1024 * 1024;

class PictureError extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.happened.en);
    this.problem = problem;
  }
}

const unreadable: Problem = {
  code: "picture-unreadable",
  happened: { en: "This photo can't be shown.", ko: "이 사진을 표시할 수 없습니다." },
  todo: {
    en: "Its file may be damaged. Read the folder again after mending or replacing it.",
    ko: "파일이 손상되었을 수 있습니다. 파일을 고치거나 바꾼 뒤 폴더를 다시 읽으세요.",
  },
};

/** What the host said when it refused an address, if it is a problem in words. */
function problemIn(refusal: string): Problem {
  try {
    return problemSchema.parse(JSON.parse(refusal));
  } catch {
    return unreadable;
  }
}

function addressOf({ picture, level }: Want): string {
  const relative = {
    thumbnail: () => thumbnailUrl(picture, 256),
    preview: () => previewUrl(picture),
    photo: () => photoUrl(picture),
  }[level]();
  return new URL(relative, document.baseURI).href;
}

interface Waiting {
  readonly resolve: (bitmap: ImageBitmap) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Decodes in a worker, so that neither reading nor converting colours ever holds up a frame. An aborted decode is over
 * when the worker says so: what can't be stopped still takes a core, and the cache should know.
 */
function createDecoder(): (url: string, signal: AbortSignal, part?: Box) => Promise<ImageBitmap> {
  const worker = new Worker(new URL("./decode-worker.ts", import.meta.url), { type: "module" });
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  worker.addEventListener("message", ({ data }: MessageEvent<DecodeAnswer>) => {
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (asked === undefined) data.bitmap?.close();
    else if (data.bitmap !== undefined) asked.resolve(data.bitmap);
    else {
      const { refusal } = data;
      asked.reject(new PictureError(refusal === undefined ? unreadable : problemIn(refusal)));
    }
  });
  const send = (request: DecodeRequest): void => worker.postMessage(request);
  return (url, signal, part) =>
    new Promise((resolve, reject) => {
      lastId += 1;
      const id = lastId;
      waiting.set(id, { resolve, reject });
      signal.addEventListener("abort", () => send({ kind: "abort", id }), { once: true });
      const which = part === undefined ? {} : { part };
      send({ kind: "decode", id, url, space: canvasSpace, ...which });
    });
}

const decode = createDecoder();

/** Decodes any picture of the host, in the colours of the canvas. @param address relative to the page */
export function decodeAddress(address: string, signal: AbortSignal): Promise<ImageBitmap> {
  return decode(new URL(address, document.baseURI).href, signal);
}

/** Decodes a part of a photo, in shares of it upright, as sharp as it is. Nothing is kept. */
export function decodePart(picture: Picture, part: Box, signal: AbortSignal): Promise<ImageBitmap> {
  const whole: Want = { picture, level: "photo" };
  const want: Want = pictures.fits(whole) ? whole : { picture, level: "preview" };
  return decode(addressOf(want), signal, part);
}

/** A photo that is on the screen for so long is looked at: what comes next is worth a decode. */
const quietMs = 50;

/** The decoded pictures of this window: loupe, compare and survey share them. */
export const pictures: BitmapCache<ImageBitmap> = new BitmapCache({
  decode: (want, signal) => decode(addressOf(want), signal),
  problemOf: (error) => (error instanceof PictureError ? error.problem : unreadable),
  maxBytes,
  whenQuiet: (run) => {
    const timer = setTimeout(run, quietMs);
    return () => clearTimeout(timer);
  },
});
