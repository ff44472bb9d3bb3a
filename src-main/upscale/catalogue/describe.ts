import type { Model } from "../../../src-preload/contract/models.ts";
import { bytesOf, hostOf } from "./fetch-source.ts";
import { type ListedModel, memberSource } from "./manifest.ts";
import type { Mirrors } from "./mirrors.ts";
import type { ModelRecord } from "./model-folder.ts";

/**
 * A model of the manifest, as windows see it.
 * @param facts.record what the library has of it. @param facts.jobId the job that fetches it now
 * @param facts.isKept its files have arrived already. @param facts.wanted models that are not at hand
 */
export function describeListed(
  model: ListedModel,
  facts: {
    readonly record: ModelRecord | undefined;
    readonly mirrors: Mirrors;
    readonly jobId: number | null;
    readonly isKept: boolean;
    readonly wanted: readonly ListedModel[];
  },
): Model {
  const { record, mirrors, jobId, isKept, wanted } = facts;
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
    digest: shipped?.sha256 ?? record?.onnx.sha256 ?? null,
    isKept: isKept && shipped === null && record === undefined,
    isVerified: shipped !== null || (record?.isVerified ?? false),
    cameFrom: record?.cameFrom ?? null,
    sources: sources.map((source) => ({
      name: source.name,
      host: hostOf(source, mirrors),
      bytes: bytesOf(source),
      isVerified: source.files.every(({ sha256 }) => sha256 !== null),
      brings: wanted
        .filter((other) => other.id !== id && memberSource(other, source) !== null)
        .map((other) => other.id),
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
    digest: onnx.sha256,
    isKept: false,
    isVerified,
    cameFrom,
    sources: [],
    denoisesWith: null,
    jobId: null,
  };
}
