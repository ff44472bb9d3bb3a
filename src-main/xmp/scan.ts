import { sidecarBroken, sidecarNotXmp, sidecarTooLarge } from "./problems.ts";

/** A piece of the text: from `start` up to, not including, `end`. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Attribute extends Span {
  readonly name: string;
  readonly namespace: string | null;
  readonly local: string;
  /** White space before the name, which goes when the attribute goes: `start` is where it begins. */
  readonly gap: string;
  /** Between the quotes. */
  readonly value: Span;
}

/** The opening tag of an element. */
export interface OpeningTag extends Span {
  readonly name: string;
  readonly nameEnd: number;
  readonly attributes: readonly Attribute[];
  readonly isSelfClosing: boolean;
}

/** A property of the photo, in one of the two forms that RDF knows. */
export type Property = AttributeProperty | ElementProperty;

export interface AttributeProperty extends PropertyName {
  readonly form: "attribute";
  readonly attribute: Attribute;
}

export interface ElementProperty extends PropertyName, Span {
  readonly form: "element";
  readonly tag: OpeningTag;
  /** Its text outside of comments; CDATA with its brackets. */
  readonly texts: readonly Span[];
  /** Text of every `rdf:li` inside, for lists. */
  readonly items: readonly Span[];
  /** It holds elements: a list or a structure, or a value with qualifiers. */
  readonly hasElements: boolean;
}

interface PropertyName {
  readonly namespace: string | null;
  readonly local: string;
}

/** One `rdf:Description` directly in `rdf:RDF`. */
export interface Description {
  readonly tag: OpeningTag;
  readonly properties: readonly Property[];
}

export interface ScannedXmp {
  readonly rdf: OpeningTag;
  readonly descriptions: readonly Description[];
  /** What prefixes stand for in the first description. The default namespace is the prefix ''. */
  readonly prefixes: ReadonlyMap<string, string>;
  /** Comments and processing instructions other than the packet's own. */
  readonly hasNotes: boolean;
}

export const namespaces = {
  rdf: "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
  xmp: "http://ns.adobe.com/xap/1.0/",
  meta: "adobe:ns:meta/",
  dynamicMedia: "http://ns.adobe.com/xmp/1.0/DynamicMedia/",
  darktable: "http://darktable.sf.net/",
} as const;

/** Deeper nesting than any program writes: what a file that means harm would have. */
const depthLimit = 500;

/**
 * Elements, attributes and notes: ten times what the brush strokes of a long evening leave. More would hold the main
 * process up for seconds.
 */
const entryLimit = 250_000;

