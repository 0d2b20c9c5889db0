/** The two policies of the how-to documents, for any account, bucket and key. */

/** The key policy of the how-to, for this account. */
export function keyPolicy(account: string) {
  const role = (name: string) => `arn:aws:iam::${account}:role/${name}`;
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Sid: "EnableRootAccountAccess",
        Effect: "Allow",
        Principal: { AWS: `arn:aws:iam::${account}:root` },
        Action: "kms:*",
        Resource: "*",
      },
      {
        Sid: "AllowKeyAdministration",
        Effect: "Allow",
        Principal: { AWS: role("KeyAdminRole") },
        Action: [
          "kms:Create*",
          "kms:Describe*",
          "kms:Enable*",
          "kms:List*",
          "kms:Put*",
          "kms:Update*",
          "kms:Revoke*",
          "kms:Disable*",
          "kms:Get*",
          "kms:Delete*",
          "kms:ScheduleKeyDeletion",
          "kms:CancelKeyDeletion",
        ],
        Resource: "*",
      },
      {
        Sid: "AllowEncryptDecrypt",
        Effect: "Allow",
        Principal: { AWS: [role("AppServerRole"), role("DataProcessingRole")] },
        Action: [
          "kms:Encrypt",
          "kms:Decrypt",
          "kms:ReEncrypt*",
          "kms:GenerateDataKey",
          "kms:DescribeKey",
        ],
        Resource: "*",
      },
    ],
  };
}

/** The bucket policy of the how-to. */
export function bucketPolicy(bucket: string, keyArn: string) {
  const deny = (Sid: string, Condition: object) => ({
    Sid,
    Effect: "Deny",
    Principal: "*",
    Action: "s3:PutObject",
    Resource: `arn:aws:s3:::${bucket}/*`,
    Condition,
  });
  return {
    Version: "2012-10-17",
    Statement: [
      deny("DenyNonKMSEncryption", {
        StringNotEquals: { "s3:x-amz-server-side-encryption": "aws:kms" },
      }),
      deny("DenyWrongKMSKey", {
        StringNotEqualsIfExists: { "s3:x-amz-server-side-encryption-aws-kms-key-id": keyArn },
      }),
    ],
  };
}
