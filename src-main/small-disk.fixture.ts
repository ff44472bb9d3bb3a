import { execFileSync, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { onTestFinished } from "vitest";
import { temporaryFolder } from "./photos/takes.fixture.ts";

/**
 * Only Linux has a tmpfs, only root may mount one, and containers mostly forbid it to their root as well: so it is
 * tried, in a namespace of mounts that ends with the command.
 */
export const canMountDisks =
  spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "tmpfs", tmpdir()]).status === 0;

/**
 * Mounts an empty disk until the test has finished.
 *
 * @param options tmpfs(5), what it has room for: "size=64m", "nr_inodes=9"
 * @param place a folder, which it hides; a temporary one unless told
 */
export async function mountSmallDisk(options: string, place?: string): Promise<string> {
  const disk = place ?? (await temporaryFolder());
  execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", disk]);
  // Lazily: a file that a failed test left open doesn't keep it mounted.
  onTestFinished(() => void execFileSync("umount", ["--lazy", disk]));
  return disk;
}
