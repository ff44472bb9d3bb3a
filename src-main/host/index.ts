export { defaultDataDirectory } from "./data-directory.ts";
export { EventHub, type EventSources, type News } from "./events.ts";
export { type Host, isAllowedLink } from "./host.ts";
export { nodeHost } from "./node-host.ts";
export { setProxy, withSystemProxy } from "./proxy.ts";
export { Sources } from "./sources.ts";
