/**
 * Works on the frames of many bursts, a few at a time: of each burst its first frame alone, and the others once that is
 * done, since they need what it came to. Frames of bursts that have begun come before new bursts. The first failure
 * stops all, and is thrown when nothing runs any more.
 *
 * @param lanes how many frames are worked on at once
 * @param work `first` is null for a burst's first frame, for the others what that one's work came to,
 *   which may be null, too
 */
export async function forEachFrame<Frame, Found>(
  bursts: Iterable<readonly Frame[]>,
  lanes: number,
  work: (frame: Frame, first: Found | null) => Promise<Found | null>,
): Promise<void> {
  const fresh = Iterator.from(bursts);
  const followers: { frame: Frame; first: Found | null }[] = [];
  let beginning = 0;
  let began = Promise.withResolvers<void>();
  let hasFailed = false;

  const begin = async ([first, ...others]: readonly Frame[]): Promise<void> => {
    if (first === undefined) return;
    beginning += 1;
    try {
      const found = await work(first, null);
      for (const frame of others) followers.push({ frame, first: found });
    } catch (error) {
      hasFailed = true;
      throw error;
    } finally {
      beginning -= 1;
      began.resolve();
      began = Promise.withResolvers();
    }
  };
  const lane = async (): Promise<void> => {
    while (!hasFailed) {
      const follower = followers.shift();
      if (follower !== undefined) {
        await work(follower.frame, follower.first);
        continue;
      }
      const burst = fresh.next();
      if (burst.done !== true) await begin(burst.value);
      else if (beginning > 0) await began.promise;
      else return;
    }
  };
  const settled = await Promise.allSettled(
    Array.from({ length: lanes }, () =>
      lane().catch((error: unknown) => {
        hasFailed = true;
        throw error;
      }),
    ),
  );
  for (const each of settled) if (each.status === "rejected") throw each.reason;
}
