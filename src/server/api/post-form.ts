/**
 * A browser's upload form: who signed its policy, whether the form keeps to it, and its file as the
 * body of a write. "Authenticating requests: browser-based uploads using POST", S3 API Reference.
 */
import type { View } from "../../records/index.ts";
import type { BodySource } from "../../service/index.ts";
import {
  awsError,
  checkFormLength,
  checkPolicy,
  type LengthRange,
  parseFormSignature,
  parsePolicy,
  SigningError,
  verifyFormSignature,
} from "../../sigv4/index.ts";
import {
  type BodyPlan,
  BodyVerifier,
  planBody,
  ServiceError,
  verifyBody,
} from "../../wire/index.ts";
import {
  ANONYMOUS,
  type Authenticated,
  type Authenticator,
  authenticatedOf,
} from "./authenticate.ts";
import type { ParsedForm } from "./form-parser.ts";
import { FORM_FILE_BYTES_MAX, FORM_FILE_HELD_BYTES_MAX } from "./limits.ts";

export interface FormClaim {
  readonly form: ParsedForm;
  readonly bucket: string;
  /** The bucket's, where there is one of this name. */
  readonly region: string | undefined;
  readonly now: Date;
}

/** Whoever signed the form, and how long its file may be. Throws SigningError. */
export async function authenticateForm(
  { form: { fields }, bucket, region, now }: FormClaim,
  authenticator: Authenticator,
  view: View,
): Promise<{ readonly authenticated: Authenticated; readonly length: LengthRange }> {
  const signature = parseFormSignature(fields);
  if (signature === undefined) return { authenticated: ANONYMOUS, length: limited() };
  const found = await authenticator.find(signature, view);
  const { signingKeys } = authenticator;
  const verified = verifyFormSignature(signature, fields, found, { region, now, signingKeys });
  const policy = parsePolicy(fields.get("policy") ?? "");
  const length = checkPolicy(policy, fields, { now, bucket });
  return { authenticated: authenticatedOf(found.caller, verified), length: limited(length) };
}

/** The file as a body, held to its length and to the checksum that the form declares. */
export async function formBody(
  { fields, file }: ParsedForm,
  length: LengthRange,
): Promise<BodySource> {
  const plan = planOf(fields);
  const { held, rest } = await hold(file);
  if (rest === undefined) {
    const whole = Buffer.concat(held);
    check(length, whole.length, "whole");
    return wholeSource(whole, plan);
  }
  return streamSource(chained(held, rest), length, plan);
}

function limited(range: LengthRange = { bytesMin: 0, bytesMax: FORM_FILE_BYTES_MAX }): LengthRange {
  return { ...range, bytesMax: Math.min(range.bytesMax, FORM_FILE_BYTES_MAX) };
}

/** What a form says of its file is said in fields that are named like headers. */
function planOf(fields: ParsedForm["fields"]): BodyPlan {
  const headers = [...fields].filter(
    ([name]) => name === "content-md5" || name.startsWith("x-amz-checksum-"),
  );
  const payload = { kind: "unsigned", text: "UNSIGNED-PAYLOAD" } as const;
  return planBody(Object.fromEntries(headers), { payload });
}

function wholeSource(whole: Buffer, plan: BodyPlan): BodySource {
  return {
    length: whole.length,
    readWhole: async (_limitBytes, wishes) =>
      verifyBody({ ...plan, wishes: { ...plan.wishes, ...wishes } }, whole),
    async read(piece, wishes) {
      const { body, report } = verifyBody(
        { ...plan, wishes: { ...plan.wishes, ...wishes } },
        whole,
      );
      await piece(body);
      return report;
    },
  };
}

function streamSource(
  file: AsyncIterable<Buffer>,
  length: LengthRange,
  plan: BodyPlan,
): BodySource {
  return {
    length: undefined,
    readWhole: () => Promise.reject(new Error("a long file is not read whole")),
    async read(piece, wishes) {
      let held: Promise<void> | undefined;
      const verifier = new BodyVerifier(
        { ...plan, wishes: { ...plan.wishes, ...wishes } },
        (bytes) => {
          held = piece(bytes) ?? undefined;
        },
      );
      let bytes = 0;
      for await (const chunk of file) {
        bytes += chunk.length;
        check(length, bytes, "so-far");
        verifier.push(chunk);
        await held;
      }
      check(length, bytes, "whole");
      return verifier.end();
    },
  };
}

/** Whether the file fits is found while it is read: by then it is the operation's to answer. */
function check(length: LengthRange, bytes: number, read: "so-far" | "whole"): void {
  try {
    checkFormLength(length, bytes, read);
  } catch (error) {
    if (!(error instanceof SigningError)) throw error;
    const { code, status, message, members } = awsError(error.failure, "s3");
    throw new ServiceError(code, status, message, { ...members });
  }
}

/** The beginning of a file; `rest` is there when there is more of it. */
async function hold(file: AsyncIterable<Buffer>): Promise<{
  readonly held: readonly Buffer[];
  readonly rest: AsyncIterator<Buffer> | undefined;
}> {
  const rest = file[Symbol.asyncIterator]();
  const held: Buffer[] = [];
  let bytes = 0;
  for (;;) {
    const { value, done } = await rest.next();
    if (done === true) return { held, rest: undefined };
    held.push(value);
    bytes += value.length;
    if (bytes > FORM_FILE_HELD_BYTES_MAX) return { held, rest };
  }
}

async function* chained(
  held: readonly Buffer[],
  rest: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer, void, void> {
  yield* held;
  for (;;) {
    const { value, done } = await rest.next();
    if (done === true) return;
    yield value;
  }
}
