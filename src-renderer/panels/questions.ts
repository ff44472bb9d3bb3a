import type { Histogram, PhotoDetail } from "../../src-preload/contract/photos.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { door } from "../door/door.ts";
import { createQuestion } from "./settled.ts";

/**
 * A photo may leave between the question and the answer, or be one that can't be read: the panel then shows what the
 * photo's row says, and no toast tells what nobody asked for.
 */
async function orNothing<Answer>(answer: Promise<Answer>): Promise<Answer | null> {
  return answer.catch(() => null);
}

/** Everything known about a photo. */
export const detailQuestion = createQuestion<PhotoDetail>((photoId) =>
  orNothing(door.photos.detail({ photoId })),
);

export const histogramQuestion = createQuestion<Histogram>((photoId) =>
  orNothing(door.photos.histogram({ photoId })),
);

/** Why a photo's decisions are in no sidecar. */
export const unwrittenQuestion = createQuestion<{ readonly reason: Localized | null }>((photoId) =>
  orNothing(door.photos.unwrittenSidecar({ photoId })),
);
