import type { Localized } from "../../../src-preload/contract/problem.ts";
import { KilnError } from "../../errors.ts";

/** Why a source did not give a model; the job goes on to the next one. */
export class SourceFailure extends Error {
  override name = "SourceFailure";
  /** "broke off" / "전송이 중간에 끊김": stands in brackets behind the source. */
  readonly reason: Localized;
  /**
   * `unreachable`: nothing answered, this machine may be offline; `passing`: worth another try at the same place;
   * `damaged`: what came is not what should have come; `final`: the source won't give it.
   */
  readonly kind: "unreachable" | "passing" | "damaged" | "final";

  constructor(kind: SourceFailure["kind"], reason: Localized, cause?: unknown) {
    super(reason.en, { cause });
    this.kind = kind;
    this.reason = reason;
  }
}

export const failures = {
  unreachable: (cause: unknown) =>
    new SourceFailure("unreachable", { en: "can't be reached", ko: "연결할 수 없음" }, cause),
  status: (status: number) =>
    new SourceFailure(
      status >= 500 || status === 429 ? "passing" : "final",
      status === 404 || status === 410
        ? { en: `does not have it, ${status}`, ko: `파일이 없음, ${status}` }
        : { en: `answered with error ${status}`, ko: `오류 ${status}(으)로 응답함` },
    ),
  silent: (ms: number) =>
    new SourceFailure("passing", {
      en: `sent nothing for ${Math.round(ms / 1000)} s`,
      ko: `${Math.round(ms / 1000)}초 동안 아무것도 보내지 않음`,
    }),
  brokeOff: (cause?: unknown) =>
    new SourceFailure("passing", { en: "broke off", ko: "전송이 중간에 끊김" }, cause),
  otherBytes: (cause?: unknown) =>
    new SourceFailure(
      "damaged",
      { en: "sent something else than expected", ko: "예상과 다른 내용을 보냄" },
      cause,
    ),
  tooLarge: () =>
    new SourceFailure("final", { en: "sent more than expected", ko: "예상보다 많이 보냄" }),
  redirects: () =>
    new SourceFailure("final", {
      en: "only sent us on to other addresses",
      ko: "다른 주소로 넘기기만 함",
    }),
  unfit: (cause: unknown) =>
    new SourceFailure("final", { en: "sent another model", ko: "다른 모델을 보냄" }, cause),
} as const;

/** @param tried hosts with what went wrong there, in order; @param isOffline none of them could be reached */
export function modelNotFetched(
  name: string,
  tried: readonly { readonly host: string; readonly reason: Localized }[],
  isOffline: boolean,
  cause: unknown,
): KilnError {
  const list = (language: keyof Localized): string =>
    tried.map(({ host, reason }) => `${host} (${reason[language]})`).join(", ");
  return new KilnError(
    isOffline ? "offline" : "model-not-fetched",
    {
      en: `“${name}” could not be fetched. Tried: ${list("en")}.`,
      ko: `‘${name}’ 모델을 받지 못했습니다. 시도한 곳: ${list("ko")}.`,
    },
    isOffline
      ? {
          en: "Connect this computer to the internet and try again. The models at hand still work.",
          ko: "인터넷에 연결한 뒤 다시 시도하세요. 이미 있는 모델은 그대로 쓸 수 있습니다.",
        }
      : {
          en: "Try again later: what has arrived is kept. The models at hand still work.",
          ko: "나중에 다시 시도하세요. 받은 부분은 보관됩니다. 이미 있는 모델은 그대로 쓸 수 있습니다.",
        },
    { cause },
  );
}

export function modelUnknown(id: string): KilnError {
  return new KilnError(
    "model-unknown",
    { en: `There is no model “${id}”.`, ko: `‘${id}’ 모델이 없습니다.` },
    {
      en: "Choose one of the list (kiln models list).",
      ko: "목록에 있는 모델을 고르세요(kiln models list).",
    },
  );
}

export function modelNotAtHand(id: string, name: string): KilnError {
  return new KilnError(
    "model-not-at-hand",
    { en: `“${name}” has not been fetched yet.`, ko: `‘${name}’ 모델을 아직 받지 않았습니다.` },
    {
      en: `Fetch it first (kiln models fetch ${id}), or choose a model at hand.`,
      ko: `먼저 모델을 받거나(kiln models fetch ${id}) 이미 있는 모델을 고르세요.`,
    },
  );
}

