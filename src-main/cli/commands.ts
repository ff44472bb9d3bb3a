import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Job } from "../../src-preload/contract/jobs.ts";
import type { Localized, Problem } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import { commonOptions, parseCommand, parseSeconds, UsageError } from "./arguments.ts";
import { type BestCutReport, describeBestCut, reportBestCut } from "./bestcut.ts";
import type { KilnConnection } from "./client.ts";
import { parseModels, runModels } from "./models.ts";
import { describeUpscale, runUpscale } from "./upscale.ts";
import { parseUpscale, upscaleOptions } from "./upscale-options.ts";

/** What a command may use of the process around it. */
export interface CommandContext {
  readonly language: keyof Localized;
  /** Opens the library, or the Kiln that has it open. */
  readonly connect: (library: string | undefined) => Promise<KilnConnection>;
  readonly onProgress: (job: Job) => void;
  /** Says something on the way that is no result: to stderr. */
  readonly tell: (text: Localized) => void;
  readonly signal: AbortSignal;
}

/** What a command prints: `json` as one document where the person asked for it, else `text`. */
export interface CommandResult {
  readonly json: unknown;
  readonly text: string;
  readonly asJson: boolean;
  /** It says why nothing of what was asked for came about: exit code 1. */
  readonly isFailure?: boolean;
}

export interface Command {
  readonly usage: string;
  readonly summary: Localized;
  /** Lines of --help below the usage, but for what every command takes. */
  readonly details: Localized;
  run(args: string[], context: CommandContext): Promise<CommandResult>;
}

/** A job that the command waited for ended badly: its problem is what the person is told. */
export class JobFailure extends Error {
  override name = "JobFailure";
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.happened.en);
    this.problem = problem;
  }
}

