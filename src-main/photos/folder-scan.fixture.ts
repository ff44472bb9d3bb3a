/** A process of its own for tests, run as another user: scans argv[2], then argv[3], and prints what came of it. */
import { tmpdir } from "node:os";
import { KilnError } from "../errors.ts";
import { scanFolder } from "./folder-scan.ts";

const [, , root = "", shut = ""] = process.argv;
const found: string[] = [];
const unread: [string, string][] = [];
const scan = (path: string): Promise<void> =>
  scanFolder(path, {
    signal: new AbortController().signal,
    leaveOut: tmpdir(),
    onFolder: (photos) => {
      found.push(...photos.flatMap(({ files }) => files.map(({ name }) => name)));
    },
    onUnread: ({ path: folder, reason }) => unread.push([folder, reason.en]),
  });

await scan(root);
const shutItself = await scan(shut).then(
  () => "read",
  (error: unknown) => (error instanceof KilnError ? error.code : String(error)),
);
process.stdout.write(JSON.stringify({ found, unread, shutItself }));
