/** Where the published models and the services themselves differ; each with its reason. */
import type { MemberEntry, ModelDocument } from "../../src/wire/model-document.ts";

interface Correction {
  readonly service: string;
  readonly why: string;
  readonly apply: (model: ModelDocument) => void;
}

const CORRECTIONS: readonly Correction[] = [
  {
    service: "s3",
    why: "GetBucketLocation's root element is the constraint itself (a trait that the SDK drops)",
    apply: (model) => {
      operation(model, "GetBucketLocation").unwrapped = true;
    },
  },
  {
    service: "s3",
    why: "S3 answers these with 204, the model says 200",
    apply: (model) => {
      for (const name of ["PutBucketPolicy", "PutBucketTagging", "PutBucketMetricsConfiguration"]) {
        operation(model, name).status = 204;
      }
    },
  },
  {
    service: "s3",
    why: "S3 keeps and returns Expires as the text it was sent; ExpiresString is the SDK's invention",
    apply: (model) => {
      for (const structure of Object.values(model.structures)) {
        delete structure.members["ExpiresString"];
        const expires = structure.members["Expires"];
        if (isHeader(expires)) expires.type = "string";
      }
    },
  },
  {
    service: "s3",
    why: "S3 refuses bad values with codes of its own, in its handlers: no pattern or length is run",
    apply: (model) => {
      for (const structure of Object.values(model.structures)) {
        for (const member of Object.values(structure.members)) {
          if (typeof member === "string") continue;
          delete member.min;
          delete member.max;
          delete member.pattern;
        }
      }
    },
  },
  {
    service: "s3",
    why: "a word that these do not know has an error of its own; in other documents it is MalformedXML",
    apply: (model) => {
      for (const name of ENUMS_OF_HANDLERS) delete model.enums[name];
    },
  },
  {
    service: "s3",
    why: "an empty <Tagging/> is how S3 lets tags be cleared, though the model requires its set",
    apply: (model) => {
      const tagSet = model.structures["Tagging"]?.members["TagSet"];
      if (typeof tagSet === "object") delete tagSet.required;
    },
  },
  {
    service: "cloudtrail",
    why: "LookupEvents refuses a bad MaxResults with InvalidMaxResultsException, in its handler",
    apply: (model) => {
      const maxResults = model.structures["LookupEventsRequest"]?.members["MaxResults"];
      if (typeof maxResults === "string" || maxResults === undefined) return;
      delete maxResults.min;
      delete maxResults.max;
    },
  },
  {
    service: "cloudtrail",
    why: "an inline flag, which only Java knows; [^] is any character",
    apply: (model) => {
      model.patterns["(?s).*"] = "[^]*";
    },
  },
];

const ENUMS_OF_HANDLERS = [
  "BucketLocationConstraint",
  "Event",
  "FilterRuleName",
  "Permission",
  "Protocol",
  "Type",
];

/** Applies the corrections of the model's service. */
export function correct(model: ModelDocument): void {
  for (const correction of CORRECTIONS) {
    if (correction.service === model.service) correction.apply(model);
  }
}

function operation(model: ModelDocument, name: string) {
  const found = model.operations[name];
  if (found === undefined) throw new Error(`${model.service} has no operation ${name}`);
  return found;
}

function isHeader(member: string | MemberEntry | undefined): member is MemberEntry {
  return (
    typeof member === "object" &&
    member.type === "timestamp" &&
    typeof member.at === "object" &&
    "header" in member.at
  );
}
