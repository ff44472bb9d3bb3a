import { resolve } from "node:path";
import type { Model, ModelsAdded } from "../../src-preload/contract/models.ts";
import type { Localized, Problem } from "../../src-preload/contract/problem.ts";
import { modelUnknown } from "../upscale/index.ts";
import { UsageError } from "./arguments.ts";
import type { KilnConnection } from "./client.ts";
import { aboutFile, printableLine } from "./terminal.ts";

type Language = keyof Localized;

/** What a subcommand found out, or why there is nothing to say. */
export type ModelsResult =
  | {
      readonly json:
        | { readonly models: readonly Model[] }
        | { readonly model: Model }
        | { readonly removed: Model }
        | ModelsAdded;
      readonly text: string;
      /** Nothing of what was asked for came about. */
      readonly isFailure: boolean;
    }
  | { readonly problem: Problem };

const subcommands = ["list", "add", "fetch", "remove"] as const;

export interface ModelsRequest {
  readonly subcommand: (typeof subcommands)[number];
  readonly values: readonly string[];
}

/** @throws UsageError for a subcommand that there isn't, too few arguments or too many */
export function parseModels([name, ...values]: readonly string[]): ModelsRequest {
  const subcommand = subcommands.find((each) => each === name);
  if (subcommand === undefined) {
    throw new UsageError({
      en: `Say what to do: ${subcommands.join(", ")}.`,
      ko: `할 일을 적으세요: ${subcommands.join(", ")}.`,
    });
  }
  const isEnough = {
    list: values.length === 0,
    add: values.length > 0,
    fetch: values.length === 1,
    remove: values.length === 1,
  };
  if (isEnough[subcommand]) return { subcommand, values };
  const wanted = { list: "", add: "FILE…", fetch: "ID", remove: "ID" }[subcommand];
  throw new UsageError({
    en: `It is kiln models ${subcommand} ${wanted}`.trimEnd(),
    ko: `올바른 형식: kiln models ${subcommand} ${wanted}`.trimEnd(),
  });
}

/**
 * @param wait follows a job to its end; throws where that is a bad one
 * @throws KilnError `model-unknown`
 */
export async function runModels(
  { subcommand, values }: ModelsRequest,
  connection: KilnConnection,
  language: Language,
  wait: (jobId: number) => Promise<void>,
): Promise<ModelsResult> {
  const { client } = connection;
  if (subcommand === "add") return addModels(connection, values, language);
  const models = await client.models.list();
  if (subcommand === "list") {
    const text = models.map((model) => line(model, language)).join("\n");
    return { json: { models }, text, isFailure: false };
  }
  const [id = ""] = values;
  const model = models.find((each) => each.id === id);
  if (model === undefined) throw modelUnknown(id);
  if (subcommand === "remove") {
    await client.models.remove({ id });
    const text = `${model.id}  ${removed[language]}`;
    return { json: { removed: model }, text, isFailure: false };
  }
  const { jobId } = await client.models.fetch({ id });
  if (jobId !== null) await wait(jobId);
  const fetched = (await client.models.list()).find((each) => each.id === id);
  if (fetched === undefined) throw new Error(`“${id}” was fetched and is not on the list.`);
  return { json: { model: fetched }, text: line(fetched, language), isFailure: false };
}

async function addModels(
  { client, token }: KilnConnection,
  files: readonly string[],
  language: Language,
): Promise<ModelsResult> {
  const report = await client.models.add({
    token: await token(files.map((path) => resolve(path))),
  });
  const { added, known, refused } = report;
  if (added.length + known.length + refused.length === 0) return { problem: nothingToAdd };
  const lines = [
    ...added.map((model) => line(model, language)),
    ...known.map(({ file, model }) => `${printableLine(file)}  ${isKnown(model)[language]}`),
    ...refused.map(({ file, problem: { happened, todo } }) =>
      aboutFile(file, `${happened[language]} ${todo[language]}`),
    ),
  ];
  const isFailure = added.length + known.length === 0;
  return { json: report, text: lines.join("\n"), isFailure };
}

function isKnown({ id, name }: Model): Localized {
  return {
    en: `is ${id} (${name}), which is there already.`,
    ko: `${id}(${name}) 모델이며 이미 있습니다.`,
  };
}

function line(model: Model, language: Language): string {
  const { id, name, scale, licence, bytes, isAtHand } = model;
  const about = [
    `×${scale}`,
    isAtHand && bytes !== null ? megabytes(bytes) : "",
    licence ?? "",
    state(model)[language],
  ].filter((word) => word !== "");
  const lines = [`${id}  ${printableLine(name)}  (${about.join(", ")})`];
  if (model.role !== null) lines.push(model.role[language]);
  if (!isAtHand && !model.isKept) lines.push(cameFrom(model)[language]);
  return lines.join("\n    ");
}

/** What fetching a model downloads, and from where. */
function cameFrom({ sources }: Model): Localized {
  const said = (language: Language): string[] =>
    sources.map(({ host, bytes, brings }) => {
      const more = { en: `brings ${brings.join(", ")} along`, ko: `${brings.join(", ")} 포함` };
      const facts = [
        bytes === null ? "" : megabytes(bytes),
        brings.length === 0 ? "" : more[language],
      ].filter((fact) => fact !== "");
      return facts.length === 0 ? host : `${host} (${facts.join(", ")})`;
    });
  return {
    en: `from ${said("en").join(", else ")}`,
    ko: `받는 곳: ${said("ko").join(", 안 되면 ")}`,
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
}

function state({ isAtHand, isKept, isVerified, origin, jobId }: Model): Localized {
  if (jobId !== null) return { en: "being fetched", ko: "받는 중" };
  if (isKept) return { en: "to be fetched, nothing to download", ko: "받아야 함, 내려받기 없음" };
  if (!isAtHand) return { en: "to be fetched", ko: "받아야 함" };
  if (origin === "shipped") return { en: "comes with Kiln", ko: "Kiln에 포함" };
  if (origin === "added") return { en: "your own", ko: "직접 추가함" };
  return isVerified
    ? { en: "fetched", ko: "받음" }
    : { en: "fetched, not verified", ko: "받음, 검증되지 않음" };
}

const removed: Localized = { en: "was removed.", ko: "모델을 없앴습니다." };

const nothingToAdd: Problem = {
  code: "model-format",
  happened: { en: "There is no model in there.", ko: "그 안에 모델이 없습니다." },
  todo: {
    en: "Name .pth, .safetensors or .onnx files, or ncnn's .param and .bin.",
    ko: ".pth, .safetensors, .onnx 파일이나 ncnn의 .param과 .bin을 지정하세요.",
  },
};
