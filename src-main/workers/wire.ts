import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";

/** Pool to child. `ack` says that a step of progress arrived, so that the next may leave. */
export type ToWorker =
  | {
      readonly type: "call";
      readonly id: number;
      readonly method: string;
      readonly input: unknown;
    }
  | { readonly type: "cancel"; readonly id: number }
  | { readonly type: "ack"; readonly id: number };

/** Child to pool. `ready` comes once, before anything else. */
export type FromWorker =
  | { readonly type: "ready" }
  | { readonly type: "progress"; readonly id: number; readonly value: unknown }
  | { readonly type: "done"; readonly id: number; readonly value: unknown }
  | { readonly type: "failed"; readonly id: number; readonly error: WireError };

/** An error as structured clone can carry it, without losing what a KilnError says to a person. */
export interface WireError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  readonly problem: {
    readonly code: string;
    readonly happened: Localized;
    readonly todo: Localized;
  } | null;
}

export function toWireError(error: unknown): WireError {
  if (!(error instanceof Error)) {
    return { name: "Error", message: String(error), stack: "", problem: null };
  }
  return {
    name: error.name,
    message: error.message,
    stack: withCauses(error),
    problem:
      error instanceof KilnError
        ? { code: error.code, happened: error.happened, todo: error.todo }
        : null,
  };
}

export function fromWireError(error: WireError): Error {
  const rebuilt =
    error.problem === null
      ? new Error(error.message)
      : new KilnError(error.problem.code, error.problem.happened, error.problem.todo);
  rebuilt.name = error.name;
  if (error.stack !== "") rebuilt.stack = error.stack;
  return rebuilt;
}

function withCauses(error: Error): string {
  const own = error.stack ?? "";
  return error.cause instanceof Error ? `${own}\nCaused by: ${withCauses(error.cause)}` : own;
}
