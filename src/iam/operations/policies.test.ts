import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { findPolicy } from "../managed-policy.ts";
import { ACCOUNT, allow, deny, iamDeployment, policy } from "../testing/iam-deployment.ts";

const PolicyDocument = policy(allow("iam:ListUsers"));
const ARN = `arn:aws:iam::${ACCOUNT}:policy/readers`;
const UserName = "alice";

describe("a managed policy", () => {
  test("is made, and shown as AWS shows it", async () => {
    const { iam, clock } = await iamDeployment();
    const named = { PolicyName: "readers", PolicyDocument };
    const { Policy } = await iam("CreatePolicy", { ...named, Description: "reads" });
    assert.match(Policy?.PolicyId ?? "", /^ANPA[A-Z2-7]{17}$/);
    const made = {
      PolicyName: "readers",
      PolicyId: Policy?.PolicyId,
      Arn: ARN,
      Path: "/",
      DefaultVersionId: "v1",
      AttachmentCount: 0,
      PermissionsBoundaryUsageCount: 0,
      IsAttachable: true,
      CreateDate: clock.now(),
      UpdateDate: clock.now(),
    };
    assert.deepEqual(Policy, made);
    const got = await iam("GetPolicy", { PolicyArn: ARN });
    assert.deepEqual(got.Policy, { ...made, Description: "reads", Tags: [] });
    const version = await iam("GetPolicyVersion", { PolicyArn: ARN, VersionId: "v1" });
    const { Document, ...rest } = version.PolicyVersion ?? {};
    assert.equal(decodeURIComponent(Document ?? ""), PolicyDocument);
    assert.deepEqual(rest, { VersionId: "v1", IsDefaultVersion: true, CreateDate: clock.now() });
    const { Versions } = await iam("ListPolicyVersions", { PolicyArn: ARN });
    assert.deepEqual(Versions, [rest]);
    await assert.rejects(iam("GetPolicyVersion", { PolicyArn: ARN, VersionId: "v2" }), {
      code: "NoSuchEntity",
      message: `Policy ${ARN} version v2 does not exist or is not attachable.`,
    });
  });

  test("has a name that is unique without regard to case or path", async () => {
    const { iam } = await iamDeployment();
    await iam("CreatePolicy", { PolicyName: "readers", PolicyDocument });
    await assert.rejects(
      iam("CreatePolicy", { PolicyName: "Readers", Path: "/x/", PolicyDocument }),
      {
        code: "EntityAlreadyExists",
        message: "A policy called Readers already exists. Duplicate names are not allowed.",
      },
    );
  });

  const refused: Record<string, { document: string; code?: string; message: string }> = {
    "with a syntax error": { document: "[]", message: "Syntax errors in policy." },
    "of the old version": {
      document: JSON.stringify({ Version: "2008-10-17", Statement: [allow("*")] }),
      message: "Policy document must be version 2012-10-17 or greater.",
    },
    "that names a principal": {
      document: policy({ ...allow("*"), Principal: "*" }),
      message: "Policy document should not specify a principal.",
    },
    "of more than 6,144 characters": {
      document: policy(allow(Array.from({ length: 600 }, (_, at) => `s3:Get${at}`))),
      code: "LimitExceeded",
      message: "Cannot exceed quota for PolicySize: 6144",
    },
  };
  for (const [name, { document, code = "MalformedPolicyDocument", message }] of Object.entries(
    refused,
  )) {
    test(`is refused ${name}`, async () => {
      const { iam } = await iamDeployment();
      const input = { PolicyName: "readers", PolicyDocument: document };
      await assert.rejects(iam("CreatePolicy", input), { code, message });
    });
  }

  test("acts at once when it is attached, detached and deleted", async () => {
    const { iam, user } = await iamDeployment();
    const alice = await user(UserName);
    await iam("CreatePolicy", { PolicyName: "readers", PolicyDocument });
    await assert.rejects(iam("ListUsers", {}, alice), { code: "AccessDenied" });
    await iam("AttachUserPolicy", { UserName, PolicyArn: ARN });
    await iam("AttachUserPolicy", { UserName, PolicyArn: ARN });
    await iam("ListUsers", {}, alice);
    const { AttachedPolicies } = await iam("ListAttachedUserPolicies", { UserName });
    assert.deepEqual(AttachedPolicies, [{ PolicyName: "readers", PolicyArn: ARN }]);
    assert.equal((await iam("GetPolicy", { PolicyArn: ARN })).Policy?.AttachmentCount, 1);
    await assert.rejects(iam("DeletePolicy", { PolicyArn: ARN }), {
      code: "DeleteConflict",
      status: 409,
      message: "Cannot delete a policy attached to entities.",
    });
    await iam("DetachUserPolicy", { UserName, PolicyArn: ARN });
    await assert.rejects(iam("ListUsers", {}, alice), { code: "AccessDenied" });
    await iam("DeletePolicy", { PolicyArn: ARN });
    await assert.rejects(iam("GetPolicy", { PolicyArn: ARN }), {
      code: "NoSuchEntity",
      message: `Policy ${ARN} was not found.`,
    });
  });

  test("changes with every use of it, so that a deletion under way is decided again", async () => {
    const { iam, dispatcher } = await iamDeployment();
    await iam("CreateUser", { UserName });
    await iam("CreatePolicy", { PolicyName: "readers", PolicyDocument });
    const deletion = dispatcher.view();
    assert.ok(await findPolicy(deletion, ARN));
    await iam("AttachUserPolicy", { UserName, PolicyArn: ARN });
    assert.equal(await deletion.stands(), false);
  });

  test("is attached by those who may attach this very policy", async () => {
    const { iam, user } = await iamDeployment();
    await iam("CreatePolicy", { PolicyName: "readers", PolicyDocument });
    const Condition = { ArnEquals: { "iam:PolicyARN": ARN } };
    const bob = await user("bob", [{ ...allow("iam:AttachUserPolicy"), Condition }]);
    await iam("AttachUserPolicy", { UserName: "bob", PolicyArn: ARN }, bob);
    const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";
    await assert.rejects(iam("AttachUserPolicy", { UserName: "bob", PolicyArn }, bob), {
      code: "AccessDenied",
    });
  });

  test("is not found by an ARN that names none", async () => {
    const { iam, partnerRoot } = await iamDeployment();
    await iam("CreateUser", { UserName });
    await iam("CreatePolicy", { PolicyName: "readers", PolicyDocument });
    await iam("CreatePolicy", { PolicyName: "readers", PolicyDocument }, partnerRoot);
    const unattachable = (arn: string) => ({
      code: "NoSuchEntity",
      status: 404,
      message: `Policy ${arn} does not exist or is not attachable.`,
    });
    for (const PolicyArn of [
      `arn:aws:iam::${ACCOUNT}:policy/missing`,
      `arn:aws:iam::${ACCOUNT}:policy/path/readers`,
      `arn:aws:iam::${ACCOUNT}:policy/READERS`,
      "arn:aws:iam::999888777666:policy/readers",
      "arn:aws:iam::aws:policy/NoSuchAccess",
    ]) {
      await assert.rejects(
        iam("AttachUserPolicy", { UserName, PolicyArn }),
        unattachable(PolicyArn),
      );
    }
    await assert.rejects(
      iam("AttachUserPolicy", { UserName, PolicyArn: "AdministratorAccess!!" }),
      {
        code: "ValidationError",
        message: "Invalid ARN:  Could not be parsed!",
      },
    );
    await assert.rejects(iam("DetachUserPolicy", { UserName, PolicyArn: ARN }), {
      code: "NoSuchEntity",
      message: `Policy ${ARN} was not found.`,
    });
    await assert.rejects(iam("GetPolicy", { PolicyArn: ARN }, partnerRoot), {
      code: "AccessDenied",
    });
  });

  test("can be attached to ten of a user's at most", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateUser", { UserName });
    for (let at = 0; at < 11; at += 1) {
      await iam("CreatePolicy", { PolicyName: `p${at}`, PolicyDocument });
      const PolicyArn = `arn:aws:iam::${ACCOUNT}:policy/p${at}`;
      const attaching = iam("AttachUserPolicy", { UserName, PolicyArn });
      if (at < 10) await attaching;
      else {
        await assert.rejects(attaching, {
          code: "LimitExceeded",
          message: "Cannot exceed quota for PoliciesPerUser: 10",
        });
      }
    }
    const first = await iam("ListAttachedUserPolicies", { UserName, MaxItems: 6 });
    assert.equal(first.IsTruncated, true);
    const Marker = first.Marker ?? "";
    const second = await iam("ListAttachedUserPolicies", { UserName, MaxItems: 6, Marker });
    assert.deepEqual(
      [first, second].flatMap((page) => page.AttachedPolicies?.map((one) => one.PolicyName)),
      Array.from({ length: 10 }, (_, at) => `p${at}`),
    );
  });
});

