import { once } from "node:events";
import { connect } from "node:net";
import { networkInterfaces } from "node:os";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { exchange, page, pagePaths, rawRequest, scriptPath, secret, testHost } from "./fixture.ts";

describe("whom the host answers", () => {
  test("the page, at once: no redirect, no cookie, no CORS", async () => {
    const host = await testHost();
    expect(host.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[\w-]{43}\/$/);
    const response = await fetch(host.url, { redirect: "error" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(page);
    expect(response.headers.get("set-cookie")).toBeNull();
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
    expect((await fetch(new URL(`.${scriptPath}`, host.url))).status).toBe(200);
    expect((await fetch(new URL("nothing", host.url))).status).toBe(404);
  });

  test("each start has a token of its own", async () => {
    const [one, other] = await Promise.all([testHost(), testHost()]);
    expect(one.token).not.toBe(other.token);
    expect((await fetch(`${one.origin}/${other.token}/`)).status).toBe(404);
  });

  test.each([
    ["no token", () => "/"],
    ["no token, a file", () => "/index.html"],
    ["no slash after it", (token: string) => `/${token}`],
    ["another token", () => `/${"A".repeat(43)}/`],
    ["the token cut short", (token: string) => `/${token.slice(0, -1)}/`],
    ["the token and more", (token: string) => `/${token}x/`],
    ["the token in other case", (token: string) => `/${swapCase(token)}/`],
    [
      "the token encoded",
      (token: string) => `/%${token.charCodeAt(0).toString(16)}${token.slice(1)}/`,
    ],
    ["the token in the query", (token: string) => `/?token=${token}`],
    ["the token second", (token: string) => `/x/${token}/`],
    ["two slashes", (token: string) => `//${token}/`],
    ["an absolute address", (token: string, port: number) => `http://127.0.0.1:${port}/${token}/`],
    ["a foreign absolute address", (token: string) => `http://evil.example/${token}/`],
    ["another place", (token: string) => `//evil.example/${token}/`],
    ["dots before it", (token: string) => `/../${token}/`],
    ["dots after it", (token: string) => `/${token}/x/../`],
    ["encoded dots", (token: string) => `/${token}/%2e%2e/${token}/`],
    ["a fragment", (token: string) => `/${token}/#x`],
    ["a backslash", (token: string) => `/${token}\\`],
  ])("not: %s", async (_what, target) => {
    const host = await testHost();
    const answer = await exchange(host.port, rawRequest(host, target(host.token, host.port)));
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain(page);
    expect(answer.text).not.toContain(host.token);
  });

  test.each([
    ["another name", (port: number) => [`Host: kiln.example:${port}`]],
    ["localhost", (port: number) => [`Host: localhost:${port}`]],
    ["0.0.0.0", (port: number) => [`Host: 0.0.0.0:${port}`]],
    ["IPv6", (port: number) => [`Host: [::1]:${port}`]],
    ["no port", () => ["Host: 127.0.0.1"]],
    ["another port", (port: number) => [`Host: 127.0.0.1:${port + 1}`]],
    ["a dot at its end", (port: number) => [`Host: 127.0.0.1.:${port}`]],
    ["another way to write it", (port: number) => [`Host: 127.1:${port}`]],
    ["a user in it", (port: number) => [`Host: x@127.0.0.1:${port}`]],
    ["empty", () => ["Host:"]],
    ["two of them", (port: number) => [`Host: 127.0.0.1:${port}`, `Host: 127.0.0.1:${port}`]],
    ["two, one foreign", (port: number) => [`Host: 127.0.0.1:${port}`, "Host: evil.example"]],
  ])("not a Host that is %s", async (_what, headers) => {
    const host = await testHost();
    const sent = rawRequest(host, `/${host.token}/`, headers(host.port));
    const answer = await exchange(host.port, sent);
    expect(answer.status).toBe(421);
    expect(answer.text).not.toContain(page);
  });

  test("not a request without a Host", async () => {
    const host = await testHost();
    const bare = `GET /${host.token}/ HTTP/1.1\r\nConnection: close\r\n\r\n`;
    expect((await exchange(host.port, bare)).status).toBe(400);
    const old = `GET /${host.token}/ HTTP/1.0\r\n\r\n`;
    expect((await exchange(host.port, old)).status).toBe(421);
  });

  test.each([
    ["a site", () => ["Origin: https://evil.example"]],
    ["null", () => ["Origin: null"]],
    ["empty", () => ["Origin:"]],
    ["https", (port: number) => [`Origin: https://127.0.0.1:${port}`]],
    ["localhost", (port: number) => [`Origin: http://localhost:${port}`]],
    ["another port", (port: number) => [`Origin: http://127.0.0.1:${port + 1}`]],
    ["with a path", (port: number) => [`Origin: http://127.0.0.1:${port}/`]],
    ["ours and another", (port: number) => [`Origin: http://127.0.0.1:${port}`, "Origin: null"]],
    ["told by Fetch Metadata", () => ["Sec-Fetch-Site: cross-site"]],
    ["another port, told so", () => ["Sec-Fetch-Site: same-site"]],
  ])("not a page elsewhere: %s", async (_what, headers) => {
    const host = await testHost();
    const sent = rawRequest(host, `/${host.token}/`, headers(host.port));
    expect((await exchange(host.port, sent)).status).toBe(403);
  });

  test("our own page, and a person who types the address", async () => {
    const host = await testHost();
    for (const headers of [
      [`Origin: ${host.origin}`, "Sec-Fetch-Site: same-origin"],
      ["Sec-Fetch-Site: none"],
      [],
    ]) {
      const answer = await exchange(host.port, rawRequest(host, `/${host.token}/`, headers));
      expect(answer.status).toBe(200);
    }
  });

  test.each(["POST", "DELETE", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])(
    "not with %s",
    async (method) => {
      const host = await testHost();
      const own = [`Origin: ${host.origin}`];
      const sent = rawRequest(host, `/${host.token}/`, own, method);
      const answer = await exchange(host.port, sent);
      expect(answer.status).toBe(405);
      expect(answer.text).not.toMatch(/access-control/i);
    },
  );

  test("not as a proxy, nor in a language that it doesn't speak", async () => {
    const host = await testHost();
    const proxied = await exchange(host.port, rawRequest(host, "evil.example:443", [], "CONNECT"));
    expect(proxied.status).toBe(0);
    expect((await exchange(host.port, rawRequest(host, "/", [], "get"))).status).toBe(400);
    expect((await exchange(host.port, "\x16\x03\x01\x02\x00\x01")).status).toBe(400);
    const smuggled = rawRequest(host, `/${host.token}/`, [
      "Content-Length: 5",
      "Transfer-Encoding: chunked",
    ]);
    expect((await exchange(host.port, `${smuggled}0\r\n\r\nGET /`)).status).toBe(400);
    const method = rawRequest(host, `/${host.token}/`, ["X-HTTP-Method-Override: PUT"]);
    expect((await exchange(host.port, method)).status).toBe(200);
    const body = rawRequest(host, `/${host.token}/`, ["Content-Length: 3"]);
    expect((await exchange(host.port, `${body}abc`)).status).toBe(400);
    const upgrade = rawRequest(host, `/${host.token}/rpc`, [
      `Origin: ${host.origin}`,
      "Upgrade: h2c",
    ]).replace("Connection: close", "Connection: Upgrade");
    expect((await exchange(host.port, upgrade)).status).toBe(400);
  });

  test("on 127.0.0.1 alone", async () => {
    const host = await testHost();
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ address }) => address !== "127.0.0.1")
      .map(({ address, scopeid }) => (scopeid ? `${address}%${scopeid}` : address));
    for (const address of ["127.0.0.2", "::1", ...others]) {
      const socket = connect(host.port, address);
      const [error] = await once(socket, "error");
      expect(error.code).toMatch(/ECONNREFUSED|EADDRNOTAVAIL|ENETUNREACH|EHOSTUNREACH|EINVAL/);
    }
  });
});

