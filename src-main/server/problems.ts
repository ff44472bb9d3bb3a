import { ORPCError } from "@orpc/client";
import { ValidationError } from "@orpc/contract";
import type { StandardHandlerOptions } from "@orpc/server/standard";
import type { Problem } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import { problemOf } from "../jobs/index.ts";
import type { Log } from "../log/index.ts";

const badInput: Problem = {
  code: "bad-input",
  happened: {
    en: "Kiln was asked for something that it doesn't understand.",
    ko: "이해할 수 없는 요청을 받았습니다.",
  },
  todo: {
    en: "Try again. If it happens again, close this window and open it anew.",
    ko: "다시 시도하세요. 같은 문제가 반복되면 창을 닫았다가 다시 여세요.",
  },
};

const internal = "INTERNAL_SERVER_ERROR";

/**
 * How failures leave the door: as problems that a person can read, never as a stack. A KilnError and an input that
 * does not fit become the contract's PROBLEM; anything else is a bug, is logged, and is answered as problem `bug`.
 */
export function answerWithProblems(
  log: Log,
): Pick<StandardHandlerOptions<Record<never, never>>, "interceptors" | "clientInterceptors"> {
  return {
    // Around a procedure: its error map, with PROBLEM in it, is at hand here.
    clientInterceptors: [
      async ({ next, path, signal }) => {
        try {
          return await next();
        } catch (error) {
          // Whoever asked has left, or no longer wants it: nobody reads the answer.
          if (signal?.aborted === true) throw error;
          throw asAnswer(error, path.join("."), log);
        }
      },
    ],
    // Around a message: it may name no procedure, or not be readable at all.
    interceptors: [
      async ({ next, request }) => {
        try {
          const result = await next();
          if (result.matched) return result;
        } catch (error) {
          if (error instanceof ORPCError || request.signal?.aborted === true) throw error;
          log.warn("A call could not be read.", { procedure: request.url.pathname, error });
          throw new ORPCError("BAD_REQUEST", { message: badInput.happened.en, data: badInput });
        }
        throw new ORPCError("NOT_FOUND", { message: badInput.happened.en, data: badInput });
      },
    ],
  };
}

function asAnswer(error: unknown, procedure: string, log: Log): ORPCError<string, unknown> {
  if (error instanceof KilnError) return asProblem(problemOf(error));
  if (error instanceof ORPCError && error.code === "BAD_REQUEST") {
    const issues = error.cause instanceof ValidationError ? error.cause.issues : undefined;
    log.warn("A call's input did not fit.", { procedure, issues });
    return asProblem(badInput);
  }
  log.error("A call failed.", { procedure, error });
  const problem = problemOf(error);
  return new ORPCError(internal, { message: problem.happened.en, data: problem });
}

function asProblem(problem: Problem): ORPCError<string, unknown> {
  return new ORPCError("PROBLEM", { status: 422, message: problem.happened.en, data: problem });
}