/** It was to be removed or renamed. */
export function modelNotThere(name: string): KilnError {
  return new KilnError(
    "model-not-at-hand",
    { en: `“${name}” is not on this computer.`, ko: `‘${name}’ 모델은 이 컴퓨터에 없습니다.` },
    { en: "There is nothing to be done.", ko: "더 하실 일은 없습니다." },
  );
}

export function modelBelongsToKiln(name: string): KilnError {
  return new KilnError(
    "model-shipped",
    {
      en: `“${name}” belongs to Kiln and stays as it is.`,
      ko: `‘${name}’은(는) Kiln에 포함된 모델이라 바꿀 수 없습니다.`,
    },
    {
      en: "Models that were fetched or added can be removed, and only your own renamed.",
      ko: "받았거나 추가한 모델은 없앨 수 있고, 이름은 직접 추가한 모델만 바꿀 수 있습니다.",
    },
  );
}

export function modelFormatUnknown(file: string): KilnError {
  return new KilnError(
    "model-format",
    {
      en: `“${file}” is no model that Kiln reads.`,
      ko: `‘${file}’은(는) 읽을 수 있는 모델이 아닙니다.`,
    },
    {
      en: "Bring a .pth, .safetensors or .onnx file, or ncnn's .param and .bin together.",
      ko: ".pth, .safetensors, .onnx 파일이나 ncnn의 .param과 .bin을 함께 가져오세요.",
    },
  );
}

export function modelPartnerMissing(file: string, partner: string): KilnError {
  return new KilnError(
    "model-partner-missing",
    {
      en: `“${file}” is half of a model: “${partner}” is missing.`,
      ko: `‘${file}’은(는) 모델의 반쪽입니다. ‘${partner}’이(가) 없습니다.`,
    },
    { en: "Bring both files together.", ko: "두 파일을 함께 가져오세요." },
  );
}

export function modelFileUnreadable(file: string, cause: unknown): KilnError {
  return new KilnError(
    "model-unreadable",
    { en: `“${file}” can't be opened.`, ko: `‘${file}’을(를) 열 수 없습니다.` },
    {
      en: "Check that the file is there and that you may read it.",
      ko: "파일이 있는지, 읽기 권한이 있는지 확인하세요.",
    },
    { cause },
  );
}

export function modelTooLarge(file: string, limitBytes: number): KilnError {
  const limit = Math.round(limitBytes / 2 ** 20);
  return new KilnError(
    "model-too-large",
    {
      en: `“${file}” is larger than ${limit} MB: no network that Kiln runs is.`,
      ko: `‘${file}’이(가) ${limit}MB보다 큽니다. 사용할 수 있는 신경망은 그보다 작습니다.`,
    },
    { en: "Look whether it is the right file.", ko: "맞는 파일인지 확인하세요." },
  );
}

export function modelsFolderBlocked(path: string, cause: unknown): KilnError {
  return new KilnError(
    "models-folder",
    { en: `Kiln can't write in “${path}”.`, ko: `‘${path}’에 쓸 수 없습니다.` },
    {
      en: "Check the folder's permissions and that no other program has its files open.",
      ko: "폴더 권한과, 다른 프로그램이 그 안의 파일을 열고 있지 않은지 확인하세요.",
    },
    { cause },
  );
}

export function noRoomForModel(name: string, cause: unknown): KilnError {
  return new KilnError(
    "disk-full",
    {
      en: `There is no room left for “${name}” on the library's disk.`,
      ko: `라이브러리 디스크에 ‘${name}’을(를) 저장할 공간이 없습니다.`,
    },
    { en: "Make room and try again.", ko: "공간을 확보한 뒤 다시 시도하세요." },
    { cause },
  );
}

export function mirrorsUnreadable(text: string): KilnError {
  return new KilnError(
    "model-mirrors",
    {
      en: `KILN_MODEL_MIRRORS says “${text}”, which is no pair of addresses.`,
      ko: `KILN_MODEL_MIRRORS의 “${text}”은(는) 주소 쌍이 아닙니다.`,
    },
    {
      en: "Write it as https://registry.npmjs.org=https://mirror.example/npm, several with spaces between.",
      ko: "https://registry.npmjs.org=https://mirror.example/npm 형식으로, 여럿이면 띄어 적으세요.",
    },
  );
}
