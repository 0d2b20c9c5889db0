import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policy, type Deployment } from "../../support/deployment.ts";
import { inTurn, numbers } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

const listKeys = policy({ Effect: "Allow", Action: "kms:ListKeys", Resource: "*" });

const absent = (arn: string, text: string) => ({
  code: "NoSuchEntity",
  status: 404,
  message: `Policy ${arn} ${text}`,
});

export function iamPolicies(at: Deployment): void {
  const make = async (PolicyDocument = listKeys) => {
    const PolicyName = fresh("managed");
    const { Policy } = await at.root.iam.createPolicy({ PolicyName, PolicyDocument });
    return { PolicyName, PolicyArn: Policy?.Arn ?? "", Policy };
  };

  describe("IAM managed policies", () => {
    test("a policy is answered with its ARN, its first version and no attachments", async () => {
      const { PolicyName, PolicyArn, Policy } = await make();
      const { PolicyId, CreateDate, UpdateDate, ...rest } = Policy ?? {};
      assert.match(PolicyId ?? "", /^ANPA[A-Z0-9]{17}$/);
      assert.ok(CreateDate && UpdateDate);
      assert.deepEqual(rest, {
        PolicyName,
        Arn: `arn:aws:iam::${at.account}:policy/${PolicyName}`,
        Path: "/",
        DefaultVersionId: "v1",
        AttachmentCount: 0,
        PermissionsBoundaryUsageCount: 0,
        IsAttachable: true,
      });
      const read = await at.root.iam.getPolicy({ PolicyArn });
      assert.deepEqual(read.Policy?.Tags ?? [], []);
      assert.equal(read.Policy?.PolicyId, PolicyId);
      const version = await at.root.iam.getPolicyVersion({ PolicyArn, VersionId: "v1" });
      assert.equal(decodeURIComponent(version.PolicyVersion?.Document ?? ""), listKeys);
      assert.equal(version.PolicyVersion?.IsDefaultVersion, true);
    });

    test("a policy's name is taken once", async () => {
      const { PolicyName } = await make();
      await refused(at.root.iam.createPolicy({ PolicyName, PolicyDocument: listKeys }), {
        code: "EntityAlreadyExists",
        status: 409,
        message: `A policy called ${PolicyName} already exists. Duplicate names are not allowed.`,
      });
    });

    test("attached to a user it gives, detached it takes, at once", async () => {
      const { PolicyName, PolicyArn } = await make();
      const user = await at.user("managed");
      const UserName = user.name;
      await refused(user.kms.listKeys({}), { code: "AccessDeniedException" });
      await at.root.iam.attachUserPolicy({ UserName, PolicyArn });
      await user.kms.listKeys({});
      const listed = await at.root.iam.listAttachedUserPolicies({ UserName });
      assert.deepEqual(listed.AttachedPolicies, [{ PolicyName, PolicyArn }]);
      assert.equal((await at.root.iam.getPolicy({ PolicyArn })).Policy?.AttachmentCount, 1);
      await refused(at.root.iam.deletePolicy({ PolicyArn }), {
        code: "DeleteConflict",
        status: 409,
        message: "Cannot delete a policy attached to entities.",
      });
      await at.root.iam.detachUserPolicy({ UserName, PolicyArn });
      await refused(user.kms.listKeys({}), { code: "AccessDeniedException" });
      await at.root.iam.deletePolicy({ PolicyArn });
      await refused(at.root.iam.getPolicy({ PolicyArn }), absent(PolicyArn, "was not found."));
    });

    test("attached to a role it gives to its sessions", async () => {
      const { PolicyName, PolicyArn } = await make();
      const role = await at.role("managed");
      const session = await at.assume(role);
      await refused(session.kms.listKeys({}), { code: "AccessDeniedException" });
      await at.root.iam.attachRolePolicy({ RoleName: role.name, PolicyArn });
      await session.kms.listKeys({});
      const listed = await at.root.iam.listAttachedRolePolicies({ RoleName: role.name });
      assert.deepEqual(listed.AttachedPolicies, [{ PolicyName, PolicyArn }]);
      await refused(at.root.iam.deleteRole({ RoleName: role.name }), {
        code: "DeleteConflict",
        status: 409,
        message: "Cannot delete entity, must detach all policies first.",
      });
      await at.root.iam.detachRolePolicy({ RoleName: role.name, PolicyArn });
      await refused(session.kms.listKeys({}), { code: "AccessDeniedException" });
    });

    test("a policy that does not exist cannot be attached, and garbage is no ARN", async () => {
      const { name: UserName } = await at.user("attach");
      const PolicyArn = `arn:aws:iam::${at.account}:policy/${fresh("none")}`;
      await refused(
        at.root.iam.attachUserPolicy({ UserName, PolicyArn }),
        absent(PolicyArn, "does not exist or is not attachable."),
      );
      await refused(
        at.root.iam.attachUserPolicy({ UserName, PolicyArn: "this-is-no-arn-of-anything" }),
        { code: "ValidationError", status: 400, message: "Invalid ARN:  Could not be parsed!" },
      );
      await refused(at.root.iam.deletePolicy({ PolicyArn }), absent(PolicyArn, "was not found."));
    });

    test("ListPolicies pages over the account's own", async () => {
      const made = await inTurn(numbers(3), () => make());
      const found: string[] = [];
      const page = async (Marker?: string): Promise<void> => {
        const answer = await at.root.iam.listPolicies({ Scope: "Local", MaxItems: 2, Marker });
        found.push(...(answer.Policies ?? []).map((entry) => entry.Arn ?? ""));
        if (answer.IsTruncated) await page(answer.Marker);
      };
      await page();
      assert.deepEqual(
        made.map(({ PolicyArn }) => PolicyArn).filter((arn) => !found.includes(arn)),
        [],
      );
    });

    test("a policy has 6144 characters, white space not counted", async () => {
      const statement = { Sid: "", Effect: "Allow", Action: "s3:*", Resource: "*" };
      const bare = policy(statement).length;
      const sized = (characters: number) =>
        JSON.stringify(
          JSON.parse(policy({ ...statement, Sid: "s".repeat(characters - bare) })),
          null,
          4,
        );
      await make(sized(6144));
      await refused(make(sized(6145)), {
        code: "LimitExceeded",
        status: 409,
        message: "Cannot exceed quota for PolicySize: 6144",
      });
    });
  });
}
