import type { Problem } from "../../src-preload/contract/problem.ts";

/** A failure as JSON: the same problem that a call over the door would have answered. */
export function problemResponse(
  status: number,
  problem: Problem,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json(problem, { status, headers: { ...headers, "cache-control": "no-store" } });
}

export const notFound: Problem = {
  code: "not-found",
  happened: { en: "There is nothing at this address.", ko: "이 주소에는 아무것도 없습니다." },
  todo: { en: "Go back to Kiln's window.", ko: "Kiln 창으로 돌아가세요." },
};

export const photoNotFound: Problem = {
  code: "photo-unknown",
  happened: { en: "This photo is not where it was.", ko: "사진이 원래 자리에 없습니다." },
  todo: {
    en: "Connect its drive or read the folder again.",
    ko: "드라이브를 연결하거나 폴더를 다시 읽으세요.",
  },
};

export const methodRefused: Problem = {
  code: "method-refused",
  happened: {
    en: "That can't be done at this address.",
    ko: "이 주소에서는 그 요청을 처리할 수 없습니다.",
  },
  todo: { en: "Go back to Kiln's window.", ko: "Kiln 창으로 돌아가세요." },
};
