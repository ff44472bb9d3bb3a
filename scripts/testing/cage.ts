/**
 * Where the test Electron runs: without a network (loopback alone) and in a user namespace of its own. Root becomes an
 * ordinary user in there, which lets Chromium's sandbox be on.
 */
import { run } from "../setup/run.mjs";

/**
 * Commands that run another inside a cage, best first: with a process namespace, nothing outlives the run; but a
 * machine that is a container itself may refuse the /proc that this takes.
 * @param uid of who starts it
 */
export function cages(uid: number): string[][] {
  const inside = String(uid === 0 ? 1000 : uid);
  const always = [
    ...["--unshare-user", "--uid", inside, "--gid", inside],
    ...["--unshare-net", "--die-with-parent", "--dev-bind", "/", "/"],
  ];
  return [
    ["bwrap", ...always, "--unshare-pid", "--proc", "/proc", "--"],
    ["bwrap", ...always, "--"],
  ];
}

/** @returns a cage that this machine can make, or why it can make none */
export async function findCage(uid: number): Promise<string[] | { readonly fault: string }> {
  let fault = "";
  for (const cage of cages(uid)) {
    const [command = "", ...args] = cage;
    const trial = await run(command, [...args, "true"]);
    if (trial.code === 0) return cage;
    fault = trial.error ? "bubblewrap is not installed" : trial.output.trim();
  }
  return { fault };
}
