import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KilnError } from "../errors.ts";
import { readSidecar, updateSidecar } from "./index.ts";
import { namespaces } from "./scan.ts";

const fixture = (name: string): Buffer => readFileSync(join(import.meta.dirname, "fixtures", name));
const now = new Date("2026-11-21T12:00:00.000Z");
const update = (text: string | Buffer, values: Parameters<typeof updateSidecar>[1]): string =>
  Buffer.from(updateSidecar(Buffer.from(text), values, "a.xmp", now)).toString();
const read = (text: string | Uint8Array) => readSidecar(Buffer.from(text), "a.xmp");
const document = (inside: string, attributes = ""): string =>
  `<x:xmpmeta xmlns:x="${namespaces.meta}"><rdf:RDF xmlns:rdf="${namespaces.rdf}">` +
  `<rdf:Description rdf:about="" xmlns:xmp="${namespaces.xmp}"${attributes}>${inside}</rdf:Description>` +
  "</rdf:RDF></x:xmpmeta>";

function problemOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof KilnError) return error.code;
    throw error;
  }
  return "none";
}

test("what darktable wrote is read, its colour by its English name", () => {
  expect(read(fixture("darktable.ARW.xmp"))).toEqual({
    rating: 4,
    oddRating: null,
    label: "Green",
    pick: null,
    metadataDate: null,
    foreign: true,
  });
});

test("what Lightroom wrote is read, flag and time too", () => {
  expect(read(fixture("lightroom.xmp"))).toEqual({
    rating: 2,
    oddRating: null,
    label: "Yellow",
    pick: "pick",
    metadataDate: Date.parse("2026-11-21T02:02:13Z"),
    foreign: true,
  });
});

test("in darktable's file only the rating changes, and label and time come in beside it", () => {
  const before = fixture("darktable.ARW.xmp").toString();
  const after = update(before, { rating: -1, label: "Red" });
  expect(after).toBe(
    before
      .replace('xmp:Rating="4"', 'xmp:Rating="-1"')
      .replace(
        '70d3a6">',
        '70d3a6"\n   xmp:Label="Red"\n   xmp:MetadataDate="2026-11-21T12:00:00.000Z">',
      ),
  );
});

test("in Lightroom's file three values change and nothing else", () => {
  const before = fixture("lightroom.xmp").toString();
  expect(update(before, { rating: 5, label: "Blue" })).toBe(
    before
      .replace('Rating="2"', 'Rating="5"')
      .replace('Label="Yellow"', 'Label="Blue"')
      .replace("2026-11-21T11:02:13+09:00", "2026-11-21T12:00:00.000Z"),
  );
  expect(update(before, { rating: 0, label: null })).toBe(
    before
      .replace('\n   xmp:Rating="2"', "")
      .replace('\n   xmp:Label="Yellow"', "")
      .replace("2026-11-21T11:02:13+09:00", "2026-11-21T12:00:00.000Z"),
  );
});

test("with nothing to change the very same bytes come back", () => {
  const bytes = fixture("lightroom.xmp");
  expect(updateSidecar(bytes, { rating: 2, label: "Yellow" }, "a.xmp")).toBe(bytes);
  expect(updateSidecar(bytes, {}, "a.xmp")).toBe(bytes);
});

test("a new sidecar says what it was given and nothing foreign", () => {
  const bytes = updateSidecar(null, { rating: 3, label: "Purple" }, "a.xmp", now);
  expect(read(bytes)).toEqual({
    rating: 3,
    oddRating: null,
    label: "Purple",
    pick: null,
    metadataDate: now.getTime(),
    foreign: false,
  });
});

