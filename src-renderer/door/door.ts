import { createORPCClient, ORPCError } from "@orpc/client";
import { RPCLink as PortLink } from "@orpc/client/message-port";
import { RPCLink as SocketLink } from "@orpc/client/websocket";
import type { ContractRouterClient } from "@orpc/contract";
import type { Contract } from "../../src-preload/contract/contract.ts";
import { type Problem, problemSchema } from "../../src-preload/contract/problem.ts";

/** The way into Kiln: every procedure of the contract, typed. */
export type Door = ContractRouterClient<Contract>;

const lostListeners = new Set<() => void>();

/** Called once when the way into Kiln is gone: its process ended. */
export function onDoorLost(listener: () => void): void {
  lostListeners.add(listener);
}

function announceLoss(): void {
  for (const listener of lostListeners) listener();
}

/** Electron: a MessagePort through the preload. */
function portLink(): PortLink<Record<never, never>> {
  const { port1, port2 } = new MessageChannel();
  window.postMessage("kiln:connect", location.origin, [port2]);
  port1.start();
  port1.addEventListener("close", announceLoss);
  return new PortLink({ port: port1 });
}

/** Browser host: a WebSocket beside the page, below the same secret path. */
function socketLink(): SocketLink<Record<never, never>> {
  const url = new URL("rpc", location.href);
  url.protocol = "ws:";
  url.search = "";
  url.hash = "";
  const websocket = new WebSocket(url);
  websocket.addEventListener("close", announceLoss);
  return new SocketLink({ websocket });
}

export const door: Door = createORPCClient(window.kiln === undefined ? socketLink() : portLink());

const bug: Problem = {
  code: "bug",
  happened: { en: "Kiln made a mistake.", ko: "Kiln 내부에서 오류가 발생했습니다." },
  todo: {
    en: "Try again. “Copy diagnostics” in the help menu gathers what we need to mend it.",
    ko: "다시 시도하세요. 도움말의 ‘진단 정보 복사’로 고치는 데 필요한 내용을 모을 수 있습니다.",
  },
};

/** What a failed call means for a person. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ORPCError) {
    const parsed = problemSchema.safeParse(error.data);
    if (parsed.success) return parsed.data;
  }
  return bug;
}
