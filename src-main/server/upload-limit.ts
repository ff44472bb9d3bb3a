import { KilnError } from "../errors.ts";

/** Largest file that a page may send: no photo is near it. */
const longestUploadBytes = 8 * 1024 ** 3;

/**
 * The same stream, failing as soon as it has brought more than `limit` bytes; a length that was announced is
 * believed at once.
 * @throws KilnError `upload-too-large`
 */
export function limitBytes(
  body: ReadableStream<Uint8Array> | null,
  announced: string | null,
  limit = longestUploadBytes,
): ReadableStream<Uint8Array> {
  if (Number(announced ?? 0) > limit) throw tooLarge(limit);
  let seen = 0;
  const counter = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      seen += chunk.byteLength;
      if (seen > limit) controller.error(tooLarge(limit));
      else controller.enqueue(chunk);
    },
  });
  return (body ?? nothing()).pipeThrough(counter);
}

function nothing(): ReadableStream<Uint8Array> {
  return new ReadableStream({ start: (controller) => controller.close() });
}

function tooLarge(limit: number): KilnError {
  const gigabytes = Math.round(limit / 1024 ** 3);
  return new KilnError(
    "upload-too-large",
    {
      en: `This file is larger than ${gigabytes} GB.`,
      ko: `파일이 ${gigabytes}GB보다 큽니다.`,
    },
    { en: "Leave it out and drop the rest.", ko: "이 파일을 빼고 다시 끌어다 놓으세요." },
  );
}
