import type { ClientLink } from "@orpc/client";
import { RPCLink } from "@orpc/client/websocket";
import { doorPath } from "../../src-preload/contract/window.ts";

/** Browser host: a WebSocket beside the page, below the same secret path. */
export function openSocket(onLost: () => void): ClientLink<Record<never, never>> {
  const url = new URL(doorPath, location.href);
  url.protocol = "ws:";
  const websocket = new WebSocket(url);
  websocket.addEventListener("close", onLost);
  return new RPCLink({ websocket });
}
