import fc from "fast-check";
import { expect, test } from "vitest";
import { readSidecar, updateSidecar } from "./index.ts";
import { namespaces } from "./scan.ts";

const ours = {
  rating: fc.integer({ min: -1, max: 5 }),
  label: fc.string({ unit: "binary", maxLength: 12 }),
};
const space = fc.stringMatching(/^[ \t\n]{1,5}$/);
const quote = fc.constantFrom('"', "'");
const word = fc.stringMatching(/^[a-zA-Z][\w.-]{0,8}$/);

/** Text of others as XML may hold it: entities, CDATA, comments, processing instructions, elements, any letters. */
const foreignContent = fc
  .array(
    fc.oneof(
      fc.string({ unit: "grapheme", maxLength: 10 }).map((text) => text.replace(/[<>&\r]/g, "")),
      fc.constantFrom("&amp;", "&#38;", "&own;", "<![CDATA[<xmp:Rating>1</xmp:Rating>]]>"),
      fc.constantFrom(
        '<!-- xmp:Rating="2" -->',
        "<?keep xmp:Label?>",
        "<o:empty/>",
        "<o:a o:Rating='3'>x</o:a>",
      ),
      space,
    ),
    { maxLength: 5 },
  )
  .map((pieces) => pieces.join(""));

const foreignAttribute = fc
  .tuple(space, word, quote, fc.string({ unit: "grapheme", maxLength: 8 }))
  .map(([gap, name, mark, value]) => ({
    name,
    text: `${gap}o:${name} = ${mark}${value.replace(/[<&"'\r]/g, "")}&lt;${mark}`,
  }));

const attributes = fc
  .uniqueArray(foreignAttribute, { maxLength: 4, selector: ({ name }) => name })
  .map((list) => list.map(({ text }) => text));

const foreignElement = fc
  .tuple(space, word, attributes, foreignContent)
  .map(
    ([gap, name, inside, content]) => `${gap}<o:${name}${inside.join("")}>${content}</o:${name}>`,
  );

/** One of our fields as some program may have left it. */
const field = (prefix: string, name: string, value: fc.Arbitrary<string>) =>
  fc
    .tuple(fc.constantFrom("none", "attribute", "element", "empty"), space, quote, value)
    .map(([form, gap, mark, text]) => ({
      attribute: form === "attribute" ? `${gap}${prefix}:${name}=${mark}${text}${mark}` : "",
      element:
        form === "element"
          ? `${gap}<${prefix}:${name}>${text}</${prefix}:${name}>`
          : form === "empty"
            ? `${gap}<${prefix}:${name}/>`
            : "",
    }));

/** A whole document, with a mark at every foreign piece's place: `foreign` are those pieces. */
const documents = fc.constantFrom("xmp", "xap", "q1").chain((prefix) =>
  fc
    .record({
      rating: field(prefix, "Rating", fc.constantFrom("-1", "0", "3", "5", "4.0", "junk", "")),
      label: field(prefix, "Label", fc.constantFrom("Red", "Gr&#252;n", "", "&amp;", "To Do")),
      date: field(prefix, "MetadataDate", fc.constantFrom("2020-01-01T00:00:00Z", "then")),
      before: attributes,
      elements: fc.array(foreignElement, { maxLength: 4 }),
      order: fc.integer({ min: 0, max: 5 }),
      wrapped: fc.boolean(),
      second: fc.boolean(),
      encoding: fc.constantFrom("utf8", "utf16le"),
      tail: fc.constantFrom("", "\n", " <?xpacket end='w'?>", "<!-- end -->\n"),
    })
    .map((parts) => {
      const { rating, label, date, before, elements } = parts;
      const own = [rating.element, label.element, date.element];
      const inside = [...elements];
      for (const [at, element] of own.entries()) {
        inside.splice((at * 7 + parts.order) % (inside.length + 1), 0, element);
      }
      const second = `<rdf:Description rdf:about="" xmlns:z="urn:z" z:k='v'><z:e>1</z:e></rdf:Description>`;
      const rdf =
        `<rdf:RDF xmlns:rdf="${namespaces.rdf}" xmlns:o="urn:others" xmlns:${prefix}='${namespaces.xmp}'>` +
        `<rdf:Description rdf:about=''${rating.attribute}${before.join("")}${label.attribute}${date.attribute}>` +
        `${inside.join("")}</rdf:Description>${parts.second ? second : ""}</rdf:RDF>`;
      const text = parts.wrapped
        ? `<x:xmpmeta xmlns:x='${namespaces.meta}' x:xmptk="Other 1.0">${rdf}</x:xmpmeta>${parts.tail}`
        : rdf + parts.tail;
      const mark = parts.encoding === "utf16le" ? "\ufeff" : "";
      return {
        bytes: Buffer.from(mark + text, parts.encoding === "utf16le" ? "utf16le" : "utf8"),
        encoding: parts.encoding as "utf8" | "utf16le",
        prefix,
      };
    }),
);

