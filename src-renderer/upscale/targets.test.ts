import { expect, test } from "vitest";
import { upscaleTargetSchema } from "../../src-preload/contract/upscale.ts";
import { kindOf, sizeKinds, targetOf } from "./targets.ts";

const photo = { width: 1500, height: 1000 };

test("the form knows which way a target was said", () => {
  expect(kindOf({ by: "scale", scale: 2 })).toBe("twice");
  expect(kindOf({ by: "scale", scale: 4 })).toBe("fourTimes");
  expect(kindOf({ by: "scale", scale: 2.5 })).toBe("scale");
  expect(kindOf({ by: "print", paper: "A3", dpi: 300 })).toBe("print");
});

test("another way of saying it begins at the same size", () => {
  const fourTimes = { by: "scale", scale: 4 } as const;
  expect(targetOf("width", fourTimes, photo)).toEqual({ by: "width", pixels: 6000 });
  expect(targetOf("height", fourTimes, photo)).toEqual({ by: "height", pixels: 4000 });
  expect(targetOf("scale", { by: "width", pixels: 3750 }, photo)).toEqual({
    by: "scale",
    scale: 2.5,
  });
  expect(targetOf("height", { by: "width", pixels: 3000 }, photo)).toEqual({
    by: "height",
    pixels: 2000,
  });
});

test("whatever is chosen after whatever is a target that main takes", () => {
  const targets = sizeKinds.map((kind) => targetOf(kind, { by: "scale", scale: 4 }, photo));
  for (const size of [photo, { width: 0, height: 0 }, { width: 90_000, height: 1 }]) {
    for (const before of targets) {
      for (const kind of sizeKinds) {
        expect(upscaleTargetSchema.safeParse(targetOf(kind, before, size)).success).toBe(true);
      }
    }
  }
});
