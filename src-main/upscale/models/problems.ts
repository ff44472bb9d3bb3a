import type { Localized } from "../../../src-preload/contract/problem.ts";
import { KilnError } from "../../errors.ts";

/** What is said of names that a file brings along: short, and nothing that could break a line. */
function shown(text: string): string {
  const clean = text.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "·");
  return clean.length > 80 ? `${clean.slice(0, 79)}…` : clean;
}

const getAgain: Localized = {
  en: "Download or copy it again.",
  ko: "다시 내려받거나 복사하세요.",
};

const getSafe: Localized = {
  en: "Get it as .safetensors or .onnx, from someone whom you trust.",
  ko: "믿을 수 있는 곳에서 .safetensors나 .onnx 형식으로 구하세요.",
};

const whatWorks: Localized = {
  en: "Kiln runs ESRGAN (RRDBNet) and Real-ESRGAN Compact networks, and others as .onnx.",
  ko: "Kiln은 ESRGAN(RRDBNet)과 Real-ESRGAN Compact 모델을 실행하며, 다른 구조는 .onnx로 변환하면 쓸 수 있습니다.",
};

const exportAgain: Localized = {
  en: "Export it again as one plain .onnx file: float32, RGB in and out, free width and height, weights inside.",
  ko: "float32, RGB 입출력, 자유로운 너비와 높이, 가중치 포함으로 단일 .onnx 파일을 다시 내보내세요.",
};

export function weightsUnknownFormat(name: string): KilnError {
  return new KilnError(
    "weights-unknown-format",
    {
      en: `“${shown(name)}” is not a model file that Kiln knows.`,
      ko: `“${shown(name)}”은(는) Kiln이 아는 모델 파일이 아닙니다.`,
    },
    {
      en: "Use a .pth, .safetensors or .onnx file, or an ncnn .bin with its .param.",
      ko: ".pth, .safetensors, .onnx 파일이나 .param이 딸린 ncnn .bin 파일을 사용하세요.",
    },
  );
}

export function weightsTruncated(name: string): KilnError {
  return new KilnError(
    "weights-truncated",
    {
      en: `“${shown(name)}” ends early: a part of it is missing.`,
      ko: `“${shown(name)}” 파일이 중간에서 끊겼습니다. 일부가 없습니다.`,
    },
    getAgain,
  );
}

/** @param what contradicts itself in it: a part of a sentence */
export function weightsBroken(name: string, what: Localized): KilnError {
  return new KilnError(
    "weights-broken",
    {
      en: `“${shown(name)}” is damaged: ${what.en}.`,
      ko: `“${shown(name)}” 파일이 손상되었습니다: ${what.ko}.`,
    },
    getAgain,
  );
}

export function weightsTooLarge(name: string): KilnError {
  return new KilnError(
    "weights-too-large",
    {
      en: `“${shown(name)}” is larger than any upscaling model.`,
      ko: `“${shown(name)}”은(는) 업스케일 모델이라기에는 너무 큽니다.`,
    },
    whatWorks,
  );
}

/** @param global what it asks Python for, such as “os.system” */
export function weightsForeignCode(name: string, global: string): KilnError {
  return new KilnError(
    "weights-foreign-code",
    {
      en: `“${shown(name)}” asks to run “${shown(global)}”, which no model needs. Nothing of it was run.`,
      ko: `“${shown(name)}” 파일이 모델에는 필요 없는 “${shown(global)}” 코드를 실행하려 합니다. 아무것도 실행하지 않았습니다.`,
    },
    getSafe,
  );
}

/** @param opcode of Python's pickle format */
export function weightsForeignOpcode(name: string, opcode: number): KilnError {
  const hexadecimal = `0x${opcode.toString(16).padStart(2, "0")}`;
  return new KilnError(
    "weights-foreign-opcode",
    {
      en: `“${shown(name)}” holds an instruction that no model needs (${hexadecimal}). Nothing of it was run.`,
      ko: `“${shown(name)}” 파일에 모델에는 필요 없는 명령(${hexadecimal})이 있습니다. 아무것도 실행하지 않았습니다.`,
    },
    getSafe,
  );
}

