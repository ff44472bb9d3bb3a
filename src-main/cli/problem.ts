import { ORPCError } from "@orpc/client";
import { type Problem, problemSchema } from "../../src-preload/contract/problem.ts";
import { problemOf } from "../jobs/index.ts";

/** What a failed call means for a person, whether it failed in this process or in the one that has the library. */
export function problemOfCall(error: unknown): Problem {
  if (error instanceof ORPCError) {
    const sent = problemSchema.safeParse(error.data);
    return sent.success ? sent.data : problemOf(error.cause ?? error);
  }
  return problemOf(error);
}
