"""Uses a store as customers do, and prints what it stored and received, by its own count."""

import json
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

url, bucket = sys.argv[1:3]
s3 = boto3.client(
    "s3",
    endpoint_url=url,
    region_name="us-east-1",
    aws_access_key_id="customer",
    aws_secret_access_key="secret",
    config=Config(s3={"addressing_style": "path"}, retries={"max_attempts": 1}),
)
MB = 1 << 20
stored, sent, requests = {}, 0, 0


def put(key, size):
    s3.put_object(Bucket=bucket, Key=key, Body=b"x" * size)
    stored[key] = size


def get(key, **more):
    global sent
    body = s3.get_object(Bucket=bucket, Key=key, **more)["Body"].read()
    sent += len(body)


s3.create_bucket(Bucket=bucket)
put("repo/a.bin", 3 * MB)
put('repo/with "quotes" and spaces.bin', 2 * MB + 7)
put("repo/deep/er/ü.bin", MB + 1)
get("repo/a.bin")
get('repo/with "quotes" and spaces.bin')
get("repo/a.bin", Range="bytes=100-1048675")
s3.head_object(Bucket=bucket, Key="repo/a.bin")
# Log times have whole seconds: within one, a log does not say which of two PUTs came last.
time.sleep(1.1)
put("repo/a.bin", 5 * MB)
s3.copy_object(Bucket=bucket, Key="repo/copy.bin", CopySource={"Bucket": bucket, "Key": "repo/a.bin"})
stored["repo/copy.bin"] = stored["repo/a.bin"]
upload = s3.create_multipart_upload(Bucket=bucket, Key="repo/parts.bin")["UploadId"]
parts = []
for number, size in enumerate([5 * MB, 5 * MB, 123], start=1):
    part = s3.upload_part(
        Bucket=bucket, Key="repo/parts.bin", UploadId=upload, PartNumber=number, Body=b"y" * size
    )
    parts.append({"ETag": part["ETag"], "PartNumber": number})
s3.complete_multipart_upload(
    Bucket=bucket, Key="repo/parts.bin", UploadId=upload, MultipartUpload={"Parts": parts}
)
stored["repo/parts.bin"] = 10 * MB + 123
get("repo/parts.bin")
s3.delete_object(Bucket=bucket, Key="repo/deep/er/ü.bin")
stored.pop("repo/deep/er/ü.bin")
try:
    s3.get_object(Bucket=bucket, Key="repo/none.bin")
    sys.exit("an object that is not there was read")
except ClientError as error:
    assert error.response["Error"]["Code"] == "NoSuchKey", error
s3.list_objects_v2(Bucket=bucket)
print(json.dumps({"stored_bytes": sum(stored.values()), "sent_bytes": sent}))
