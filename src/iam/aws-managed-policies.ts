/**
 * AWS's own managed policies, as far as they speak of services that are here: AWS Managed Policy
 * Reference Guide. Nobody can change them.
 */
import { policyArn } from "./arns.ts";

export interface AwsManagedPolicy {
  readonly id: string;
  readonly name: string;
  readonly arn: string;
  readonly path: string;
  readonly description: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly version: number;
  readonly text: string;
}

const policies = new Map(
  [
    aws({
      id: "ANPAIWMBCKSKIEE64ZLYK",
      name: "AdministratorAccess",
      description: "Provides full access to AWS services and resources.",
      created: "2015-02-06T18:39:46Z",
      updated: "2015-02-06T18:39:46Z",
      version: 1,
      statements: [{ Effect: "Allow", Action: "*", Resource: "*" }],
    }),
    aws({
      id: "ANPAIFIR6V6BVTRAHWINE",
      name: "AmazonS3FullAccess",
      description: "Provides full access to all buckets via the AWS Management Console.",
      created: "2015-02-06T18:40:58Z",
      updated: "2021-09-27T20:16:37Z",
      version: 2,
      statements: [{ Effect: "Allow", Action: ["s3:*", "s3-object-lambda:*"], Resource: "*" }],
    }),
    aws({
      id: "ANPAIZTJ4DXE7G6AGAE6M",
      name: "AmazonS3ReadOnlyAccess",
      description: "Provides read only access to all buckets via the AWS Management Console.",
      created: "2015-02-06T18:40:59Z",
      updated: "2023-08-10T21:31:39Z",
      version: 3,
      statements: [
        {
          Effect: "Allow",
          Action: [
            "s3:Get*",
            "s3:List*",
            "s3:Describe*",
            "s3-object-lambda:Get*",
            "s3-object-lambda:List*",
          ],
          Resource: "*",
        },
      ],
    }),
    aws({
      id: "ANPAJNPP7PPPPMJRV2SA4",
      name: "AWSKeyManagementServicePowerUser",
      description: "Provides access to AWS Key Management Service (KMS).",
      created: "2015-02-06T18:40:40Z",
      updated: "2017-03-07T00:55:11Z",
      version: 2,
      statements: [
        {
          Effect: "Allow",
          Action: [
            "kms:CreateAlias",
            "kms:CreateKey",
            "kms:DeleteAlias",
            "kms:Describe*",
            "kms:GenerateRandom",
            "kms:Get*",
            "kms:List*",
            "kms:TagResource",
            "kms:UntagResource",
            "iam:ListGroups",
            "iam:ListRoles",
            "iam:ListUsers",
          ],
          Resource: "*",
        },
      ],
    }),
    aws({
      id: "ANPAI7XKCFMBPM3QQRRVQ",
      name: "IAMFullAccess",
      description: "Provides full access to IAM via the AWS Management Console.",
      created: "2015-02-06T18:40:38Z",
      updated: "2019-06-21T19:40:00Z",
      version: 2,
      statements: [
        {
          Effect: "Allow",
          Action: [
            "iam:*",
            "organizations:DescribeAccount",
            "organizations:DescribeOrganization",
            "organizations:DescribeOrganizationalUnit",
            "organizations:DescribePolicy",
            "organizations:ListChildren",
            "organizations:ListParents",
            "organizations:ListPoliciesForTarget",
            "organizations:ListRoots",
            "organizations:ListPolicies",
            "organizations:ListTargetsForPolicy",
          ],
          Resource: "*",
        },
      ],
    }),
  ].map((policy) => [policy.arn, policy]),
);

/** In the order of their names. */
export function awsManagedPolicies(): readonly AwsManagedPolicy[] {
  return [...policies.values()];
}

export function awsManagedPolicy(arn: string): AwsManagedPolicy | undefined {
  return policies.get(arn);
}

function aws(policy: {
  id: string;
  name: string;
  description: string;
  created: string;
  updated: string;
  version: number;
  statements: readonly object[];
}): AwsManagedPolicy {
  const { id, name, description, created, updated, version, statements } = policy;
  const path = "/";
  return {
    id,
    name,
    arn: policyArn({ accountId: "aws", path, name }),
    path,
    description,
    createdAt: Date.parse(created),
    updatedAt: Date.parse(updated),
    version,
    text: JSON.stringify({ Version: "2012-10-17", Statement: statements }, null, 2),
  };
}
