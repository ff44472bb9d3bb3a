/** The image worker's entry: a process of its own that reads photos (see protocol.ts). */
import { generateSample } from "../../sample/index.ts";
import { serveWorker } from "../../workers/index.ts";
import { develop } from "./develop.ts";
import { countHistogram } from "./histogram.ts";
import { probe } from "./probe.ts";
import type { ImageWorkerMethods } from "./protocol.ts";
import { exportJpeg, makeThumbnail, render } from "./rendition.ts";
import { loadSharp } from "./sharp.ts";
import { explainFailure, openSource, type PhotoSource } from "./source.ts";
import { encode, reduce } from "./upscale/encode.ts";
import { pyramid } from "./upscale/pyramid.ts";
import { rasterise } from "./upscale/rasterise.ts";

const sharp = await loadSharp();

serveWorker<ImageWorkerMethods>({
  probe: ({ path }, { signal }) => withPhoto(path, signal, (photo) => probe(sharp, photo)),
  develop: ({ path, ...wanted }, { signal }) =>
    withPhoto(path, signal, (photo) => develop(sharp, photo, wanted, signal)),
  thumbnail: ({ path, ...target }, { signal }) =>
    withPhoto(path, signal, (photo) => makeThumbnail(sharp, photo, target)),
  render: ({ path, ...target }, { signal }) =>
    withPhoto(path, signal, (photo) => render(sharp, photo, target)),
  export: ({ path, ...target }, { signal }) =>
    withPhoto(path, signal, (photo) => exportJpeg(sharp, photo, target)),
  histogram: ({ path }, { signal }) =>
    withPhoto(path, signal, (photo) => countHistogram(sharp, photo)),
  sample: ({ directory, seed }, { signal, progress }) =>
    generateSample(directory, { sharp, seed, signal, onProgress: progress }),
  rasterise: ({ path, ...wanted }, { signal }) =>
    withPhoto(path, signal, (photo) => rasterise(sharp, photo, wanted, signal)),
  reduce: (wanted, { signal }) => reduce(sharp, wanted, signal),
  encode: (wanted, { signal }) => encode(sharp, wanted, signal),
  pyramid: (wanted, ports) => pyramid(sharp, wanted, ports),
});

/** Opens a photo for one call; whatever a decoder throws leaves as a KilnError. */
async function withPhoto<T>(
  path: string,
  signal: AbortSignal,
  use: (photo: PhotoSource) => Promise<T>,
): Promise<T> {
  const photo = await openSource(path);
  try {
    return await use(photo);
  } catch (error) {
    signal.throwIfAborted();
    throw await explainFailure(photo, error);
  }
}
