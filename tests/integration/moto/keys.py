"""keys.py FOLDER ENDPOINT: a user who may do everything, and a role that the user takes; see server."""
import json
import sys

import boto3

folder, endpoint = sys.argv[1:]
everything = json.dumps({'Version': '2012-10-17', 'Statement': [{'Effect': 'Allow', 'Action': '*', 'Resource': '*'}]})

def client(service, key, secret):
    return boto3.client(service, endpoint_url=endpoint, region_name='us-east-1', aws_access_key_id=key, aws_secret_access_key=secret)

iam = client('iam', 'nobody', 'nothing')
iam.create_user(UserName='reader')
iam.put_user_policy(UserName='reader', PolicyName='all', PolicyDocument=everything)
key = iam.create_access_key(UserName='reader')['AccessKey']
user = key['AccessKeyId'], key['SecretAccessKey']
with open(folder + '/user', 'w') as f:
    print(*user, file=f)

role = iam.create_role(RoleName='reading', AssumeRolePolicyDocument='{}')['Role']
iam.put_role_policy(RoleName='reading', PolicyName='all', PolicyDocument=everything)
given = client('sts', 'nobody', 'nothing').assume_role(RoleArn=role['Arn'], RoleSessionName='reading')['Credentials']
with open(folder + '/role.json', 'w') as f:
    json.dump({'AccessKeyId': given['AccessKeyId'], 'SecretAccessKey': given['SecretAccessKey'],
               'Token': given['SessionToken'], 'Expiration': given['Expiration'].strftime('%Y-%m-%dT%H:%M:%SZ')}, f)
