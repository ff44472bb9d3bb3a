import { type CommandId, isCommandId } from "../../src-preload/contract/commands.ts";
import { door, problemOf } from "../door/door.ts";
import { pullChanges, showRoot, useLibrary } from "./library-store.ts";

/**
 * Follows main for as long as the page lives: asks for news, lays them over the stores, asks again. Latest wins; a slow
 * page is never flooded.
 */
export async function followNews(runCommand: (id: CommandId) => void): Promise<void> {
  let cursor = 0;
  try {
    useLibrary.setState({ info: await door.app.info() });
    for (;;) {
      const news = await door.events.next({ cursor });
      const isFirst = cursor === 0;
      ({ cursor } = news);
      const { jobs, roots, preferences, undo, redo } = news;
      useLibrary.setState({ jobs, roots, preferences, undo, redo, isReady: true });
      const { rootId } = useLibrary.getState();
      const [latest] = roots;
      if (news.openRootId !== null) await showRoot(news.openRootId);
      else if (isFirst && latest !== undefined) await showRoot(latest.id);
      else if (rootId !== null && !roots.some((root) => root.id === rootId)) await leaveRoot();
      else if (news.revision > useLibrary.getState().revision) await pullChanges();
      if (news.command !== null && isCommandId(news.command)) runCommand(news.command);
    }
  } catch (error) {
    useLibrary.setState({ startProblem: problemOf(error) });
  }
}

/** The shown root left the library: show the newest that is left. */
async function leaveRoot(): Promise<void> {
  const [latest] = useLibrary.getState().roots;
  useLibrary.setState({ rootId: null, revision: 0, photos: new Map(), bursts: new Map() });
  if (latest !== undefined) await showRoot(latest.id);
}
