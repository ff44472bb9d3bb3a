import http from "node:http";

/** Kiln's own hosts, and mirrors on this machine. */
const loopback = "localhost,127.0.0.1,::1";

/**
 * Has `fetch` go through the proxy that the environment names (HTTP_PROXY, HTTPS_PROXY, NO_PROXY), as curl and npm do:
 * Node leaves them alone unless it is asked. This machine itself is never asked for through one. A Node that can't, and
 * an address that is none, change nothing: whatever is fetched then says that it can't be reached.
 *
 * @returns puts back what was
 */
export function setProxy(env: NodeJS.ProcessEnv): () => void {
  const direct = env.no_proxy ?? env.NO_PROXY;
  const none = direct === "*" ? direct : [direct, loopback].filter(Boolean).join(",");
  // Electron's Node may be older than the one that can.
  const use: typeof http.setGlobalProxyFromEnv | undefined = http.setGlobalProxyFromEnv;
  try {
    return use?.({ ...env, no_proxy: none, NO_PROXY: none }) ?? (() => undefined);
  } catch {
    return () => undefined;
  }
}

/**
 * The environment with the system's proxy in it, unless it names one itself.
 *
 * @param rule the system's answer for an address, as Chromium writes it: "PROXY a:3128; DIRECT". Proxies of SOCKS are
 * passed over: Node has none.
 */
export function withSystemProxy(env: NodeJS.ProcessEnv, rule: string): NodeJS.ProcessEnv {
  if (Object.keys(env).some((name) => /^https?_proxy$/i.test(name))) return env;
  for (const entry of rule.split(";")) {
    const [kind = "", host = ""] = entry.trim().split(/\s+/);
    if (kind === "DIRECT") return env;
    const scheme = { PROXY: "http", HTTPS: "https" }[kind];
    if (scheme === undefined || host === "") continue;
    const proxy = `${scheme}://${host}`;
    return { ...env, HTTP_PROXY: proxy, HTTPS_PROXY: proxy };
  }
  return env;
}
