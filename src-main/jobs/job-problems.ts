import type { Localized, Problem } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";

/** What a job's row says when `error` ended it. */
export function problemOf(error: unknown): Problem {
  if (error instanceof KilnError) {
    const { code, happened, todo } = error;
    return { code, happened, todo };
  }
  return {
    code: "bug",
    happened: {
      en: "Kiln made a mistake while it worked on this.",
      ko: "작업하는 동안 Kiln 내부에서 오류가 발생했습니다.",
    },
    todo: {
      en: "Try again. If it happens again, use “Copy diagnostics” and send us the text.",
      ko: "다시 시도하세요. 같은 문제가 반복되면 ‘진단 정보 복사’로 내용을 복사해 보내 주세요.",
    },
  };
}

/** Kiln ended during a job that can't go on by itself. */
export function interruptedProblem(reason: Localized): Problem {
  return {
    code: "job-interrupted",
    happened: {
      en: `Kiln ended while this was running. ${reason.en}`,
      ko: `작업하는 동안 Kiln이 종료되었습니다. ${reason.ko}`,
    },
    todo: { en: "Retry to run it again.", ko: "‘다시 시도’를 눌러 다시 실행하세요." },
  };
}

/** Kiln ended `times` times in a row during a job: this one may be why. */
export function brokenOffAgain(times: number): Problem {
  return {
    code: "job-broken-off",
    happened: {
      en: `Kiln ended ${times} times in a row while this was running.`,
      ko: `이 작업을 하는 동안 Kiln이 연달아 ${times}번 종료되었습니다.`,
    },
    todo: {
      en: "Retry to go on. If Kiln ends again, use “Copy diagnostics” and send us the text.",
      ko: "‘다시 시도’를 눌러 이어서 진행하세요. 또 종료되면 ‘진단 정보 복사’로 내용을 복사해 보내 주세요.",
    },
  };
}

/** A row whose kind no part of this Kiln knows. */
export const unknownKindProblem: Problem = {
  code: "job-kind-unknown",
  happened: {
    en: "This version of Kiln doesn't know this kind of work.",
    ko: "이 버전의 Kiln에서는 알 수 없는 종류의 작업입니다.",
  },
  todo: {
    en: "Update Kiln, or clear it from the list.",
    ko: "Kiln을 업데이트하거나 목록에서 지우세요.",
  },
};

/** A row whose input the kind's schema no longer reads. */
export const unreadableInputProblem: Problem = {
  code: "job-input-unreadable",
  happened: {
    en: "Another version of Kiln wrote down this work in a way that this one can't read.",
    ko: "다른 버전의 Kiln이 저장한 작업이라 이 버전에서는 읽을 수 없습니다.",
  },
  todo: {
    en: "Start the work anew, and clear this from the list.",
    ko: "작업을 새로 시작하고 이 항목은 목록에서 지우세요.",
  },
};

export function jobUnknown(id: number): KilnError {
  return new KilnError(
    "job-unknown",
    { en: `There is no job ${id}.`, ko: `${id}번 작업이 없습니다.` },
    { en: "Look at the list of jobs again.", ko: "작업 목록을 다시 확인하세요." },
  );
}

export function jobNotRetryable(title: Localized): KilnError {
  return new KilnError(
    "job-not-retryable",
    { en: `“${title.en}” can't be retried.`, ko: `“${title.ko}” 작업은 다시 시도할 수 없습니다.` },
    { en: "Start the work anew.", ko: "작업을 새로 시작하세요." },
  );
}

export function shuttingDown(): KilnError {
  return new KilnError(
    "shutting-down",
    { en: "Kiln is closing.", ko: "Kiln을 종료하는 중입니다." },
    { en: "Start it again when Kiln is open.", ko: "Kiln을 다시 연 뒤 시작하세요." },
  );
}

export function jobNotPausable(title: Localized): KilnError {
  return new KilnError(
    "job-not-pausable",
    { en: `“${title.en}” can't be paused.`, ko: `‘${title.ko}’ 작업은 일시 정지할 수 없습니다.` },
    {
      en: "Let it finish, or cancel it.",
      ko: "끝날 때까지 기다리거나 취소하세요.",
    },
  );
}

export function jobNotPaused(title: Localized): KilnError {
  return new KilnError(
    "job-not-paused",
    { en: `“${title.en}” is not paused.`, ko: `‘${title.ko}’ 작업은 일시 정지 상태가 아닙니다.` },
    { en: "There is nothing to do.", ko: "따로 할 일이 없습니다." },
  );
}
