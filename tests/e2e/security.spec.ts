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
