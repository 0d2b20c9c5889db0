"""The other services through boto3: KMS, IAM, STS and CloudTrail."""

import json

import boto3

kms = boto3.client("kms")
iam = boto3.client("iam")
sts = boto3.client("sts")
cloudtrail = boto3.client("cloudtrail")

account = sts.get_caller_identity()["Account"]

key = kms.create_key(Description="boto3", Tags=[{"TagKey": "a", "TagValue": "b"}])["KeyMetadata"]
context = {"stage": "live"}
made = kms.generate_data_key(KeyId=key["Arn"], KeySpec="AES_256", EncryptionContext=context)
opened = kms.decrypt(CiphertextBlob=made["CiphertextBlob"], EncryptionContext=context)
assert opened["Plaintext"] == made["Plaintext"]
try:
    kms.decrypt(CiphertextBlob=made["CiphertextBlob"])
    raise AssertionError("a wrong context was accepted")
except kms.exceptions.InvalidCiphertextException:
    pass
try:
    kms.schedule_key_deletion(KeyId=key["KeyId"], PendingWindowInDays=6)
    raise AssertionError("a window of six days was accepted")
except Exception as error:
    assert error.response["Error"] == {
        "Message": "PendingWindowInDays must be between 7 and 30",
        "Code": "ValidationException",
    }, error.response
assert any(
    entry["KeyId"] == key["KeyId"]
    for page in kms.get_paginator("list_keys").paginate()
    for entry in page["Keys"]
)

name = f"boto3-{key['KeyId']}"
trust = {
    "Version": "2012-10-17",
    "Statement": {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{account}:root"},
        "Action": "sts:AssumeRole",
    },
}
everything = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"},
}
role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(trust))["Role"]
assert iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"] == trust
iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(everything))
user = iam.create_user(UserName=name)["User"]
iam.put_user_policy(UserName=name, PolicyName="all", PolicyDocument=json.dumps(everything))
pair = iam.create_access_key(UserName=name)["AccessKey"]
session = boto3.Session(pair["AccessKeyId"], pair["SecretAccessKey"]).client("sts").assume_role(
    RoleArn=role["Arn"], RoleSessionName="boto3"
)["Credentials"]
assumed = boto3.Session(
    session["AccessKeyId"], session["SecretAccessKey"], session["SessionToken"]
)
assert assumed.client("sts").get_caller_identity()["Arn"].endswith(f"/{name}/boto3")
assumed.client("kms").describe_key(KeyId=key["KeyId"])

events = cloudtrail.lookup_events(
    LookupAttributes=[{"AttributeKey": "ResourceName", "AttributeValue": key["Arn"]}]
)["Events"]
names = [event["EventName"] for event in events]
assert {"CreateKey", "GenerateDataKey", "Decrypt", "DescribeKey"} <= set(names), names
record = json.loads(events[0]["CloudTrailEvent"])
assert record["eventSource"] == "kms.amazonaws.com", record

print("ok")
