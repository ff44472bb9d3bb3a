import { expect, test } from "vitest";
import { bytesText } from "./bytes.ts";

test("bytes as a person says them", () => {
  expect(bytesText(0)).toBe("0 B");
  expect(bytesText(640)).toBe("640 B");
  expect(bytesText(5_797_029)).toBe("5.8 MB");
  expect(bytesText(9_960_000)).toBe("10 MB");
  expect(bytesText(999_600_000)).toBe("1.0 GB");
  expect(bytesText(31_000_000_000)).toBe("31 GB");
  expect(bytesText(4e15)).toBe("4000 TB");
});