function swapCase(text: string): string {
  return [...text]
    .map((letter) =>
      letter === letter.toUpperCase() ? letter.toLowerCase() : letter.toUpperCase(),
    )
    .join("");
}

describe("paths, byte by byte", () => {
  test.each([
    "../secret.txt",
    "../../../../../../etc/passwd",
    "%2e%2e/secret.txt",
    "%2E%2E/secret.txt",
    ".%2e/secret.txt",
    "%2e%2e%2fsecret.txt",
    "..%2fsecret.txt",
    "..%5csecret.txt",
    "..\\secret.txt",
    "..%c0%afsecret.txt",
    "..%ef%bc%8fsecret.txt",
    "%252e%252e%252fsecret.txt",
    "assets/../../secret.txt",
    "assets/..%2f..%2fsecret.txt",
    "./secret.txt",
    ".%00./secret.txt",
    "..;/secret.txt",
    "/etc/passwd",
    "%2fetc%2fpasswd",
    "file:///etc/passwd",
    "link.txt",
    "linked/secret.txt",
    "index.html%00.txt",
    "index.html%20",
    "index.html/..",
    "media/photo/..%2f..%2fsecret.txt",
    "media/../../secret.txt",
  ])("%s is nowhere", async (path) => {
    const host = await testHost();
    const answer = await exchange(host.port, rawRequest(host, `/${host.token}/${path}`));
    expect(answer.status).toBe(404);
    expect(answer.text).not.toContain(secret);
    expect(answer.text).not.toContain("root:");
  });

  test("noise never finds more than the page", async () => {
    const host = await testHost();
    const noise = fc.oneof(
      fc.string({ unit: "binary-ascii", maxLength: 30 }),
      fc
        .array(
          fc.constantFrom(
            "../",
            "..",
            "/",
            "%2e",
            "%2f",
            "\\",
            "%5c",
            "secret.txt",
            "linked",
            "%00",
          ),
        )
        .map((parts) => parts.join("")),
    );
    const known = pagePaths.map((path) => encodeURI(path).slice(1));
    await fc.assert(
      fc.asyncProperty(noise, async (path) => {
        const answer = await exchange(host.port, rawRequest(host, `/${host.token}/${path}`));
        // A space or line break in the target ends it there: what counts is what the host read.
        const target = path.split(/[ \r\n?]/)[0] ?? "";
        if (answer.status === 200) expect(known).toContain(target);
        expect([0, 200, 400, 404, 405, 421]).toContain(answer.status);
        expect(answer.text).not.toContain(secret);
      }),
      { seed: 31, numRuns: 400 },
    );
  });
});
