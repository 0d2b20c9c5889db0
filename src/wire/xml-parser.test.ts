import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { parseXml } from "./xml-parser.ts";
import { escapeXml } from "./xml-writer.ts";

const laughs = `<!DOCTYPE l [<!ENTITY a "ha">${Array.from("bcdefgh")
  .map((name, at) => `<!ENTITY ${name} "${`&${"abcdefg"[at]};`.repeat(10)}">`)
  .join("")}]><d>&h;</d>`;

describe("a hazardous document is MalformedXML", () => {
  const hazards: Record<string, string | Buffer> = {
    "billion laughs": laughs,
    "an external entity": '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><d>&x;</d>',
    "any DTD": "<!DOCTYPE d><d/>",
    "an unknown entity": "<k>a&nope;b</k>",
    "20,000 levels": "<a>".repeat(20_000) + "</a>".repeat(20_000),
    "33 levels": "<a>".repeat(33) + "</a>".repeat(33),
    "100,001 elements": `<a>${"<b/>".repeat(100_000)}</a>`,
    "100,001 attributes": `<a ${Array.from({ length: 100_001 }, (_, at) => `a${at}=""`).join(" ")}/>`,
    "mismatched tags": "<a><b></a></b>",
    "an unclosed tag": "<a><b>",
    "two roots": "<a/><b/>",
    "text after the root": "<a></a>zzz",
    "a bare ampersand": "<a>&</a>",
    "a control character": "<k>a\u0001b</k>",
    "a mebibyte of <": "<".repeat(2 ** 20),
    "bytes that are not UTF-8": Buffer.from([0x3c, 0x61, 0x3e, 0xff, 0x3c, 0x2f, 0x61, 0x3e]),
    "another encoding": '<?xml version="1.0" encoding="UTF-16"?><a/>',
    "no element": "",
    "an attribute twice": '<a b="1" b="2"/>',
  };
  for (const [name, document] of Object.entries(hazards)) {
    test(name, () => {
      assert.throws(() => parseXml(Buffer.from(document)), { code: "MalformedXML", status: 400 });
    });
  }
});

test("text is kept as it stands: spaces, line ends, references beyond the first plane", () => {
  const cases = {
    "<k> a </k>": " a ",
    "<k>   </k>": "   ",
    "<k>\n</k>": "\n",
    "<k>a&#13;b</k>": "a\rb",
    "<k>&#128512;&#x1F600;</k>": "😀😀",
    "<k><![CDATA[<&>]]></k>": "<&>",
    "<k>a<!-- no -->b</k>": "ab",
    '<s3:k xmlns:s3="u">v</s3:k>': "v",
  };
  for (const [document, text] of Object.entries(cases)) {
    const element = parseXml(Buffer.from(document));
    assert.equal(element.text, text, document);
    assert.equal(element.name, "k");
  }
});

test("32 levels and 100,000 elements are allowed", () => {
  assert.ok(parseXml(Buffer.from("<a>".repeat(32) + "</a>".repeat(32))));
  assert.ok(parseXml(Buffer.from(`<a>${"<b/>".repeat(99_999)}</a>`)));
});

test("what XML can hold is read as it was written", () => {
  // oxlint-disable-next-line no-control-regex -- XML 1.0 knows no other control characters
  const legal = /^[\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]*$/u;
  const text = fc.string({ unit: "binary" }).filter((one) => legal.test(one));
  fc.assert(
    fc.property(text, (one) => {
      assert.equal(parseXml(Buffer.from(`<k>${escapeXml(one)}</k>`)).text, one);
    }),
  );
});
