/**
 * Writes model/*.json, from which src/wire/ compiles its codecs.
 *
 *     npm run model              from the installed SDK clients, and botocore where python3 has it
 *     npm run model -- --check   only says whether the committed model is what the clients give
 *
 * Checking never asks botocore: its version differs from machine to machine, the lockfile's does not.
 */
import { createRequire } from "node:module";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import {
  applyConstraints,
  botocoreData,
  keepConstraints,
  readBotocore,
  type Constraints,
} from "./model/constraints.ts";
import { correct } from "./model/corrections.ts";
import type { ModelDocument } from "../src/wire/model-document.ts";
import { extract, type ProtocolSettings } from "./model/extraction.ts";
import { renderModel } from "./model/rendering.ts";

const SERVICES = ["kms", "iam", "sts", "cloudtrail", "s3"];
const folder = join(import.meta.dirname, "..", "model");
const require = createRequire(import.meta.url);

function generate(service: string, data: string | undefined): string {
  const client = require(`@aws-sdk/client-${service}`);
  const model = extract(service, client, settingsOf(service));
  applyConstraints(model, constraintsOf(service, data));
  correct(model);
  return renderModel(model);
}

function constraintsOf(service: string, data: string | undefined): Constraints {
  if (data !== undefined) return readBotocore(data, service);
  const committed = committedText(service);
  if (committed === "") throw new Error(`no botocore, and no model/${service}.json to keep`);
  const model: ModelDocument = JSON.parse(committed);
  return keepConstraints(model);
}

/** The few facts about the protocol that a client keeps outside its schemas. */
function settingsOf(service: string): ProtocolSettings {
  const root = dirname(require.resolve(`@aws-sdk/client-${service}/package.json`));
  const text = readFileSync(join(root, "dist-es", "runtimeConfig.shared.js"), "utf8");
  const setting = (name: string): string => {
    const value = new RegExp(`\\b${name}: "([^"]+)"`).exec(text)?.[1];
    if (value === undefined) throw new Error(`client-${service} names no ${name}`);
    return value;
  };
  return {
    version: setting("version"),
    xmlNamespace: setting("xmlNamespace"),
    serviceTarget: setting("serviceTarget"),
  };
}

function committedText(service: string): string {
  const path = join(folder, `${service}.json`);
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}

function main(): void {
  const checking = process.argv.includes("--check");
  const data = checking ? undefined : botocoreData();
  if (!checking && data === undefined) say("python3 has no botocore: the constraints are kept");

  const stale = SERVICES.filter((service) => {
    const text = generate(service, data);
    if (text === committedText(service)) return false;
    if (!checking) writeFileSync(join(folder, `${service}.json`), text);
    return true;
  });

  if (!checking) return say(stale.length === 0 ? "unchanged" : `written: ${stale.join(", ")}`);
  if (stale.length === 0) return say("the model is current");
  say(`not what the installed clients give: ${stale.join(", ")}; run \`npm run model\``);
  process.exitCode = 1;
}

function say(text: string): void {
  process.stdout.write(`${text}\n`);
}

main();
