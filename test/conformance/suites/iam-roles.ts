import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { policy, type Deployment } from "../../support/deployment.ts";
import { inTurn } from "../../support/in-turn.ts";
import { fresh } from "../../support/names.ts";
import { refused } from "../../support/refusal.ts";

const noRole = (name: string) => ({
  code: "NoSuchEntity",
  status: 404,
  message: `The role with name ${name} cannot be found.`,
});

export function iamRoles(at: Deployment): void {
  const trust = (principal?: string) =>
    policy({
      Effect: "Allow",
      Principal: { AWS: principal ?? `arn:aws:iam::${at.account}:root` },
      Action: "sts:AssumeRole",
    });

  describe("IAM roles", () => {
    test("a role is answered with its id, ARN and trust policy, and read back", async () => {
      const RoleName = fresh("role");
      const AssumeRolePolicyDocument = trust();
      const { Role } = await at.root.iam.createRole({
        RoleName,
        Path: "/service/",
        AssumeRolePolicyDocument,
        Tags: [{ Key: "team", Value: "pay" }],
      });
      const { RoleId, CreateDate, AssumeRolePolicyDocument: answered, ...rest } = Role ?? {};
      assert.match(RoleId ?? "", /^AROA[A-Z0-9]{17}$/);
      assert.ok(CreateDate);
      assert.equal(decodeURIComponent(answered ?? ""), AssumeRolePolicyDocument);
      assert.deepEqual(rest, {
        Path: "/service/",
        RoleName,
        Arn: `arn:aws:iam::${at.account}:role/service/${RoleName}`,
        Tags: [{ Key: "team", Value: "pay" }],
      });
      const read = await at.root.iam.getRole({ RoleName });
      assert.equal(read.Role?.MaxSessionDuration, 3600);
      assert.equal(read.Role.RoleId, RoleId);
      assert.equal(
        decodeURIComponent(read.Role.AssumeRolePolicyDocument ?? ""),
        AssumeRolePolicyDocument,
      );
      const { Roles } = await at.root.iam.listRoles({ PathPrefix: "/service/" });
      assert.ok(Roles?.some((role) => role.RoleName === RoleName));
    });

    test("a role's name is taken once", async () => {
      const { name: RoleName } = await at.role("once");
      await refused(at.root.iam.createRole({ RoleName, AssumeRolePolicyDocument: trust() }), {
        code: "EntityAlreadyExists",
        status: 409,
        message: `Role with name ${RoleName} already exists.`,
      });
    });

    test("a trust policy that is not JSON is refused", async () => {
      await refused(
        at.root.iam.createRole({ RoleName: fresh("bad"), AssumeRolePolicyDocument: "{nonsense" }),
        {
          code: "MalformedPolicyDocument",
          status: 400,
          message: "This policy contains invalid Json",
        },
      );
    });

    test("a trust policy's principals have to exist", async () => {
      const stranger = `arn:aws:iam::${at.account}:user/${fresh("nobody")}`;
      await refused(
        at.root.iam.createRole({
          RoleName: fresh("bad"),
          AssumeRolePolicyDocument: trust(stranger),
        }),
        {
          code: "MalformedPolicyDocument",
          status: 400,
          message: `Invalid principal in policy: "AWS":"${stranger}"`,
        },
      );
    });

    test("a trust policy has no Resource", async () => {
      const { Statement: statement } = JSON.parse(trust());
      await refused(
        at.root.iam.createRole({
          RoleName: fresh("bad"),
          AssumeRolePolicyDocument: policy({ ...statement, Resource: "*" }),
        }),
        {
          code: "MalformedPolicyDocument",
          status: 400,
          message: "Has prohibited field Resource.",
        },
      );
    });

    test("UpdateAssumeRolePolicy acts at once", async () => {
      const role = await at.role("trusting");
      const user = await at.user("trusted", {
        Effect: "Allow",
        Action: "sts:AssumeRole",
        Resource: role.arn,
      });
      await at.assume(role, "before", user);
      const operator = await at.operator();
      await at.root.iam.updateAssumeRolePolicy({
        RoleName: role.name,
        PolicyDocument: trust(operator.arn),
      });
      await refused(at.assume(role, "after", user), {
        code: "AccessDenied",
        status: 403,
        message: `User: ${user.arn} is not authorized to perform: sts:AssumeRole on resource: ${role.arn}`,
      });
      await at.assume(role, "after");
    });

    test("an unknown role is not found, whatever is asked of it", async () => {
      const RoleName = fresh("nobody");
      const named = { RoleName, PolicyName: "p" };
      const PolicyDocument = policy({ Effect: "Allow", Action: "s3:*", Resource: "*" });
      const calls = [
        () => at.root.iam.getRole({ RoleName }),
        () => at.root.iam.deleteRole({ RoleName }),
        () => at.root.iam.updateAssumeRolePolicy({ RoleName, PolicyDocument: trust() }),
        () => at.root.iam.putRolePolicy({ ...named, PolicyDocument }),
        () => at.root.iam.getRolePolicy(named),
        () => at.root.iam.deleteRolePolicy(named),
        () => at.root.iam.listRolePolicies({ RoleName }),
        () => at.root.iam.listAttachedRolePolicies({ RoleName }),
      ];
      await inTurn(calls, (call) => refused(call(), noRole(RoleName)));
    });

    test("inline policies of a role are put, read, listed and deleted", async () => {
      const { name: RoleName } = await at.role("inline");
      const PolicyDocument = policy({ Effect: "Allow", Action: "s3:*", Resource: "*" });
      await at.root.iam.putRolePolicy({ RoleName, PolicyName: "mine", PolicyDocument });
      const read = await at.root.iam.getRolePolicy({ RoleName, PolicyName: "mine" });
      assert.equal(decodeURIComponent(read.PolicyDocument ?? ""), PolicyDocument);
      assert.deepEqual((await at.root.iam.listRolePolicies({ RoleName })).PolicyNames, ["mine"]);
      await at.root.iam.deleteRolePolicy({ RoleName, PolicyName: "mine" });
      await refused(at.root.iam.getRolePolicy({ RoleName, PolicyName: "mine" }), {
        code: "NoSuchEntity",
        status: 404,
        message: "The role policy with name mine cannot be found.",
      });
    });

    test("a role with policies is not deleted", async () => {
      const role = await at.role("busy", { Effect: "Allow", Action: "s3:*", Resource: "*" });
      await refused(at.root.iam.deleteRole({ RoleName: role.name }), {
        code: "DeleteConflict",
        status: 409,
        message: "Cannot delete entity, must delete policies first.",
      });
      await at.root.iam.deleteRolePolicy({ RoleName: role.name, PolicyName: "conformance" });
      await at.root.iam.deleteRole({ RoleName: role.name });
      await refused(at.root.iam.getRole({ RoleName: role.name }), noRole(role.name));
    });
  });
}
