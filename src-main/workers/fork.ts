import { fork } from "node:child_process";
import { createInterface } from "node:readline";
import { workerEnvironment, workerFlags } from "./environment.ts";
import type { WorkerExit, WorkerLauncher } from "./port.ts";

/** Children of plain Node, run by the Node that runs us. */
export function forkLauncher(): WorkerLauncher {
  return {
    launch(entry, { name, env }) {
      const child = fork(entry, [name], {
        execPath: process.execPath,
        execArgv: [...workerFlags],
        env: workerEnvironment(env),
        serialization: "advanced",
        stdio: ["ignore", "pipe", "pipe", "ipc"],
      });
      const logListeners: ((line: string) => void)[] = [];
      for (const stream of [child.stdout, child.stderr]) {
        if (stream === null) continue;
        createInterface({ input: stream }).on("line", (line) => {
          for (const listener of logListeners) listener(line);
        });
      }
      const exited = new Promise<WorkerExit>((resolve) => {
        child.once("exit", (code, signal) => resolve({ code, signal }));
        // Not started at all, or a message to a child that is just ending: only the first has no exit to come.
        child.on("error", () => {
          if (child.pid === undefined) resolve({ code: null, signal: null });
        });
      });
      return {
        get pid() {
          return child.pid;
        },
        post(message) {
          if (child.connected) child.send(message, () => {});
        },
        onMessage: (listener) => child.on("message", listener),
        onExit: (listener) => void exited.then(listener),
        onLog: (listener) => logListeners.push(listener),
        kill: () => child.kill("SIGKILL"),
      };
    },
  };
}
