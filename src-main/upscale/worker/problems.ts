import { KilnError } from "../../errors.ts";
import { libraryProblem } from "../problems.ts";
import type { Provider } from "./protocol.ts";

/** How sentences call an execution provider. */
export const providerNames: Readonly<Record<Provider, string>> = {
  dml: "DirectML",
  cuda: "CUDA",
  coreml: "CoreML",
  webgpu: "WebGPU",
  cpu: "CPU",
};

/** @param cause what the runtime said: for the log */
export function providerUnavailable(provider: Provider, cause: unknown): KilnError {
  const name = providerNames[provider];
  // Of Dawn (WebGPU), DirectX (DirectML) and CUDA.
  const hasNoDevice = /adapter|no .*device|device.*not found/i.test(String(cause));
  return new KilnError(
    "provider-unavailable",
    hasNoDevice
      ? {
          en: `${name} finds no graphics card, or no driver for it.`,
          ko: `${name}: 그래픽 카드나 드라이버를 찾을 수 없습니다.`,
        }
      : {
          en: `${name} can't be used on this computer.`,
          ko: `이 컴퓨터에서는 ${name} 방식으로 계산할 수 없습니다.`,
        },
    {
      en: "Choose another way to compute in the settings; the processor always works.",
      ko: "설정에서 다른 계산 방식을 고르세요. CPU는 언제나 쓸 수 있습니다.",
    },
    { cause },
  );
}

/** @param difference from the processor's result, in 1/255; null where it gave no numbers at all */
export function providerWrong(provider: Provider, difference: number | null): KilnError {
  const name = providerNames[provider];
  const by = difference === null ? "" : ` (${difference.toFixed(1)}/255)`;
  return new KilnError(
    "provider-wrong",
    {
      en: `${name} computes wrong pixels on this computer${by}.`,
      ko: `이 컴퓨터에서 ${name} 방식의 계산 결과가 맞지 않습니다${by}.`,
    },
    {
      en: "Choose another way to compute in the settings, or update the graphics driver.",
      ko: "설정에서 다른 계산 방식을 고르거나 그래픽 드라이버를 업데이트하세요.",
    },
  );
}

/** @param name of the model @param cause what the runtime said: for the log */
export function modelBroken(name: string, cause: unknown): KilnError {
  return new KilnError(
    "model-broken",
    {
      en: `The model “${name}” can't be run: it doesn't load, or doesn't give a picture.`,
      ko: `‘${name}’ 모델을 실행할 수 없습니다. 불러올 수 없거나 결과가 이미지가 아닙니다.`,
    },
    {
      en: "Get it again from its author, or choose another model.",
      ko: "만든 이에게서 다시 받거나 다른 모델을 고르세요.",
    },
    { cause },
  );
}

export function upscaleNoMemory(name: string, cause: unknown): KilnError {
  return new KilnError(
    "upscale-no-memory",
    {
      en: `There is not enough memory to upscale “${name}”, even in the smallest tiles.`,
      ko: `가장 작은 조각으로 나누어도 메모리가 부족해 ‘${name}’ 파일을 업스케일할 수 없습니다.`,
    },
    {
      en: "Close other programs, then try again.",
      ko: "다른 프로그램을 닫고 다시 시도하세요.",
    },
    { cause },
  );
}

export function nothingToUpscale(name: string): KilnError {
  return new KilnError(
    "picture-empty",
    {
      en: `“${name}” has no pixels.`,
      ko: `‘${name}’ 파일에 픽셀이 없습니다.`,
    },
    { en: "Choose another picture.", ko: "다른 사진을 고르세요." },
  );
}

/** A failed read or write of pixels on the disk. What the system did not throw is a bug and is thrown on. */
export function rasterFailed(name: string, cause: unknown): unknown {
  if (!(cause instanceof Error && "code" in cause && typeof cause.code === "string")) return cause;
  const { code } = cause;
  const problem = libraryProblem(cause);
  if (problem !== cause) return problem;
  return new KilnError(
    "raster-failed",
    {
      en: `The pixels of “${name}” could not be read or written on the disk (${code}).`,
      ko: `‘${name}’ 파일의 픽셀을 디스크에서 읽거나 쓸 수 없습니다(${code}).`,
    },
    {
      en: "Check the disk, then try again.",
      ko: "디스크를 확인한 뒤 다시 시도하세요.",
    },
    { cause },
  );
}
