import { type ClientLink, createORPCClient, ORPCError } from "@orpc/client";
import type { ContractRouterClient } from "@orpc/contract";
import type { Contract } from "../../src-preload/contract/contract.ts";
import { type Problem, problemSchema } from "../../src-preload/contract/problem.ts";
import { openPort } from "./port.ts";
import { openSocket } from "./socket.ts";

/** The way into Kiln: every procedure of the contract, typed. */
export type Door = ContractRouterClient<Contract>;

type Link = ClientLink<Record<never, never>>;

let link: Link | null = null;

/** A socket can be opened again when the host is back; the preload forwards one port a page load. */
export function canReconnect(): boolean {
  return window.kiln === undefined;
}

function open(): Link {
  const opened: Link = canReconnect()
    ? openSocket(() => {
        if (link === opened) link = null;
      })
    : openPort(() => undefined);
  return opened;
}

/** Opened by the first call, and again by the first call after it was lost. */
export const door: Door = createORPCClient<Door>({
  call(path, input, options) {
    link ??= open();
    return link.call(path, input, options);
  },
});

/** A mistake of ours, for a person. */
export const bug: Problem = {
  code: "bug",
  happened: { en: "Kiln made a mistake.", ko: "Kiln 내부에서 오류가 발생했습니다." },
  todo: {
    en: "Try again. “Copy diagnostics” in the help menu gathers what we need to mend it.",
    ko: "다시 시도하세요. 도움말의 ‘진단 정보 복사’로 고치는 데 필요한 내용을 모을 수 있습니다.",
  },
};

const lost: Problem = {
  code: "host-lost",
  happened: { en: "Kiln has stopped answering.", ko: "Kiln이 응답하지 않습니다." },
  todo: { en: "Start it again.", ko: "Kiln을 다시 시작하세요." },
};

/** Whether a call failed because nobody is there to answer it. */
export function isHostLost(error: unknown): boolean {
  return !(error instanceof ORPCError);
}

/** What a failed call means for a person. */
export function problemOf(error: unknown): Problem {
  if (isHostLost(error)) return lost;
  const parsed = problemSchema.safeParse(error instanceof ORPCError ? error.data : null);
  return parsed.success ? parsed.data : bug;
}

/** What an HTTP answer that is no success means: its body is a problem, too. */
export async function refusalOf(answer: Response): Promise<Error> {
  const parsed = problemSchema.safeParse(await answer.json().catch(() => null));
  return new ORPCError("PROBLEM", { data: parsed.success ? parsed.data : bug });
}