/** @param seen what its tensors or layers are called, a few of them */
export function weightsUnknownArchitecture(name: string, seen: readonly string[]): KilnError {
  const some = seen.slice(0, 4).map((key) => `“${shown(key)}”`);
  const en = seen.length > 4 ? `${some.join(", ")} and ${seen.length - 4} more` : some.join(", ");
  const ko = seen.length > 4 ? `${some.join(", ")} 외 ${seen.length - 4}개` : some.join(", ");
  return new KilnError(
    "weights-unknown-architecture",
    {
      en:
        seen.length === 0
          ? `“${shown(name)}” holds no network.`
          : `“${shown(name)}” is of a kind that Kiln doesn't know; it holds ${en}.`,
      ko:
        seen.length === 0
          ? `“${shown(name)}” 파일에 신경망이 없습니다.`
          : `“${shown(name)}”은(는) Kiln이 모르는 구조입니다. 들어 있는 것: ${ko}.`,
    },
    whatWorks,
  );
}

/** @param architecture by its name, with what makes it one that doesn't run */
export function weightsUnsupported(name: string, architecture: Localized): KilnError {
  return new KilnError(
    "weights-unsupported",
    {
      en: `“${shown(name)}” is ${architecture.en}, which Kiln doesn't run.`,
      ko: `“${shown(name)}”: Kiln은 ${architecture.ko}을(를) 실행하지 않습니다.`,
    },
    whatWorks,
  );
}

/** @param tensor whose numbers they are */
export function weightsNotNumbers(name: string, tensor: string): KilnError {
  return new KilnError(
    "weights-not-numbers",
    {
      en: `“${shown(name)}” holds numbers that are none, in “${shown(tensor)}”: its training went wrong or it is damaged.`,
      ko: `“${shown(name)}”의 “${shown(tensor)}”에 숫자가 아닌 값이 있습니다. 학습이 잘못되었거나 파일이 손상되었습니다.`,
    },
    getAgain,
  );
}

export function weightsWithoutParam(name: string): KilnError {
  return new KilnError(
    "weights-without-param",
    {
      en: `“${shown(name)}” holds only the numbers of an ncnn model.`,
      ko: `“${shown(name)}”에는 ncnn 모델의 가중치만 들어 있습니다.`,
    },
    {
      en: "Put the .param file of the same name beside it.",
      ko: "이름이 같은 .param 파일을 함께 두세요.",
    },
  );
}

export function onnxExternalData(name: string): KilnError {
  return new KilnError(
    "onnx-external-data",
    {
      en: `“${shown(name)}” asks for other files on this computer, which Kiln doesn't open for a model.`,
      ko: `“${shown(name)}”이(가) 이 컴퓨터의 다른 파일을 요구합니다. Kiln은 모델을 위해 다른 파일을 열지 않습니다.`,
    },
    exportAgain,
  );
}

/** @param operator by which it branches, loops or brings a graph of its own */
export function onnxControlFlow(name: string, operator: string): KilnError {
  return new KilnError(
    "onnx-control-flow",
    {
      en: `“${shown(name)}” is a program rather than a plain network: it uses “${shown(operator)}”.`,
      ko: `“${shown(name)}”은(는) 단순한 신경망이 아니라 “${shown(operator)}”을(를) 쓰는 프로그램입니다.`,
    },
    exportAgain,
  );
}

/** @param operator that isn't ONNX's own, with its domain */
export function onnxForeignOperator(name: string, operator: string): KilnError {
  return new KilnError(
    "onnx-foreign-operator",
    {
      en: `“${shown(name)}” needs “${shown(operator)}”, which isn't part of ONNX.`,
      ko: `“${shown(name)}”에는 ONNX 표준에 없는 “${shown(operator)}”이(가) 필요합니다.`,
    },
    exportAgain,
  );
}

/** @param what is wrong with what it takes in or gives out: a sentence's part */
export function onnxNotAnUpscaler(name: string, what: Localized): KilnError {
  return new KilnError(
    "onnx-not-an-upscaler",
    {
      en: `“${shown(name)}” ${what.en}.`,
      ko: `“${shown(name)}” 모델은 ${what.ko}.`,
    },
    exportAgain,
  );
}

export function onnxOpset(name: string, opset: number): KilnError {
  return new KilnError(
    "onnx-opset",
    {
      en: `“${shown(name)}” is written for ONNX operators of version ${opset}; Kiln runs 11 and later.`,
      ko: `“${shown(name)}”은(는) ONNX 연산자 버전 ${opset}용입니다. Kiln은 버전 11 이상을 실행합니다.`,
    },
    exportAgain,
  );
}

export function networksUnlike(): KilnError {
  return new KilnError(
    "networks-unlike",
    {
      en: "The two models are not of the same shape, so nothing lies between them.",
      ko: "두 모델의 구조가 달라 섞을 수 없습니다.",
    },
    {
      en: "Use general-x4v3 and its WDN twin.",
      ko: "general-x4v3와 그 WDN 짝을 사용하세요.",
    },
  );
}
