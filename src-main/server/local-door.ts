import { createHash, randomUUID } from "node:crypto";
import { chmod, lstat, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createORPCClient, ORPCError } from "@orpc/client";
import { StandardRPCLink } from "@orpc/client/standard";
import { type ContractRouterClient, oc } from "@orpc/contract";
import { implement } from "@orpc/server";
import { ClientPeer } from "@orpc/standard-server-peer";
import { WebSocket } from "ws";
import { z } from "zod";
import type { contract } from "../../src-preload/contract/contract.ts";
import { problemSchema } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import type { Log } from "../log/index.ts";
import { makeFolder } from "../make-folder.ts";
import { type ServedRouter, socketDoor } from "./door.ts";

/** Longest path of a Unix domain socket that every system takes (macOS: 104 bytes with its NUL, Linux: 108). */
const longestSocketPath = 103;
const folderName = "door";
const doorTarget = "/door";
const openTimeoutMs = 5_000;
const pipeName = /^\\\\\.\\pipe\\kiln-[0-9a-f-]{36}$/;

const typedPaths = z.object({ paths: z.array(z.string().min(1)).min(1) });

/** What only this user's own programs may ask beside the contract: to name paths that the person typed, and where it is. */
const localContract = {
  issue: oc.input(typedPaths).output(z.object({ token: z.string() })),
  /** Opens folders and files in its window. */
  open: oc.input(typedPaths).output(z.object({})),
  /** Where a browser finds its window; null for one that has a window of its own. */
  address: oc.output(z.object({ url: z.string().nullable() })),
};

export interface LocalDoorOptions {
  readonly router: ServedRouter;
  readonly libraryDirectory: string;
  /** A token for absolute paths, as `Sources.issue` gives. */
  readonly issue: (paths: readonly string[]) => string;
  /** Opens folders and files that the person typed. */
  readonly open: (paths: readonly string[]) => Promise<unknown>;
  /** Where a browser finds its window; null for one that has a window of its own. */
  readonly url: string | null;
  readonly log: Log;
}

/**
 * Serves the door to the command line beside an open app: on a Unix domain socket in a folder that only this user may
 * enter, or on a named pipe of Windows, which only this user may write to. Whoever holds the library's lock may serve
 * it: a socket left by a process that died is taken over.
 *
 * @returns null where the system has no place for such a socket; the app goes on without
 */
export async function serveLocalDoor(
  options: LocalDoorOptions,
): Promise<{ close(): Promise<void> } | null> {
  const { router, libraryDirectory, issue, open, url, log } = options;
  const local = implement(localContract);
  const door = socketDoor(
    {
      kiln: router,
      local: {
        issue: local.issue.handler(({ input }) => ({ token: issue(input.paths) })),
        open: local.open.handler(async ({ input }) => {
          await open(input.paths);
          return {};
        }),
        address: local.address.handler(() => ({ url })),
      },
    },
    log,
  );
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.on("upgrade", (request, socket, head) => {
    // Browsers can't come here; what says that it is one is refused all the same.
    if (request.url === doorTarget && request.headers.origin === undefined) {
      door.upgrade(request, socket, head);
    } else socket.destroy();
  });
  const forget = await listenAnywhere(server, libraryDirectory, log);
  if (forget === null) return null;
  return {
    async close() {
      door.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      await forget();
    },
  };
}

/** A Kiln that has the library open, asked through its local door. */
export interface LocalKiln {
  readonly client: ContractRouterClient<typeof contract>;
  /** A token for absolute paths that the person typed. */
  token(paths: readonly string[]): Promise<string>;
  /** Opens folders and files in its window. */
  open(paths: readonly string[]): Promise<void>;
  /** Where a browser finds its window; null for one that has a window of its own, or that can't tell. */
  address(): Promise<string | null>;
  close(): Promise<void>;
}

/** Reaches the Kiln that has the library open; null when none answers. Calls that it leaves open fail as `app-closed`. */
export async function connectLocalDoor(libraryDirectory: string): Promise<LocalKiln | null> {
  for (const address of await knownAddresses(libraryDirectory)) {
    const socket = await openSocket(address);
    if (socket === null) continue;
    const client: ContractRouterClient<{ kiln: typeof contract; local: typeof localContract }> =
      createORPCClient(socketLink(socket));
    return {
      client: client.kiln,
      token: async (paths) => (await client.local.issue({ paths: [...paths] })).token,
      open: async (paths) => {
        await client.local.open({ paths: [...paths] }).catch(throwAsProblem);
      },
      address: async () => {
        const { url } = await client.local.address().catch((error: unknown) => {
          // A Kiln of another version may not know the question.
          if (error instanceof ORPCError && error.code === "NOT_FOUND") return { url: null };
          throw error;
        });
        return url;
      },
      close: () =>
        new Promise((resolve) => {
          if (socket.readyState === WebSocket.CLOSED) resolve();
          socket.once("close", () => resolve());
          socket.close();
        }),
    };
  }
  return null;
}

