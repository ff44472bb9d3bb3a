export { workerEnvironment, workerFlags } from "./environment.ts";
export { forkLauncher } from "./fork.ts";
export { type RunOptions, type WorkerLogLine, WorkerPool, type WorkerPoolOptions } from "./pool.ts";
export type { LaunchOptions, WorkerChannel, WorkerExit, WorkerLauncher } from "./port.ts";
export { serveWorker, type WorkerCallContext, type WorkerHandlers } from "./serve.ts";
