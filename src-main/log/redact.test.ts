import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { redact, redactText } from "./redact.ts";

describe("secrets", () => {
  it("are taken out of fields by their names", () => {
    const fields = {
      token: "t1",
      accessToken: ["t2"],
      headers: { Authorization: "t3", Cookie: "t4", accept: "image/webp" },
      api_key: "t5",
      clientSecret: { value: "t6" },
      password: 7,
      key: "IMG_0001",
      state: "completed",
    };
    const text = JSON.stringify(redact(fields));
    expect(text).not.toMatch(/t[1-6]|7/);
    expect(redact(fields)).toMatchObject({
      headers: { accept: "image/webp" },
      key: "IMG_0001",
      state: "completed",
    });
  });

  it.each([
    [
      "http://127.0.0.1:4123/aBc-9_/media/12?size=2 opened",
      "http://127.0.0.1:4123/[redacted] opened",
    ],
    ["ws://localhost:80/tok", "ws://localhost:80/[redacted]"],
    ["see http://[::1]:5/tok.", "see http://[::1]:5/[redacted]"],
    ["http://127.0.0.1:4123 listens", "http://127.0.0.1:4123 listens"],
    ["Authorization: Bearer abc.def-g=", "Authorization: Bearer [redacted]"],
    ["Authorization: Basic dTpw", "Authorization: Basic [redacted]"],
    ["Basic settings", "Basic settings"],
    ["https://x.test/p?a=1&token=abc&b=2", "https://x.test/p?a=1&token=[redacted]&b=2"],
    ["https://x.test/photos/1", "https://x.test/photos/1"],
    ["/photos/제주 2026/토큰.jpg", "/photos/제주 2026/토큰.jpg"],
  ])("are taken out of text: %s", (text, safe) => {
    expect(redactText(text)).toBe(safe);
  });

  it("are found in errors and their causes", () => {
    const cause = new Error("at http://127.0.0.1:9/tok/x");
    const text = JSON.stringify(redact({ error: new Error("Bearer abc", { cause }) }));
    expect(text).not.toMatch(/tok|abc/);
  });
});

describe("what JSON can't hold", () => {
  it("becomes a mark", () => {
    const circle: Record<string, unknown> = { name: "circle" };
    circle.self = circle;
    let deep: unknown = "bottom";
    for (let level = 0; level < 20; level += 1) deep = { deep };
    const safe = redact({
      circle,
      deep,
      bytes: new Uint8Array(1_000),
      big: 10n,
      nan: Number.NaN,
      none: undefined,
      run: () => 1,
      twice: [circle.name, circle.name],
      date: new Date(Number.NaN),
      long: "x".repeat(20_000),
    });
    const text = JSON.stringify(safe);
    expect(text).toContain('"self":"[circular]"');
    expect(text).toContain("[deeper]");
    expect(text.length).toBeLessThan(10_000);
    expect(safe).toMatchObject({
      bytes: "[1000 bytes]",
      big: "10",
      nan: "NaN",
      twice: ["circle", "circle"],
    });
    expect(safe).not.toHaveProperty("none");
    expect(safe).not.toHaveProperty("run");
  });

  it("never makes it throw", () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withTypedArray: true }),
        (value) => {
          expect(JSON.parse(JSON.stringify(redact({ value })))).toBeDefined();
        },
      ),
      { seed: 3, numRuns: 500 },
    );
  });
});
