import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { utilityProcess } from "electron";
import {
  type WorkerExit,
  type WorkerLauncher,
  workerEnvironment,
  workerFlags,
} from "../workers/index.ts";

/** Children of Electron: utility processes, since its own binary can't be forked. */
export function utilityLauncher(): WorkerLauncher {
  return {
    launch(entry, { name, env }) {
      const child = utilityProcess.fork(entry, [name], {
        serviceName: name,
        env: workerEnvironment(env),
        execArgv: [...workerFlags],
        stdio: ["ignore", "pipe", "pipe"],
      });
      const exited = new Promise<WorkerExit>((resolve) => {
        child.once("exit", (code) => resolve({ code, signal: null }));
      });
      return {
        get pid() {
          return child.pid;
        },
        post: (message) => child.postMessage(message),
        onMessage: (listener) => child.on("message", listener),
        onExit: (listener) => void exited.then(listener),
        onLog(listener) {
          for (const stream of [child.stdout, child.stderr]) {
            if (stream !== null) readLines(stream, listener);
          }
        },
        // Not child.kill(): that asks with SIGTERM, and a decoder that hangs doesn't listen.
        kill() {
          if (child.pid !== undefined) process.kill(child.pid, "SIGKILL");
          // It is only being started: it ends as soon as it is there.
          else child.once("spawn", () => this.kill());
        },
      };
    },
  };
}

function readLines(stream: NodeJS.ReadableStream, listener: (line: string) => void): void {
  createInterface({ input: stream as Readable }).on("line", listener);
}