/** The document without our three fields: what is left must never change. */
function foreignPart(text: string, prefix: string): string {
  const names = `${prefix}:(?:Rating|Label|MetadataDate)`;
  // Each piece that may look like a field but is text of others is kept aside.
  return text.replace(
    new RegExp(
      `(<!--[^]*?-->|<!\\[CDATA\\[[^]*?\\]\\]>|<\\?[^]*?\\?>)|\\s*<${names}/>|\\s*<(${names})>[^<]*</\\2>|\\s+${names}=(?:"[^"]*"|'[^']*')`,
      "g",
    ),
    (_whole, kept?: string) => kept ?? "",
  );
}

const settings = { seed: 20_261_121, numRuns: 1500 };

test("whatever is written: foreign bytes stay, it reads back, and writing it again changes nothing", () => {
  fc.assert(
    fc.property(documents, fc.record(ours), ({ bytes, encoding, prefix }, values) => {
      const after = Buffer.from(updateSidecar(bytes, values, "a.xmp"));
      const read = readSidecar(after, "a.xmp");
      const label = withoutForbidden(values.label);
      expect(read.rating ?? 0).toBe(values.rating);
      expect(read.label ?? "").toBe(label);
      expect(foreignPart(after.toString(encoding), prefix)).toBe(
        foreignPart(bytes.toString(encoding), prefix),
      );
      expect(updateSidecar(after, values, "a.xmp")).toBe(after);
    }),
    settings,
  );
});

test("values that are not given stay", () => {
  fc.assert(
    fc.property(documents, ours.rating, ({ bytes }, rating) => {
      const before = readSidecar(bytes, "a.xmp");
      const after = readSidecar(updateSidecar(bytes, { rating }, "a.xmp"), "a.xmp");
      expect(after).toMatchObject({
        label: before.label,
        pick: before.pick,
        foreign: before.foreign,
      });
    }),
    settings,
  );
});

test("a file of random bytes, or one damaged anywhere, is read or refused with a sentence", () => {
  const damaged = fc
    .tuple(documents, fc.nat(), fc.uint8Array({ maxLength: 6 }))
    .map(([{ bytes }, at, junk]) => {
      const place = at % bytes.length;
      return Buffer.concat([bytes.subarray(0, place), junk, bytes.subarray(place + junk.length)]);
    });
  fc.assert(
    fc.property(fc.oneof(fc.uint8Array({ maxLength: 300 }), damaged), (bytes) => {
      try {
        const after = updateSidecar(bytes, { rating: 3, label: "Red" }, "a.xmp");
        expect(readSidecar(after, "a.xmp")).toMatchObject({ rating: 3, label: "Red" });
      } catch (error) {
        expect(error).toMatchObject({
          code: expect.stringMatching(/^sidecar-(broken|not-xmp|unusual)$/),
        });
      }
    }),
    settings,
  );
});

/** XML has no way to say these characters, not even escaped. */
function withoutForbidden(text: string): string {
  return [...text.toWellFormed()]
    .filter((character) => {
      const code = character.codePointAt(0) ?? 0;
      return [9, 10, 13].includes(code) || (code >= 32 && code !== 0xfffe && code !== 0xffff);
    })
    .join("");
}
