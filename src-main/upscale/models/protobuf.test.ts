import fc from "fast-check";
import { expect, test } from "vitest";
import { Message, ProtobufError, readFields } from "./protobuf.ts";

const fieldNumber = fc.integer({ min: 1, max: 2 ** 29 - 1 });

test("whole numbers of either sign come back, and texts, floats and messages", () => {
  fc.assert(
    fc.property(
      fieldNumber,
      fc.maxSafeInteger(),
      fc.string({ unit: "binary" }),
      fc.float({ noNaN: true }),
      (field, int, text, float) => {
        const inner = new Message().int(field, int);
        const bytes = new Message()
          .int(field, int)
          .string(field, text)
          .float(field, float)
          .message(field, inner)
          .finish();
        const fields = [...readFields(bytes)];
        expect(fields.map((each) => [each.field, each.wire])).toEqual(
          [0, 2, 5, 2].map((wire) => [field, wire]),
        );
        expect(fields[0]?.int).toBe(int);
        expect(Buffer.from(fields[1]?.bytes ?? []).equals(Buffer.from(text))).toBe(true);
        expect(Buffer.from(fields[2]?.bytes ?? []).readFloatLE()).toBe(float);
        expect([...readFields(fields[3]?.bytes ?? new Uint8Array())][0]?.int).toBe(int);
        expect(Buffer.concat(fields.map(({ start, end }) => bytes.subarray(start, end)))).toEqual(
          Buffer.from(bytes),
        );
      },
    ),
    { seed: 20_261_121, numRuns: 300 },
  );
});

test("any bytes are fields or are refused", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      let end = 0;
      try {
        for (const field of readFields(bytes)) {
          expect(field.start).toBe(end);
          expect(field.end).toBeGreaterThan(field.start);
          end = field.end;
        }
        expect(end).toBe(bytes.length);
      } catch (error) {
        expect(error).toBeInstanceOf(ProtobufError);
      }
    }),
    { seed: 20_261_121, numRuns: 2_000 },
  );
});
