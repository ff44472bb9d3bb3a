/** What JSON can hold. */
export type JsonValue =
  | string
  | number
  | boolean
  | null
  | readonly JsonValue[]
  | { readonly [key: string]: JsonValue };

const hidden = "[redacted]";
/** Names of fields whose values are secret, whatever they hold. */
const secretKey =
  /token|secret|passw|authorization|credential|cookie|bearer|(api|private|access)[-_ ]?key/i;

/** Secrets inside text; `$1` is what may stay. */
const secretTexts: readonly (readonly [RegExp, string])[] = [
  // The address of the browser host carries its token as the first part of the path.
  [/\b((?:https?|wss?):\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?)\/[^\s"'<>]+/gi, "$1/"],
  [/\b(Bearer|Authorization: Basic)\s+[\w\-.~+/]+=*/gi, "$1 "],
  [/([?&](?:token|key|api_key|secret|code|state|password|access_token|sig)=)[^&\s"'<>]+/gi, "$1"],
];

const longestText = 8_192;
const deepest = 6;

/** `text` without tokens of loopback addresses, Authorization values and secret query parameters, at most 8 KiB. */
export function redactText(text: string): string {
  const short =
    text.length > longestText
      ? `${text.slice(0, longestText)}… (${text.length - longestText} more characters)`
      : text;
  return secretTexts.reduce((kept, [secret, rest]) => kept.replace(secret, rest + hidden), short);
}

/**
 * A copy of `fields` that can be logged: plain JSON without secrets. Errors become their name, message, code, stack
 * and cause; bytes become their count; cycles and anything below six levels become a mark.
 */
export function redact(fields: object): { readonly [key: string]: JsonValue } {
  return redactFields(fields, new Set([fields]));
}

function redactFields(fields: object, parents: ReadonlySet<object>) {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined && typeof value !== "function")
      .map(([key, value]): [string, JsonValue] => [
        key,
        secretKey.test(key) ? hidden : redactValue(value, parents),
      ]),
  );
}

function redactValue(value: unknown, parents: ReadonlySet<object>): JsonValue {
  if (typeof value === "string") return redactText(value);
  if (value === null || typeof value === "boolean") return value;
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value !== "object") return redactText(String(value));
  if (parents.has(value)) return "[circular]";
  if (parents.size >= deepest) return "[deeper]";
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? "[no date]" : value.toJSON();
  const inside = new Set(parents).add(value);
  if (Array.isArray(value)) return value.map((item) => redactValue(item, inside));
  return redactFields(value instanceof Error ? errorFields(value) : value, inside);
}

function errorFields(error: Error): Record<string, unknown> {
  return {
    name: error.name,
    message: error.message,
    code: "code" in error ? error.code : undefined,
    stack: error.stack,
    cause: error.cause,
  };
}
