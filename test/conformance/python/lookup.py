"""Step 6 of the how-to: look up recent Decrypt events with boto3."""

from datetime import datetime, timedelta

import boto3

cloudtrail = boto3.client("cloudtrail")

# Look up recent KMS decrypt events for our key
response = cloudtrail.lookup_events(
    LookupAttributes=[{"AttributeKey": "EventName", "AttributeValue": "Decrypt"}],
    StartTime=datetime.utcnow() - timedelta(hours=24),
    EndTime=datetime.utcnow() + timedelta(minutes=1),
    MaxResults=50,
)

for event in response["Events"]:
    print(f"Time: {event['EventTime']}")
    print(f"User: {event.get('Username', 'N/A')}")
    print(f"Event: {event['EventName']}")
    print("---")
