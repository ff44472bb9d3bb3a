/** The bench's window: a thread that follows main over a port as the page does, and asks what the bench wants. */
import { type MessagePort, parentPort } from "node:worker_threads";
import { createORPCClient } from "@orpc/client";
import { RPCLink } from "@orpc/client/message-port";
import type { ContractRouterClient } from "@orpc/contract";
import type { Contract } from "../../src-preload/contract/contract.ts";

/** What the bench tells its window. */
export type ToWindow =
  | { readonly port: MessagePort; readonly rootId: number }
  | { readonly id: number; readonly path: readonly string[]; readonly input: unknown };

/** What the window tells: an answer, or how many rows of photos it has got by now. */
export type FromWindow =
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly error: string }
  | { readonly rows: number };

const say = (message: FromWindow): void => parentPort?.postMessage(message);

let link: RPCLink<Record<never, never>> | null = null;

parentPort?.on("message", async (message: ToWindow) => {
  if ("port" in message) {
    link = new RPCLink({ port: message.port });
    message.port.start();
    await follow(createORPCClient(link), message.rootId);
    return;
  }
  const { id, path, input } = message;
  try {
    const answer = await link?.call(path, input, { context: {} });
    say({ id, answer });
  } catch (error) {
    say({ id, error: String(error) });
  }
});

/** As the page does: news, then the rows that changed. */
async function follow(door: ContractRouterClient<Contract>, rootId: number): Promise<never> {
  let [cursor, revision, rows] = [0, 0, 0];
  for (;;) {
    const news = await door.events.next({ cursor });
    cursor = news.cursor;
    if (news.revision <= revision) continue;
    const since = revision;
    for (let after: number | null = 0; after !== null; ) {
      const page = { after, limit: 500 };
      const changes = await door.photos.changes({ rootId, since, page });
      if (after === 0) revision = changes.revision;
      rows += changes.photos.length;
      after = changes.next;
    }
    say({ rows });
  }
}