/** An expected failure over there is one here. */
function throwAsProblem(error: unknown): never {
  const problem = error instanceof ORPCError ? problemSchema.safeParse(error.data) : null;
  if (problem?.success !== true) throw error;
  const { code, happened, todo } = problem.data;
  throw new KilnError(code, happened, todo, { cause: error });
}

function openSocket(address: string): Promise<WebSocket | null> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://localhost${doorTarget}`, {
      createConnection: () => connect(address),
      handshakeTimeout: openTimeoutMs,
      perMessageDeflate: false,
    });
    socket.once("open", () => resolve(socket));
    // Later errors come with a close, which the calls hear of.
    socket.on("error", () => resolve(null));
  });
}

/** Calls over a socket of `ws`; oRPC's own link wants a browser's WebSocket, which knows no local sockets. */
function socketLink(socket: WebSocket): StandardRPCLink<Record<never, never>> {
  const peer = new ClientPeer((message) => socket.send(message));
  socket.on("message", (data, isBinary) => {
    const message = isBinary && data instanceof Uint8Array ? data : String(data);
    peer.message(message).catch(() => socket.terminate());
  });
  socket.on("close", () => peer.close());
  const sender = {
    async call(request: Parameters<ClientPeer["request"]>[0]) {
      if (socket.readyState !== WebSocket.OPEN) throw appClosed();
      const response = await peer.request(request).catch((error: unknown) => {
        throw socket.readyState === WebSocket.OPEN ? error : appClosed(error);
      });
      return { ...response, body: () => Promise.resolve(response.body) };
    },
  };
  return new StandardRPCLink(sender, { url: "http://kiln" });
}

/** Listens and makes the address known; answers how to forget it, or null where no place was possible. */
async function listenAnywhere(
  server: Server,
  libraryDirectory: string,
  log: Log,
): Promise<(() => Promise<void>) | null> {
  if (process.platform === "win32") {
    const address = `\\\\.\\pipe\\kiln-${randomUUID()}`;
    const file = pipeFile(libraryDirectory);
    await makeFolder(dirname(file));
    await listen(server, address);
    await writeFile(file, address);
    return () => rm(file, { force: true });
  }
  for (const address of await socketPaths(libraryDirectory)) {
    try {
      await makePrivateFolder(dirname(address));
      await rm(address, { force: true });
      await listen(server, address);
      await chmod(address, 0o600);
      return () => rm(address, { force: true });
    } catch (error) {
      // Some file systems hold no sockets (exFAT, network shares).
      log.warn("The local door can't be here.", { address, error });
    }
  }
  return null;
}

function listen(server: Server, address: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(address, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

async function knownAddresses(libraryDirectory: string): Promise<string[]> {
  try {
    if (process.platform !== "win32") {
      const paths = await socketPaths(libraryDirectory);
      const isOurs = await Promise.all(paths.map((path) => isPrivateFolder(dirname(path))));
      return paths.filter((_, index) => isOurs[index]);
    }
    const address = await readFile(pipeFile(libraryDirectory), "utf8");
    return pipeName.test(address) ? [address] : [];
  } catch {
    // No library there, or none that is open: nobody to reach.
    return [];
  }
}

/** Names of pipes are public and can't be protected: each start has a new one, written where only the user reads. */
function pipeFile(libraryDirectory: string): string {
  return join(libraryDirectory, folderName, "pipe");
}

/** Inside the library where the path is short enough, and in the user's runtime folder. */
async function socketPaths(libraryDirectory: string): Promise<string[]> {
  const directory = await realpath(libraryDirectory);
  const digest = createHash("sha256").update(directory).digest("hex").slice(0, 32);
  const runtime = process.env.XDG_RUNTIME_DIR ?? tmpdir();
  return [join(directory, folderName, "socket"), join(runtime, `kiln-${getuid()}`, digest)].filter(
    (path) => Buffer.byteLength(path) <= longestSocketPath,
  );
}

/** @throws Error when the folder is another user's: in /tmp anybody can be there first */
async function makePrivateFolder(path: string): Promise<void> {
  await makeFolder(path, 0o700);
  if (!(await isPrivateFolder(path))) throw new Error(`Not a folder of this user alone: ${path}`);
}

async function isPrivateFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found?.isDirectory() === true && found.uid === getuid() && (found.mode & 0o077) === 0;
}

function getuid(): number {
  return process.getuid?.() ?? 0;
}

function appClosed(cause?: unknown): KilnError {
  return new KilnError(
    "app-closed",
    {
      en: "The Kiln that had the library open was closed.",
      ko: "라이브러리를 열고 있던 Kiln이 종료되었습니다.",
    },
    {
      en: "Run the command again. Work that had begun goes on when Kiln opens the library.",
      ko: "명령을 다시 실행하세요. 시작된 작업은 Kiln이 라이브러리를 열면 이어집니다.",
    },
    { cause },
  );
}
