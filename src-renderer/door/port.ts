import type { ClientLink } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import { connectMessage } from "../../src-preload/contract/window.ts";

/** Electron: a MessagePort that the preload forwards to main. */
export function openPort(onLost: () => void): ClientLink<Record<never, never>> {
  const { port1, port2 } = new MessageChannel();
  window.postMessage(connectMessage, location.origin, [port2]);
  port1.addEventListener("close", onLost);
  const link = new RPCLink({ port: port1 });
  port1.start();
  return link;
}