export const commands: Readonly<Record<string, Command>> = {
  bestcut: {
    usage: "kiln bestcut DIR [--as-one] [--gap SECONDS] [--json] [--library DIR]",
    summary: {
      en: "find the best frame of every burst in a folder",
      ko: "폴더에서 연사마다 최고의 컷을 찾습니다",
    },
    details: {
      en: `  DIR            folder with photos; nothing is ever written into it
  --as-one       take all photos as one set and rank them against each other
  --gap SECONDS  longest pause between two frames of one burst (0 to 600)
  --json         print {groups, skipped, timing}, or {problem}, as one JSON document; photos of a group come
                 best first, and “place” is their number in the order of capture, which sentences call #3`,
      ko: `  DIR            사진이 있는 폴더. 이 폴더에는 아무것도 쓰지 않습니다
  --as-one       모든 사진을 한 묶음으로 보고 순위를 매깁니다
  --gap SECONDS  한 연사로 볼 두 컷 사이의 가장 긴 간격(0~600초)
  --json         {groups, skipped, timing}을(실패하면 {problem}을) JSON 문서 하나로 출력합니다. 묶음마다
                 좋은 순서로 나오고, place는 촬영 순서의 번호로 설명에 나오는 #3이 이것입니다`,
    },
    async run(args, context) {
      const { values, positionals } = parseCommand(args, {
        ...commonOptions,
        "as-one": { type: "boolean", default: false },
        gap: { type: "string" },
      });
      const folder = resolve(onlyPositional(positionals, "DIR"));
      const gapMs = values.gap === undefined ? null : parseSeconds(values.gap, "gap");
      await assertNoFile(folder);
      await using connection = disposable(await context.connect(values.library));
      const { client } = connection;
      const startedAt = performance.now();
      const token = await connection.token([folder]);
      const { rootId, jobId } = await client.library.import({ token, mode: "reference" });
      await waitForJob(connection, jobId, context);
      if (gapMs !== null) await client.edits.regroup({ rootId, gapMs, asStep: false });
      const report: BestCutReport = await reportBestCut(client, rootId, {
        asOne: values["as-one"],
        readingMs: performance.now() - startedAt,
      });
      const text = describeBestCut(report, context.language);
      return { json: report, text, asJson: values.json };
    },
  },

  upscale: {
    usage:
      "kiln upscale IN… [--out DIR] [--model ID] [--scale N | --width PX | --height PX | --print A3 [--dpi 300]] [--format png] [--json] [--library DIR]",
    summary: {
      en: "make photos larger",
      ko: "사진을 크게 만듭니다",
    },
    details: {
      en: `  IN…            photos, or folders of them; originals are never changed
  --out DIR      where results go, made if missing (else “upscaled” in the library)
  --model ID     general-x4v3 (comes with Kiln), x4plus, … see kiln models list
  --scale N      times the edges, decimals too (4 if nothing is said); beyond the model's own scale it
                 runs more than once, which hardens edges and darkens fine detail
  --width PX, --height PX
  --print A3     A0 to A6, filled in one direction, at --dpi 36 to 1200 (300)
  --format F     png, jpeg, webp, avif, tiff
  --quality N    1 to 100, for jpeg, webp and avif (92)
  --background C white or black: what is transparent becomes that in a jpeg (white)
  --denoise N    0 keeps the grain, 1 removes it (1), for models that have it
  --name PATTERN {name} {model} {scale} {width} {height} {date} ({name}-{model}-{scale}x)
  --existing A   skip or rename, where the name is taken (skip)
  --metadata M   all, withoutPlace, none (all)
  --provider P   what networks run on, from now on: auto, cpu, webgpu, dml, cuda, coreml
  --tile N       edge of a tile in pixels of the photo, padding not counted; 0 is untiled
  --json         print {outputs, skipped}, or {problem}, as one JSON document`,
      ko: `  IN…            사진 또는 사진이 있는 폴더. 원본은 바꾸지 않습니다
  --out DIR      결과를 둘 곳, 없으면 만듭니다(생략하면 라이브러리의 upscaled)
  --model ID     general-x4v3(기본 제공), x4plus 등. kiln models list 참고
  --scale N      변의 배율, 소수도 됩니다(아무것도 적지 않으면 4). 모델의 배율을 넘으면 여러 번
                 실행해서 윤곽이 딱딱해지고 섬세한 부분이 어두워집니다
  --width PX, --height PX
  --print A3     A0~A6, 한 방향을 꽉 채웁니다. --dpi는 36~1200(300)
  --format F     png, jpeg, webp, avif, tiff
  --quality N    jpeg, webp, avif의 품질 1~100(92)
  --background C white 또는 black. jpeg에서 투명한 부분을 채울 색(white)
  --denoise N    지원하는 모델에서 0은 입자를 살리고 1은 없앱니다(1)
  --name PATTERN {name} {model} {scale} {width} {height} {date} ({name}-{model}-{scale}x)
  --existing A   같은 이름이 있으면 skip 또는 rename(skip)
  --metadata M   all, withoutPlace, none(all)
  --provider P   앞으로 계산에 쓸 장치: auto, cpu, webgpu, dml, cuda, coreml
  --tile N       원본 픽셀로 잰 타일 한 변, 여백 제외. 0은 나누지 않음
  --json         {outputs, skipped}를(실패하면 {problem}을) JSON 문서 하나로 출력합니다`,
    },
    async run(args, context) {
      const { values, positionals } = parseCommand(args, { ...commonOptions, ...upscaleOptions });
      if (positionals.length === 0) onlyPositional(positionals, "IN");
      parseUpscale(values);
      await using connection = disposable(await context.connect(values.library));
      const { report, isFailure } = await runUpscale(
        connection,
        positionals,
        values,
        (jobId) => waitForJob(connection, jobId, context),
        context.tell,
      );
      const text = describeUpscale(report, context.language);
      return { json: report, text, asJson: values.json, isFailure };
    },
  },

  models: {
    usage: "kiln models list | add FILE… | fetch ID | remove ID [--json] [--library DIR]",
    summary: {
      en: "the models that upscale: list them, fetch one, add your own, remove one",
      ko: "업스케일 모델을 보고, 받고, 추가하고, 없앱니다",
    },
    details: {
      en: `  list           every model, at hand or to be fetched
  add FILE…      your own: .pth, .safetensors, .onnx, or ncnn's .param and .bin
  fetch ID       fetch a model from the first of its sources that has it
  remove ID      take a model that was fetched or added off this computer
  --json         print {models}, {added, known, refused}, {model} or {removed} as one JSON document`,
      ko: `  list           가지고 있는 모델과 받을 수 있는 모델을 모두 보여 줍니다
  add FILE…      직접 가진 모델(.pth, .safetensors, .onnx, ncnn의 .param과 .bin)을 추가합니다
  fetch ID       모델을 받습니다. 받을 수 있는 곳을 차례로 시도합니다
  remove ID      받았거나 추가한 모델을 이 컴퓨터에서 없앱니다
  --json         {models}, {added, known, refused}, {model}, {removed}를 JSON 문서 하나로 출력합니다`,
    },
    async run(args, context) {
      const { values, positionals } = parseCommand(args, commonOptions);
      const request = parseModels(positionals);
      await using connection = disposable(await context.connect(values.library));
      const result = await runModels(request, connection, context.language, (jobId) =>
        waitForJob(connection, jobId, context),
      );
      if ("problem" in result) throw new JobFailure(result.problem);
      return { ...result, asJson: values.json };
    },
  },

  sample: {
    usage: "kiln sample [--json] [--library DIR]",
    summary: {
      en: "make the sample project and say where its photos are",
      ko: "샘플 프로젝트를 만들고 사진이 있는 곳을 알려 줍니다",
    },
    details: {
      en: "  --json         print {path, photos} as one JSON document",
      ko: "  --json         {path, photos}를 JSON 문서 하나로 출력합니다",
    },
    async run(args, context) {
      const { values, positionals } = parseCommand(args, commonOptions);
      noPositionals(positionals);
      await using connection = disposable(await context.connect(values.library));
      const { rootId, jobId } = await connection.client.library.importSample({});
      await waitForJob(connection, jobId, context);
      const root = (await connection.client.library.roots()).find(({ id }) => id === rootId);
      if (root === undefined) throw new Error("The sample was read and is not in the library.");
      const { path, photoCount } = root;
      return { json: { path, photos: photoCount }, text: path, asJson: values.json };
    },
  },
};

