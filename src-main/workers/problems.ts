import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import type { WorkerExit } from "./port.ts";

/** @param worker how sentences call the worker. @param subject what it was working on. */
export function workerDied(worker: Localized, subject: string, exit: WorkerExit): KilnError {
  const how = exit.signal ?? exit.code ?? "?";
  return new KilnError(
    "worker-died",
    {
      en: `${worker.en} stopped unexpectedly (${how}) while working on “${subject}”.`,
      ko: `‘${subject}’ 작업 중에 ${worker.ko}가 예기치 않게 멈췄습니다(${how}).`,
    },
    {
      en: "Try again. If it stops at the same file once more, leave that file out.",
      ko: "다시 시도하세요. 같은 파일에서 또 멈추면 그 파일을 빼고 진행하세요.",
    },
  );
}

export function workerTimedOut(worker: Localized, subject: string, ms: number): KilnError {
  const seconds = Math.round(ms / 1000);
  return new KilnError(
    "worker-timed-out",
    {
      en: `${worker.en} did not finish “${subject}” within ${seconds} s and was stopped.`,
      ko: `${worker.ko}가 ‘${subject}’ 작업을 ${seconds}초 안에 끝내지 못해 중지했습니다.`,
    },
    {
      en: "Try again when the disk is less busy. If it happens again, the file may be damaged.",
      ko: "디스크가 한가할 때 다시 시도하세요. 다시 그러면 파일이 손상되었을 수 있습니다.",
    },
  );
}

/** @param lastLine what the child wrote last; empty when it said nothing. */
export function workerCannotStart(worker: Localized, lastLine: string): KilnError {
  return new KilnError(
    "worker-cannot-start",
    { en: `${worker.en} does not start.`, ko: `${worker.ko}를 시작할 수 없습니다.` },
    {
      en: "Restart Kiln. If that does not help, install it again: a part of it may be missing.",
      ko: "Kiln을 다시 시작하세요. 그래도 안 되면 빠진 파일이 있을 수 있으니 다시 설치하세요.",
    },
    { cause: lastLine === "" ? undefined : new Error(lastLine) },
  );
}

export function workersClosed(): DOMException {
  return new DOMException("The workers were shut down.", "AbortError");
}