describe("AWS's own policies", () => {
  const PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess";

  test("are there in every account, and give what they say", async () => {
    const { iam, user } = await iamDeployment();
    const alice = await user(UserName);
    await iam("AttachUserPolicy", { UserName, PolicyArn });
    const { Policy } = await iam("GetPolicy", { PolicyArn }, alice);
    assert.equal(Policy?.AttachmentCount, 1);
    const version = await iam("GetPolicyVersion", { PolicyArn, VersionId: "v1" }, alice);
    assert.deepEqual(JSON.parse(decodeURIComponent(version.PolicyVersion?.Document ?? "")), {
      Version: "2012-10-17",
      Statement: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    });
  });

  test("are changed by nobody", async () => {
    const { iam } = await iamDeployment();
    await assert.rejects(iam("DeletePolicy", { PolicyArn }), { code: "AccessDenied" });
  });

  test("all compile", async () => {
    const { iam, user } = await iamDeployment();
    const alice = await user(UserName);
    const { Policies } = await iam("ListPolicies", { Scope: "AWS" });
    assert.equal(Policies?.length, 5);
    for (const { Arn = "" } of Policies ?? []) {
      await iam("AttachUserPolicy", { UserName, PolicyArn: Arn });
    }
    await iam("ListUsers", {}, alice);
  });
});

