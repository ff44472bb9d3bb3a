import type { Model } from "../../../src-preload/contract/models.ts";
import { bytesOf, hostOf } from "./fetch-source.ts";
import type { ListedModel } from "./manifest.ts";
import type { Mirrors } from "./mirrors.ts";
import type { ModelRecord } from "./model-folder.ts";

/**
 * A model of the manifest, as windows see it.
 * @param record what the library has of it. @param jobId the job that fetches it now
 */
export function describeListed(
  model: ListedModel,
  record: ModelRecord | undefined,
  mirrors: Mirrors,
  jobId: number | null,
): Model {
  const { id, name, role, architecture, scale, licence, denoisesWith, sources, shipped } = model;
  const [first] = sources;
  if (first === undefined) throw new Error("A model without sources passed the manifest's check.");
  return {
    id,
    name,
    role,
    origin: shipped === null ? "fetched" : "shipped",
    isAtHand: shipped !== null || record !== undefined,
    architecture,
    scale,
    licence,
    bytes: shipped?.bytes ?? record?.onnx.bytes ?? bytesOf(first),
    isVerified: shipped !== null || (record?.isVerified ?? false),
    cameFrom: record?.cameFrom ?? null,
    sources: sources.map((source) => ({
      name: source.name,
      host: hostOf(source, mirrors),
      bytes: bytesOf(source),
      isVerified: source.files.every(({ sha256 }) => sha256 !== null),
    })),
    denoisesWith,
    jobId,
  };
}

/** A model that the person added. */
export function describeAdded(record: ModelRecord): Model {
  const { id, name, origin, network, licence, onnx, isVerified, cameFrom } = record;
  return {
    id,
    name,
    role: null,
    origin,
    isAtHand: true,
    architecture: network.architecture,
    scale: network.scale,
    licence,
    bytes: onnx.bytes,
    isVerified,
    cameFrom,
    sources: [],
    denoisesWith: null,
    jobId: null,
  };
}
