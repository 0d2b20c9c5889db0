"""boto3's own ways of moving objects: files, streams, parts, copies, pages, presigned URLs."""

import io
import sys
import urllib.request

import boto3
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError

bucket, kms_key_arn = sys.argv[1:3]
s3 = boto3.client("s3")
extra = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": kms_key_arn}

# Nine mebibytes in parts of five, several at once.
body = bytes(range(256)) * 4096 * 9
parts = TransferConfig(multipart_threshold=5 << 20, multipart_chunksize=5 << 20)
s3.upload_fileobj(io.BytesIO(body), bucket, "big", ExtraArgs=extra, Config=parts)
head = s3.head_object(Bucket=bucket, Key="big")
assert head["ContentLength"] == len(body), head
assert head["SSEKMSKeyId"] == kms_key_arn, head
assert head["ETag"].endswith('-2"'), head

read = io.BytesIO()
s3.download_fileobj(bucket, "big", read, Config=parts)
assert read.getvalue() == body

# A copy, metadata, an odd name.
s3.copy_object(
    Bucket=bucket,
    Key="copy of/ünïcödé +&.txt",
    CopySource={"Bucket": bucket, "Key": "big"},
    Metadata={"colour": "blue"},
    MetadataDirective="REPLACE",
    **extra,
)
copied = s3.get_object(Bucket=bucket, Key="copy of/ünïcödé +&.txt")
assert copied["Metadata"] == {"colour": "blue"}, copied
assert copied["Body"].read() == body

# Pages and deletion of many.
for number in range(25):
    s3.put_object(Bucket=bucket, Key=f"many/{number:02}", Body=b"x", **extra)
pages = s3.get_paginator("list_objects_v2").paginate(
    Bucket=bucket, Prefix="many/", PaginationConfig={"PageSize": 10}
)
names = [entry["Key"] for page in pages for entry in page["Contents"]]
assert names == [f"many/{number:02}" for number in range(25)], names
deleted = s3.delete_objects(
    Bucket=bucket, Delete={"Objects": [{"Key": name} for name in names], "Quiet": True}
)
assert "Errors" not in deleted, deleted

# Each checksum that botocore can make by itself.
for algorithm in ("CRC32", "SHA1", "SHA256"):
    s3.put_object(Bucket=bucket, Key=algorithm, Body=body, ChecksumAlgorithm=algorithm)
    got = s3.get_object(Bucket=bucket, Key=algorithm, ChecksumMode="ENABLED")
    assert got["Body"].read() == body
    assert f"Checksum{algorithm}" in got, got

# A URL for whoever holds it.
s3.put_object(Bucket=bucket, Key="plain", Body=b"by url", ServerSideEncryption="AES256")
url = s3.generate_presigned_url("get_object", Params={"Bucket": bucket, "Key": "plain"})
assert urllib.request.urlopen(url).read() == b"by url"

# What is refused is refused by AWS's names.
try:
    s3.get_object(Bucket=bucket, Key="never")
    raise AssertionError("an absent object was answered")
except s3.exceptions.NoSuchKey as error:
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
try:
    s3.head_object(Bucket=bucket, Key="never")
    raise AssertionError("an absent object was answered")
except ClientError as error:
    assert error.response["Error"]["Code"] == "404", error.response

print("ok")
