/** Runs in a page of Kiln's own origin that has no script of Kiln's, and takes the one port that the preload forwards. */
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import type { ContractRouterClient } from "@orpc/contract";
import type { Contract } from "../../src-preload/contract/contract.ts";
import { connectMessage } from "../../src-preload/contract/window.ts";

declare global {
  interface Window {
    /** Milliseconds of each of `count` round trips, one after the other. */
    kilnBench: {
      ping(count: number): Promise<number[]>;
      call(count: number): Promise<number[]>;
    };
  }
}

const { port1, port2 } = new MessageChannel();
window.postMessage(connectMessage, location.origin, [port2]);
port1.start();

async function timed(count: number, once: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    // As a person's calls come: with nothing else under way.
    await new Promise((resolve) => setTimeout(resolve, 5));
    const began = performance.now();
    await once();
    times.push(performance.now() - began);
  }
  return times;
}

function answer(): Promise<unknown> {
  return new Promise((resolve) => port1.addEventListener("message", resolve, { once: true }));
}

window.kilnBench = {
  ping: (count) =>
    timed(count, () => {
      const answered = answer();
      port1.postMessage("ping");
      return answered;
    }),
  call(count) {
    const door = createORPCClient<ContractRouterClient<Contract>>(new RPCLink({ port: port1 }));
    return timed(count, () => door.preferences.get());
  },
};