test("the element form is understood and kept, with CDATA, comments and entities", () => {
  const before = document(
    "\n<xmp:Rating><![CDATA[2]]></xmp:Rating>\n<xmp:Label>a<!-- of Ann -->&amp;b&#x21;</xmp:Label><xmp:MetadataDate/>",
  );
  expect(read(before)).toMatchObject({ rating: 2, label: "a&b!" });
  expect(update(before, { rating: 4, label: "R&B" })).toBe(
    before
      .replace("<![CDATA[2]]>", "4")
      .replace("a<!-- of Ann -->&amp;b&#x21;", "R&amp;B<!-- of Ann -->")
      .replace(
        "<xmp:MetadataDate/>",
        "<xmp:MetadataDate>2026-11-21T12:00:00.000Z</xmp:MetadataDate>",
      ),
  );
  expect(update(before, { rating: 0 })).not.toContain("Rating");
});

test("the namespace counts, not the prefix", () => {
  const before = document(
    '<i xmlns="urn:i" Rating="1"/>',
    ' xmlns:a="urn:a" a:Rating="1"',
  ).replaceAll("xmp:", "xap:");
  const foreign = before.replace(`xmlns:xmp="${namespaces.xmp}"`, 'xmlns:xmp="urn:other"');
  expect(read(foreign).rating).toBeNull();
  const after = update(foreign, { rating: 3 });
  expect(read(after).rating).toBe(3);
  expect(after).toContain('a:Rating="1"');
  expect(after).toContain('xmlns:xmp="urn:other"');
  expect(after).toContain(`xmlns:xmp1="${namespaces.xmp}"`);
  const viaDefault = document(`<Rating xmlns="${namespaces.xmp}">2</Rating>`);
  expect(read(viaDefault).rating).toBe(2);
  expect(read(update(viaDefault, { rating: 5 })).rating).toBe(5);
});

test("a field that is said twice is said once afterwards", () => {
  const before = document("<xmp:Rating>1</xmp:Rating>", ' xmp:Rating="4"');
  expect(read(before).rating).toBe(4);
  const after = update(before, { rating: 2 });
  expect(after.match(/Rating/g)).toHaveLength(1);
  expect(read(after).rating).toBe(2);
});

test("a document without a description gets one", () => {
  for (const rdf of [
    "<rdf:RDF xmlns:rdf=U/>",
    "<rdf:RDF xmlns:rdf=U></rdf:RDF>",
    "<RDF xmlns=U/>",
  ]) {
    const before = rdf.replace("U", `'${namespaces.rdf}'`);
    expect(read(update(before, { rating: 3, label: "Red" }))).toMatchObject({
      rating: 3,
      label: "Red",
    });
  }
});

test.each(["utf-16le", "utf-16be"] as const)(
  "%s stays what it is, with and without its mark",
  (encoding) => {
    for (const mark of ["\ufeff", ""]) {
      const wide = (text: string): Buffer => {
        const units = Buffer.from(mark + text, "utf16le");
        return encoding === "utf-16be" ? units.swap16() : units;
      };
      const before = document('<d:x xmlns:d="urn:d">제주 🌊</d:x>', ' xmp:Rating="1"');
      const after = updateSidecar(wide(before), { rating: 2 }, "a.xmp", now);
      expect(read(after).rating).toBe(2);
      expect(Buffer.from(after)).toEqual(
        wide(
          before.replace('Rating="1"', 'Rating="2" xmp:MetadataDate="2026-11-21T12:00:00.000Z"'),
        ),
      );
    }
  },
);

test("a byte order mark and bytes of Latin-1 survive", () => {
  const marked = Buffer.from(`\ufeff${document("", ' xmp:Rating="1"')}`);
  expect([...updateSidecar(marked, { rating: 2 }, "a.xmp").subarray(0, 3)]).toEqual([
    0xef, 0xbb, 0xbf,
  ]);
  const latin = Buffer.from(
    `<?xml version="1.0" encoding="ISO-8859-1"?>${document("<xmp:Nickname>Ren\xe9e \x80</xmp:Nickname>")}`,
    "latin1",
  );
  const after = Buffer.from(updateSidecar(latin, { label: "빨강" }, "a.xmp"));
  expect(after.toString("latin1")).toContain("Ren\xe9e \x80");
  expect(read(after).label).toBe("빨강");
});

