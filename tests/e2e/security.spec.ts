import { createServer } from "node:http";
import { expect, test } from "./kiln.ts";

test("the page runs no foreign code and reaches no foreign address", async ({ kiln }) => {
  const { page } = kiln;
  await expect(page.getByRole("button", { name: "Try the sample project" })).toBeVisible();
  const address = page.url();

  // Inline script and code from text are refused by the content security policy.
  const ran = await page.evaluate(() => {
    const script = document.createElement("script");
    script.textContent = "window.ranInline = true";
    document.head.append(script);
    return "ranInline" in window;
  });
  expect(ran).toBe(false);
  // Asked for by a timer: what DevTools itself evaluates is exempt from the policy.
  const evaluated = await page.evaluate(
    () =>
      new Promise((resolve) => {
        setTimeout(() => {
          try {
            resolve(new Function("return 1")() === 1);
          } catch {
            resolve(false);
          }
        });
      }),
  );
  expect(evaluated).toBe(false);

  // A foreign address is not reached, whatever asks for it.
  expect(
    await page.evaluate(() =>
      fetch("https://example.com/").then(
        () => "reached",
        () => "refused",
      ),
    ),
  ).toBe("refused");
  expect(page.url()).toBe(address);
});

test("no path of the disk can be reached from the page", async ({ kiln }) => {
  const { page } = kiln;
  const answers = await page.evaluate(async () => {
    const paths = [
      "../../../../etc/passwd",
      "..%2f..%2f..%2fetc%2fpasswd",
      "%2e%2e/%2e%2e/etc/passwd",
      "..\\\\..\\\\etc\\\\passwd",
      "/etc/passwd",
      "media/photo/../../../../etc/passwd",
      "media/photo/1%00",
      "media/thumbnail/-1/256",
      "media/photo/999999",
      "package.json",
    ];
    return Promise.all(
      paths.map((path) =>
        fetch(path).then(
          async (answer) =>
            `${answer.status} ${(await answer.text()).includes("root:") ? "LEAK" : ""}`,
          () => "refused",
        ),
      ),
    );
  });
  for (const answer of answers) expect(answer.trim()).toMatch(/^(4\d\d|refused)$/);
});

test("navigation, new windows and permissions are refused", async ({ kiln }) => {
  const { page } = kiln;
  test.skip(
    kiln.hostName === "chromium",
    "A browser's address bar, windows and permissions are the person's.",
  );
  expect(await page.evaluate(() => window.open("https://example.com/"))).toBeNull();
  expect(kiln.windowCount()).toBe(1);
  for (const name of ["geolocation", "notifications", "camera", "clipboard-read"]) {
    const state = await page.evaluate(
      async (permission) =>
        (await navigator.permissions.query({ name: permission as PermissionName })).state,
      name,
    );
    expect(`${name}: ${state}`).toBe(`${name}: denied`);
  }
  expect(await page.evaluate(() => Object.keys(window.kiln ?? {}))).toEqual(["dropped"]);
  expect(await page.evaluate(() => "require" in window || "process" in window)).toBe(false);

  // Last, since Playwright's locators wait for a navigation that was begun.
  const address = page.url();
  await page.evaluate(() => {
    location.href = "https://example.com/";
  });
  await page.evaluate(() => {
    const link = document.createElement("a");
    link.href = "file:///etc/passwd";
    document.body.append(link);
    link.click();
    link.remove();
  });
  expect(await page.evaluate(() => document.body.textContent)).toContain("Try the sample project");
  expect(await page.evaluate(() => location.href)).toBe(address);
});

test("a page of another origin reaches nothing of Kiln's host, though it knows the address", async ({
  kiln,
}) => {
  test.skip(kiln.hostName !== "chromium", "Only the browser host listens.");
  const { page } = kiln;
  await using foreign = await serveForeignPage();
  const visitor = await page.context().browser()?.newPage();
  if (visitor === undefined) throw new Error("Chromium has no browser.");
  await visitor.goto(foreign.address);
  const address = page.url();
  const answers = await visitor.evaluate(async (kilnAddress) => {
    const reached = (answer: Promise<unknown>): Promise<string> =>
      answer.then(
        () => "reached",
        () => "refused",
      );
    const connected = new Promise((resolve) => {
      const socket = new WebSocket(new URL("rpc", kilnAddress.replace("http", "ws")));
      socket.addEventListener("open", () => resolve("reached"));
      socket.addEventListener("error", () => resolve("refused"));
    });
    return {
      page: await reached(fetch(kilnAddress)),
      media: await reached(fetch(new URL("media/thumbnail/1/256", kilnAddress))),
      upload: await reached(
        fetch(new URL("upload/x/y.jpg", kilnAddress), { method: "PUT", body: "x" }),
      ),
      socket: await connected,
    };
  }, address);
  expect(answers).toEqual({
    page: "refused",
    media: "refused",
    upload: "refused",
    socket: "refused",
  });
  // Nor does Kiln show itself inside a foreign page.
  const answered = visitor.waitForEvent("response", (response) => response.url() === address);
  await visitor.evaluate((kilnAddress) => {
    const frame = document.createElement("iframe");
    frame.src = kilnAddress;
    document.body.append(frame);
  }, address);
  await answered;
  await expect(visitor.frameLocator("iframe").getByRole("button")).toHaveCount(0);
});

async function serveForeignPage(): Promise<AsyncDisposable & { readonly address: string }> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Foreign</title><body>Foreign</body>");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const listening = server.address();
  if (listening === null || typeof listening === "string") throw new Error("No port.");
  return {
    address: `http://127.0.0.1:${listening.port}/`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