/** Follows a job until it ends. @throws JobFailure; the signal's reason when aborted, once the job is cancelled */
async function waitForJob(
  { client }: KilnConnection,
  jobId: number,
  context: CommandContext,
): Promise<void> {
  let cursor = 0;
  for (;;) {
    const job = await client.jobs.list().then((jobs) => jobs.find(({ id }) => id === jobId));
    if (job === undefined) throw new Error(`Job ${jobId} is not on the list.`);
    context.onProgress(job);
    if (job.state === "completed") return;
    if (job.problem !== null) throw new JobFailure(job.problem);
    if (job.state === "cancelled") throw new JobFailure(cancelledElsewhere);
    try {
      ({ cursor } = await client.events.next({ cursor }, { signal: context.signal }));
    } catch (error) {
      if (!context.signal.aborted) throw error;
      await client.jobs.cancel({ jobId });
      throw context.signal.reason;
    }
  }
}

const cancelledElsewhere: Problem = {
  code: "job-cancelled",
  happened: { en: "The work was cancelled in the window.", ko: "창에서 작업이 취소되었습니다." },
  todo: { en: "Run the command again.", ko: "명령을 다시 실행하세요." },
};

function onlyPositional(positionals: readonly string[], name: string): string {
  const [value, ...rest] = positionals;
  if (value === undefined) {
    throw new UsageError({ en: `${name} is missing.`, ko: `${name} 인수가 없습니다.` });
  }
  noPositionals(rest);
  return value;
}

function noPositionals(positionals: readonly string[]): void {
  if (positionals.length === 0) return;
  const surplus = positionals.join(" ");
  throw new UsageError({
    en: `Too many arguments: ${surplus}`,
    ko: `인수가 너무 많습니다: ${surplus}`,
  });
}

/** A file in the folder's place; whatever else may be wrong with it, reading it will tell. */
async function assertNoFile(path: string): Promise<void> {
  const info = await stat(path).catch(() => null);
  if (info === null || info.isDirectory()) return;
  throw new KilnError(
    "not-a-folder",
    { en: `“${path}” is not a folder.`, ko: `‘${path}’은(는) 폴더가 아닙니다.` },
    { en: "Name the folder that the photos are in.", ko: "사진이 있는 폴더를 지정하세요." },
  );
}

function disposable(connection: KilnConnection): KilnConnection & AsyncDisposable {
  return { ...connection, [Symbol.asyncDispose]: () => connection.close() };
}