test("other programs' ways of saying a rating, and what is none", () => {
  const of = (written: string): number | null =>
    read(document("", ` xmp:Rating="${written}"`)).rating;
  expect(["3.0", " 4 ", "+2", "-1", "0"].map(of)).toEqual([3, 4, 2, -1, 0]);
  expect(["", "9", "-2", "many", "NaN", "1e400", "0x3"].map(of)).toEqual(Array(7).fill(null));
});

test("broken XML is refused, wherever it breaks", () => {
  const whole = fixture("darktable.ARW.xmp").toString().trimEnd();
  for (let length = 60; length < whole.length; length += 97) {
    expect(problemOf(() => read(whole.slice(0, length)))).toBe("sidecar-broken");
  }
  for (const text of [
    document("<xmp:Rating>3</xmp:Label>"),
    document("", ' xmp:Rating="1" xmp:Rating="2"'),
    document("", ' xmp:Rating="<"'),
    document("", " xmp:Rating=3"),
    document("<foo:bar/>"),
    `${document("")}<again/>`,
    `${document("")}junk`,
    document("<a>".repeat(1000) + "</a>".repeat(1000)),
    document("").replace("</x:xmpmeta>", ""),
    `<?xml version="1.0" encoding="shift_jis"?>${document("")}`,
    `<?xml version="1.0" encoding="constructor"?>${document("")}`,
  ]) {
    expect(
      problemOf(() => read(text)),
      text.slice(0, 300),
    ).toBe("sidecar-broken");
    expect(problemOf(() => update(text, { rating: 3 }))).toBe("sidecar-broken");
  }
  const notUtf8 = Buffer.concat([Buffer.from(document("<xmp:a>")), Buffer.from([0xff, 0xfe])]);
  expect(problemOf(() => read(notUtf8))).toBe("sidecar-broken");
});

test("what is no XMP is refused", () => {
  for (const text of [
    "",
    "Dear diary",
    "<html><body/></html>",
    `<x:xmpmeta xmlns:x="${namespaces.meta}"/>`,
    `<!DOCTYPE x [<!ENTITY a "aaaa">]>${document("&a;")}`,
    "\0\0\0\0",
  ]) {
    expect(
      problemOf(() => read(text)),
      text,
    ).toBe("sidecar-not-xmp");
  }
});

test("more than 10 MB is refused, just less is read", () => {
  const padded = (bytes: number): string => document("").padEnd(bytes, " ");
  expect(problemOf(() => read(padded(10 * 1024 * 1024 + 1)))).toBe("sidecar-too-large");
  expect(problemOf(() => read(padded(10 * 1024 * 1024)))).toBe("none");
  for (const part of ["<xmp:a/>", "<!---->", "<![CDATA[]]>"]) {
    expect(problemOf(() => read(document(part.repeat(250_000))))).toBe("sidecar-too-large");
  }
  const attributes = Array.from({ length: 250_000 }, (_, i) => ` a${i}=""`).join("");
  expect(problemOf(() => read(document("", attributes)))).toBe("sidecar-too-large");
});

test("a rating that carries qualifiers is left alone; other fields are not", () => {
  const before = document(
    '<xmp:Rating rdf:parseType="Resource"><rdf:value>3</rdf:value><xmp:By>Ann</xmp:By></xmp:Rating>',
  );
  expect(problemOf(() => update(before, { rating: 2 }))).toBe("sidecar-unusual");
  expect(read(update(before, { label: "Red" })).label).toBe("Red");
});

test.each(["constructor", "__proto__", "toString", "hasOwnProperty"])(
  "a value that is named like a part of every object is a value: %s",
  (word) => {
    const flag = ` xmlns:d="${namespaces.dynamicMedia}" d:pick="${word}"`;
    const label = `&${word};`;
    const text = document(`<xmp:Label>${label}</xmp:Label><xmp:Rating>${word}</xmp:Rating>`, flag);
    expect(read(text)).toMatchObject({ rating: null, label, pick: null });
    expect(read(update(text, { label: word }))).toMatchObject({ label: word });
  },
);