const namePattern = /[^\s/>=<"'&]+/y;
const attributePattern = /(\s+)([^\s/>=<"'&]+)\s*=\s*("[^"<]*"|'[^'<]*')/y;
const tagEndPattern = /\s*(\/?)>/y;
const closingPattern = /([^\s/>=<"'&]+)\s*>/y;

/** An element that is open while the text is read. */
interface Open {
  readonly tag: OpeningTag;
  readonly namespace: string | null;
  readonly local: string;
  /** Prefixes whose meaning it changed. */
  readonly bound: readonly string[];
  readonly role: "meta" | "rdf" | "description" | "property" | "other";
}

/**
 * Reads an XMP document just far enough to know where its properties stand. It checks that tags nest, attributes are
 * quoted and prefixes are declared, which is what an edit in place relies on; names, entities and characters of
 * others are none of its business. Time and memory grow with the length of the text only.
 *
 * @param name of the file, for the sentences of problems
 * @throws KilnError `sidecar-broken` for XML that is not well-formed; `sidecar-not-xmp` without an `rdf:RDF` at the
 * top or in an `x:xmpmeta`, or with a document type (XMP has none, and entities could stand for anything);
 * `sidecar-too-large` for more than 250,000 elements, attributes and notes
 */
export function scanXmp(text: string, name: string): ScannedXmp {
  return new Scanner(text, name).scan();
}

class Scanner {
  readonly #text: string;
  readonly #name: string;
  readonly #open: Open[] = [];
  /** What each prefix stands for, innermost last. The default namespace is the prefix ''. */
  readonly #bindings = new Map<string, string[]>([
    ["xml", ["http://www.w3.org/XML/1998/namespace"]],
  ]);
  readonly #descriptions: (Description & { readonly properties: Property[] })[] = [];
  #property: { texts: Span[]; items: Span[]; hasElements: boolean } | null = null;
  #prefixes: ReadonlyMap<string, string> = new Map();
  #rdf: OpeningTag | null = null;
  #entries = 0;
  #hasNotes = false;
  #hasRoot = false;

  constructor(text: string, name: string) {
    this.#text = text;
    this.#name = name;
  }

  scan(): ScannedXmp {
    const text = this.#text;
    let at = 0;
    while (at < text.length) {
      const next = text.indexOf("<", at);
      const end = next === -1 ? text.length : next;
      if (end > at) this.#textBetween({ start: at, end });
      if (next === -1) break;
      at = this.#markup(next);
    }
    if (this.#open.length > 0) throw this.#broken();
    if (this.#rdf === null) throw sidecarNotXmp(this.#name);
    return {
      rdf: this.#rdf,
      descriptions: this.#descriptions,
      prefixes: this.#prefixes,
      hasNotes: this.#hasNotes,
    };
  }

  /** Reads what begins at a '<'; answers where it ends. */
  #markup(at: number): number {
    const text = this.#text;
    if (text.startsWith("<!--", at)) return this.#note(at, 4, "-->");
    if (text.startsWith("<![CDATA[", at)) {
      this.#count();
      const end = this.#after("]]>", at + 9);
      this.#textBetween({ start: at, end });
      return end;
    }
    if (text.startsWith("<?", at)) return this.#note(at, 2, "?>");
    if (text.startsWith("<!", at)) throw sidecarNotXmp(this.#name);
    return text.startsWith("</", at) ? this.#close(at) : this.#opening(at);
  }

  #note(at: number, opening: number, closing: string): number {
    this.#count();
    const end = this.#after(closing, at + opening);
    if (!/^<\?(xml|xpacket)\s/.test(this.#text.slice(at, at + 12))) this.#hasNotes = true;
    return end;
  }

  #after(closing: string, from: number): number {
    const found = this.#text.indexOf(closing, from);
    if (found === -1) throw this.#broken();
    return found + closing.length;
  }

  #textBetween(span: Span): void {
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      // Packets are padded with white space, by some programs with zeros.
      if (/[^\s\0]/.test(this.#text.slice(span.start, span.end))) throw this.#notXml();
      return;
    }
    if (this.#property === null) return;
    if (parent.role === "property") this.#property.texts.push(span);
    if (isNamed(parent, namespaces.rdf, "li")) this.#property.items.push(span);
  }

  #opening(start: number): number {
    const text = this.#text;
    const nameEnd = this.#match(namePattern, start + 1).end;
    const attributes: { name: string; gap: string; start: number; end: number; value: Span }[] = [];
    let at = nameEnd;
    for (;;) {
      attributePattern.lastIndex = at;
      const found = attributePattern.exec(text);
      if (found === null) break;
      this.#count();
      const [whole, gap = "", name = "", quoted = ""] = found;
      const end = at + whole.length;
      const value = { start: end - quoted.length + 1, end: end - 1 };
      attributes.push({ name, gap, start: at, end, value });
      at = end;
    }
    const closing = this.#match(tagEndPattern, at);
    if (new Set(attributes.map((each) => each.name)).size < attributes.length) throw this.#broken();
    const bound = this.#bind(attributes);
    const name = text.slice(start + 1, nameEnd);
    const tag: OpeningTag = {
      start,
      end: closing.end,
      name,
      nameEnd,
      isSelfClosing: closing.groups[0] === "/",
      attributes: attributes.map((each) => ({ ...each, ...this.#resolve(each.name, true) })),
    };
    this.#enter(tag, bound);
    if (tag.isSelfClosing) this.#leave(closing.end);
    return closing.end;
  }

  #enter(tag: OpeningTag, bound: readonly string[]): void {
    const named = this.#resolve(tag.name, false);
    const role = this.#roleOf(named);
    if (this.#open.length >= depthLimit) throw this.#broken();
    this.#count();
    if (this.#property !== null) this.#property.hasElements = true;
    this.#open.push({ tag, ...named, bound, role });
    if (role === "rdf") this.#rdf = tag;
    if (role === "property") this.#property = { texts: [], items: [], hasElements: false };
    if (role === "description") {
      if (this.#descriptions.length === 0) this.#prefixes = this.#meanings();
      this.#descriptions.push({
        tag,
        properties: tag.attributes.map((attribute) => ({
          form: "attribute",
          namespace: attribute.namespace,
          local: attribute.local,
          attribute,
        })),
      });
    }
  }

  #roleOf(named: { namespace: string | null; local: string }): Open["role"] {
    const parent = this.#open.at(-1);
    if (parent === undefined) {
      if (this.#hasRoot) throw this.#broken();
      this.#hasRoot = true;
    }
    if (parent === undefined && isNamed(named, namespaces.meta, "xmpmeta")) return "meta";
    const mayHoldRdf = parent === undefined || parent.role === "meta";
    if (mayHoldRdf && this.#rdf === null && isNamed(named, namespaces.rdf, "RDF")) return "rdf";
    if (parent?.role === "rdf" && isNamed(named, namespaces.rdf, "Description")) {
      return "description";
    }
    return parent?.role === "description" ? "property" : "other";
  }

  #close(start: number): number {
    const found = this.#match(closingPattern, start + 2);
    if (this.#open.at(-1)?.tag.name !== found.groups[0]) throw this.#broken();
    this.#leave(found.end);
    return found.end;
  }

  #leave(end: number): void {
    const left = this.#open.pop();
    if (left === undefined) throw this.#broken();
    for (const prefix of left.bound) this.#bindings.get(prefix)?.pop();
    if (left.role !== "property" || this.#property === null) return;
    const { tag, namespace, local } = left;
    this.#descriptions.at(-1)?.properties.push({
      form: "element",
      namespace,
      local,
      tag,
      start: tag.start,
      end,
      ...this.#property,
    });
    this.#property = null;
  }

  /** Gives prefixes the meaning that an element declares; answers which. */
  #bind(attributes: readonly { name: string; value: Span }[]): string[] {
    const bound: string[] = [];
    for (const { name, value } of attributes) {
      const isDefault = name === "xmlns";
      if (!isDefault && !name.startsWith("xmlns:")) continue;
      const prefix = isDefault ? "" : name.slice(6);
      const meanings = this.#bindings.get(prefix) ?? [];
      meanings.push(this.#text.slice(value.start, value.end));
      this.#bindings.set(prefix, meanings);
      bound.push(prefix);
    }
    return bound;
  }

  #meanings(): Map<string, string> {
    return new Map(
      [...this.#bindings].flatMap(([prefix, meanings]) => {
        const meaning = meanings.at(-1);
        return meaning === undefined ? [] : [[prefix, meaning] as const];
      }),
    );
  }

  #resolve(name: string, isAttribute: boolean): { namespace: string | null; local: string } {
    const colon = name.indexOf(":");
    if (colon === -1) {
      // The default namespace is for elements only.
      const namespace = isAttribute ? null : (this.#bindings.get("")?.at(-1) ?? null);
      return { namespace, local: name };
    }
    const prefix = name.slice(0, colon);
    const local = name.slice(colon + 1);
    if (prefix === "xmlns") return { namespace: null, local };
    const namespace = this.#bindings.get(prefix)?.at(-1);
    if (namespace === undefined || local === "") throw this.#broken();
    return { namespace, local };
  }

  #count(): void {
    this.#entries += 1;
    if (this.#entries > entryLimit) throw sidecarTooLarge(this.#name);
  }

  #match(pattern: RegExp, at: number): { end: number; groups: (string | undefined)[] } {
    pattern.lastIndex = at;
    const found = pattern.exec(this.#text);
    if (found === null) throw this.#broken();
    return { end: at + found[0].length, groups: found.slice(1) };
  }

  /** Text before any element: no XML at all. Later it is XML that somebody broke. */
  #notXml() {
    return this.#hasRoot ? this.#broken() : sidecarNotXmp(this.#name);
  }

  #broken() {
    return sidecarBroken(this.#name);
  }
}

export function isNamed(
  named: { readonly namespace: string | null; readonly local: string },
  namespace: string,
  local: string,
): boolean {
  return named.namespace === namespace && named.local === local;
}
