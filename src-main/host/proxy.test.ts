import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { setProxy, withSystemProxy } from "./proxy.ts";

/** A server, and a proxy through which every name leads to it. */
async function network() {
  const server = createServer((_, response) => response.end("hello"));
  const asked: string[] = [];
  const proxy = createServer();
  const port = (of: typeof server): number => (of.address() as AddressInfo).port;
  proxy.on("connect", (request, socket, head) => {
    asked.push(request.url ?? "");
    const onward = connect(port(server), "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      onward.write(head);
      onward.pipe(socket).pipe(onward);
    });
    for (const end of [socket, onward]) end.on("error", () => undefined);
  });
  for (const each of [server, proxy]) {
    each.listen(0, "127.0.0.1");
    await once(each, "listening");
    onTestFinished(() => {
      each.closeAllConnections();
      each.close();
    });
  }
  const addressOf = (of: typeof server) => `http://127.0.0.1:${port(of)}`;
  return { asked, proxy: addressOf(proxy), server: addressOf(server) };
}

test.each(["http_proxy", "HTTP_PROXY"])(
  "what %s names is asked, but for this machine",
  async (key) => {
    const { asked, proxy, server } = await network();
    onTestFinished(setProxy({ [key]: proxy }));
    expect(await (await fetch("http://models.invalid/a")).text()).toBe("hello");
    expect(asked).toEqual(["models.invalid:80"]);
    expect(await (await fetch(server)).text()).toBe("hello");
    expect(asked).toHaveLength(1);
  },
);

test("names of NO_PROXY are asked themselves", async () => {
  for (const direct of ["other.invalid,models.invalid", "*"]) {
    const { asked, proxy } = await network();
    const restore = setProxy({ HTTP_PROXY: proxy, NO_PROXY: direct });
    await expect(fetch("http://models.invalid/a")).rejects.toThrow("fetch failed");
    restore();
    expect(asked).toEqual([]);
  }
});

test("no proxy, or an address that is none: nothing is in the way of what can be reached", async () => {
  const { server } = await network();
  for (const env of [{}, { HTTP_PROXY: "nonsense" }, { HTTP_PROXY: "socks5://127.0.0.1:1" }]) {
    const restore = setProxy(env);
    expect(await (await fetch(server)).text()).toBe("hello");
    restore();
  }
});

test.each([
  ["DIRECT", undefined],
  ["", undefined],
  ["PROXY proxy.work:3128", "http://proxy.work:3128"],
  ["SOCKS5 a:1080; HTTPS secure.work:443; DIRECT", "https://secure.work:443"],
  ["SOCKS5 a:1080; DIRECT; PROXY b:1", undefined],
])("the system's proxy, as it says %j", (rule, proxy) => {
  const { HTTP_PROXY, HTTPS_PROXY, PATH } = withSystemProxy({ PATH: "/bin" }, rule);
  expect([HTTP_PROXY, HTTPS_PROXY, PATH]).toEqual([proxy, proxy, "/bin"]);
});

test.each(["https_proxy", "HTTP_PROXY"])("%s goes before the system's proxy", (name) => {
  const env = { [name]: "http://mine:1" };
  expect(withSystemProxy(env, "PROXY proxy.work:3128")).toBe(env);
});