test("ListPolicies tells own from AWS's and attached from unattached", async () => {
  const { iam } = await iamDeployment();
  await iam("CreateUser", { UserName });
  await iam("CreatePolicy", { PolicyName: "readers", PolicyDocument });
  await iam("CreatePolicy", { PolicyName: "others", Path: "/x/", PolicyDocument });
  await iam("AttachUserPolicy", { UserName, PolicyArn: ARN });
  const names = async (input: object) =>
    (await iam("ListPolicies", input)).Policies?.map(({ PolicyName }) => PolicyName);
  assert.deepEqual(await names({ Scope: "Local" }), ["others", "readers"]);
  assert.deepEqual(await names({ OnlyAttached: true }), ["readers"]);
  assert.deepEqual(await names({ PathPrefix: "/x/" }), ["others"]);
  assert.equal((await names({}))?.length, 7);
});

describe("an inline policy", () => {
  test("acts at once, is shown as it was sent, and is replaced under its name", async () => {
    const { iam, user } = await iamDeployment();
    const alice = await user(UserName);
    await iam("PutUserPolicy", { UserName, PolicyName: "p", PolicyDocument });
    await iam("ListUsers", {}, alice);
    const got = await iam("GetUserPolicy", { UserName, PolicyName: "p" });
    assert.deepEqual(
      { ...got, PolicyDocument: decodeURIComponent(got.PolicyDocument ?? "") },
      { UserName, PolicyName: "p", PolicyDocument },
    );
    const other = policy(deny("iam:ListUsers"));
    await iam("PutUserPolicy", { UserName, PolicyName: "p", PolicyDocument: other });
    await assert.rejects(iam("ListUsers", {}, alice), {
      message: `User: ${alice.arn} is not authorized to perform: iam:ListUsers on resource: * with an explicit deny in an identity-based policy`,
    });
    const { PolicyNames } = await iam("ListUserPolicies", { UserName });
    assert.deepEqual(PolicyNames, ["p"]);
  });

  test("is refused in AWS's words", async () => {
    const { iam } = await iamDeployment();
    await iam("CreateUser", { UserName });
    const put = (text: string) =>
      iam("PutUserPolicy", { UserName, PolicyName: "p", PolicyDocument: text });
    await assert.rejects(put("{}"), {
      code: "MalformedPolicyDocument",
      message: "Syntax errors in policy.",
    });
    await assert.rejects(put(policy(allow(Array.from({ length: 250 }, (_, at) => `s3:G${at}`)))), {
      code: "LimitExceeded",
      status: 409,
      message: `Maximum policy size of 2048 bytes exceeded for user ${UserName}`,
    });
    const unknown = {
      code: "NoSuchEntity",
      message: "The user policy with name p cannot be found.",
    };
    await assert.rejects(iam("GetUserPolicy", { UserName, PolicyName: "p" }), unknown);
    await assert.rejects(iam("DeleteUserPolicy", { UserName, PolicyName: "p" }), unknown);
  });
});
