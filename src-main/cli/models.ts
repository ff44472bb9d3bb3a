import { resolve } from "node:path";
import type { Model, ModelsAdded } from "../../src-preload/contract/models.ts";
import type { Localized, Problem } from "../../src-preload/contract/problem.ts";
import { UsageError } from "./arguments.ts";
import type { KilnConnection } from "./client.ts";

type Language = keyof Localized;

/** What a subcommand found out; `refused` is why nothing of what was asked for came about. */
export interface ModelsResult {
  readonly json: { readonly models: readonly Model[] } | { readonly model: Model } | ModelsAdded;
  readonly text: string;
  readonly refused: Problem | null;
}

const subcommands = ["list", "add", "fetch"] as const;

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
  };
  if (isEnough[subcommand]) return { subcommand, values };
  const wanted = { list: "", add: "FILE…", fetch: "ID" }[subcommand];
  throw new UsageError({
    en: `It is kiln models ${subcommand} ${wanted}`.trimEnd(),
    ko: `올바른 형식: kiln models ${subcommand} ${wanted}`.trimEnd(),
  });
}

/** @param wait follows a job to its end; throws where that is a bad one */
export async function runModels(
  { subcommand, values }: ModelsRequest,
  { client, token }: KilnConnection,
  language: Language,
  wait: (jobId: number) => Promise<void>,
): Promise<ModelsResult> {
  if (subcommand === "list") {
    const models = await client.models.list();
    const text = models.map((model) => line(model, language)).join("\n");
    return { json: { models }, text, refused: null };
  }
  if (subcommand === "fetch") {
    const [id = ""] = values;
    const { jobId } = await client.models.fetch({ id });
    if (jobId !== null) await wait(jobId);
    const model = (await client.models.list()).find((each) => each.id === id);
    if (model === undefined) throw new Error(`“${id}” was fetched and is not on the list.`);
    return { json: { model }, text: line(model, language), refused: null };
  }
  const report = await client.models.add({
    token: await token(values.map((path) => resolve(path))),
  });
  const { added, known, refused } = report;
  const models = [...added, ...known];
  const lines = [
    ...models.map((model) => line(model, language)),
    ...refused.map(
      ({ file, problem }) => `${file}  ${problem.happened[language]} ${problem.todo[language]}`,
    ),
  ];
  const problem = models.length === 0 ? (refused[0]?.problem ?? nothingToAdd) : null;
  return { json: report, text: lines.join("\n"), refused: problem };
}

function line(model: Model, language: Language): string {
  const { id, name, scale, licence, bytes } = model;
  const size = bytes === null ? "" : `${(bytes / 1e6).toFixed(bytes < 1e7 ? 1 : 0)} MB`;
  const about = [`×${scale}`, size, licence ?? "", state(model)[language]].filter(
    (word) => word !== "",
  );
  const role = model.role === null ? "" : `\n    ${model.role[language]}`;
  return `${id}  ${name}  (${about.join(", ")})${role}`;
}

function state({ isAtHand, isVerified, origin, jobId }: Model): Localized {
  if (jobId !== null) return { en: "being fetched", ko: "받는 중" };
  if (!isAtHand) return { en: "to be fetched", ko: "받아야 함" };
  if (origin === "shipped") return { en: "comes with Kiln", ko: "Kiln에 포함" };
  if (origin === "added") return { en: "your own", ko: "직접 추가함" };
  return isVerified
    ? { en: "fetched", ko: "받음" }
    : { en: "fetched, not verified", ko: "받음, 검증되지 않음" };
}

const nothingToAdd: Problem = {
  code: "model-format",
  happened: { en: "There is no model in there.", ko: "그 안에 모델이 없습니다." },
  todo: {
    en: "Name .pth, .safetensors or .onnx files, or ncnn's .param and .bin.",
    ko: ".pth, .safetensors, .onnx 파일이나 ncnn의 .param과 .bin을 지정하세요.",
  },
};
