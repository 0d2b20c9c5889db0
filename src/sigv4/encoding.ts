/**
 * The one spelling that signatures give to each path and query. AWS's rule is "decode, then encode
 * all but `A-Z a-z 0-9 - . _ ~`". Here that is done octet by octet without decoding to text, so
 * bytes that are not UTF-8 keep their meaning, and text that is spelled so already is not touched.
 *
 * Text is what node:http hands over: one character per octet, 0 … 255.
 */

/** An escape of an octet that needs one, in upper case. */
const ESCAPE = "%(?:[01][0-9A-F]|2[0-9A-CF]|3[A-F]|40|5[B-E]|60|7[B-DF]|[89A-F][0-9A-F])";
const CANONICAL_PATH = new RegExp(`^(?:[A-Za-z0-9\\-._~/]|${ESCAPE})*$`);
const CANONICAL_PART = new RegExp(`^(?:[A-Za-z0-9\\-._~]|${ESCAPE})*$`);

const [SLASH, PLUS, PERCENT] = [0x2f, 0x2b, 0x25];

const escapes = Array.from(
  { length: 256 },
  (_, octet) => `%${octet.toString(16).toUpperCase().padStart(2, "0")}`,
);
const unreserved = Array.from({ length: 256 }, (_, octet) =>
  /[A-Za-z0-9\-._~]/.test(String.fromCharCode(octet)),
);

/** S3's rule: the path as sent, each octet in its one spelling; "//", "." and ".." stay. */
export function canonicalPath(path: string): string {
  return CANONICAL_PATH.test(path) ? path : respell(path, { kept: SLASH, plusIsSpace: false });
}

/**
 * The other services' rule: empty segments and dots are resolved, and what is left is encoded once
 * more, so that "%" becomes "%25".
 */
export function canonicalPathTwice(path: string): string {
  if (path === "/" || path === "") return "/";
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "..") segments.pop();
    else if (segment !== "" && segment !== ".") segments.push(segment);
  }
  const end = path.endsWith("/") && segments.length > 0 ? "/" : "";
  return `/${segments.map(encode).join("/")}${end}`;
}

/** A name or a value of a query. A "+" is a space, as it is for whoever reads the query. */
export function canonicalPart(part: string): string {
  return CANONICAL_PART.test(part) ? part : respell(part, { kept: -1, plusIsSpace: true });
}

/** Every octet of the text but unreserved ones is escaped. */
export function encode(text: string): string {
  let out = "";
  for (let i = 0; i < text.length; i++) out += spell(text.charCodeAt(i) & 0xff);
  return out;
}

/** Undoes the escapes of a query's name or value; the octets are UTF-8, wrong ones become U+FFFD. */
export function decodePart(part: string): string {
  const text = part.includes("+") ? part.replaceAll("+", " ") : part;
  if (!text.includes("%")) return text;
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) return decodeOctets(text);
    throw error;
  }
}

/** For escapes that are no UTF-8, or no escapes at all. */
function decodeOctets(text: string): string {
  const octets = text.replaceAll(/%[0-9A-Fa-f]{2}/g, (escape) =>
    String.fromCharCode(parseInt(escape.slice(1), 16)),
  );
  return Buffer.from(octets, "latin1").toString("utf8");
}

function respell(text: string, rule: { kept: number; plusIsSpace: boolean }): string {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) & 0xff;
    const escaped = code === PERCENT ? octetAt(text, i + 1) : -1;
    if (escaped >= 0) i += 2;
    if (escaped >= 0) out += spell(escaped);
    else if (code === rule.kept) out += String.fromCharCode(code);
    else out += code === PLUS && rule.plusIsSpace ? "%20" : spell(code);
  }
  return out;
}

function spell(octet: number): string {
  return unreserved[octet] === true ? String.fromCharCode(octet) : (escapes[octet] ?? "");
}

/** The octet that two hexadecimal digits spell, or -1. */
function octetAt(text: string, at: number): number {
  const high = digit(text.charCodeAt(at));
  const low = digit(text.charCodeAt(at + 1));
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function digit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code >= 0x41 && code <= 0x46) return code - 0x37;
  if (code >= 0x61 && code <= 0x66) return code - 0x57;
  return -1;
}
