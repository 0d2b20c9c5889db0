"""Step 4 of the how-to: upload under SSE-KMS with boto3 and verify the encryption."""

import sys

import boto3

bucket, kms_key_arn, report = sys.argv[1:4]

s3 = boto3.client("s3")

# Upload with explicit SSE-KMS
s3.put_object(
    Bucket=bucket,
    Key="sensitive-data/financial-report.pdf",
    Body=open(report, "rb"),
    ServerSideEncryption="aws:kms",
    SSEKMSKeyId=kms_key_arn,
    BucketKeyEnabled=True,
)

# Verify encryption
response = s3.head_object(Bucket=bucket, Key="sensitive-data/financial-report.pdf")

print(f"Encryption: {response['ServerSideEncryption']}")
print(f"KMS Key: {response.get('SSEKMSKeyId', 'N/A')}")
print(f"Bucket Key: {response.get('BucketKeyEnabled', False)}")
