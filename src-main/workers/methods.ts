/** One method of a worker: structured clone must be able to copy all three. */
interface WorkerMethod {
  input: unknown;
  output: unknown;
  progress: unknown;
}

/** What a worker can do: `type Methods = { probe: { input: …; output: …; progress: … }; … }`. */
export type WorkerMethods<Methods> = Record<keyof Methods, WorkerMethod>;
