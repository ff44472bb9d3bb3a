import { KilnError } from "../errors.ts";

/** @param cause why: for the log */
export function facesUnavailable(cause: unknown): KilnError {
  return new KilnError(
    "faces-unavailable",
    {
      en: "Faces can't be looked for: the face finder doesn't work on this computer.",
      ko: "이 컴퓨터에서 얼굴 찾기가 작동하지 않아 얼굴을 찾을 수 없습니다.",
    },
    {
      en: "The rest works without it. To get it back, restart Kiln or install it again.",
      ko: "나머지 기능은 그대로 쓸 수 있습니다. 다시 쓰려면 Kiln을 다시 시작하거나 다시 설치하세요.",
    },
    { cause },
  );
}
