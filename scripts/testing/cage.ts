/**
 * Where the test Electron runs: without a network (loopback alone), in process and user namespaces of its own, so that
 * nothing outlives the run. Root becomes an ordinary user in there, which lets Chromium's sandbox be on.
 */
import { run } from "../setup/run.mjs";

/**
 * The command that runs another inside the cage.
 * @param uid of who starts it
 */
export function cageCommand(uid: number): string[] {
  const inside = String(uid === 0 ? 1000 : uid);
  return [
    "bwrap",
    ...["--unshare-user", "--uid", inside, "--gid", inside],
    ...["--unshare-net", "--unshare-pid", "--die-with-parent"],
    ...["--dev-bind", "/", "/", "--proc", "/proc"],
    "--",
  ];
}

/** @returns why there can be no cage on this machine, or undefined where there can */
export async function cageFault(uid: number): Promise<string | undefined> {
  const [command = "", ...args] = cageCommand(uid);
  const trial = await run(command, [...args, "true"]);
  if (trial.code === 0) return undefined;
  return trial.error ? "bubblewrap is not installed" : `bubblewrap: ${trial.output.trim()}`;
}
