"""What sawlog's log types declare, in a form that SQL can be made of.

`columns` are the declared fields: text, json (kept as text), int, float, bool, a dictionary for an object,
and a list with one dictionary for an array of objects. `required` are top-level columns that a record must
have, and `event_time` is a path with the format that the time is in. `indicators` are lists of values by
column, each with the rule that values must keep and the paths they come from; `[]` stands for all elements.
"""

LINKS = {"self": "text", "alt": "text"}
ENTITY = {"id": "text", "type": "text", "attributes": "json", "links": LINKS}
ATLASSIAN = {
    "columns": {
        "type": "text",
        "id": "text",
        "attributes": {
            "time": "text",
            "action": "text",
            "actor": {"id": "text", "name": "text", "email": "text", "links": LINKS},
            "context": [ENTITY],
            "container": [ENTITY],
            "location": {
                "ip": "text",
                "geo": "text",
                "countryName": "text",
                "regionName": "text",
                "city": "text",
            },
        },
        "message": {"content": "text", "format": "text"},
        "relations": "json",
        "links": LINKS,
    },
    "required": ["type", "id", "attributes", "links"],
    "event_time": ("attributes.time", "rfc3339"),
    "indicators": {
        "p_any_ip_addresses": ("any", ["attributes.location.ip"]),
        "p_any_domain_names": ("host", ["attributes.context[].links.self", "attributes.context[].links.alt"]),
        "p_any_emails": ("email", ["attributes.actor.email"]),
        "p_any_usernames": ("any", ["attributes.actor.name"]),
    },
}

ISSUER = {"type": "text", "principalId": "text", "arn": "text", "accountId": "text", "userName": "text"}
CLOUDTRAIL = {
    "columns": {
        "eventVersion": "text",
        "userIdentity": {
            "type": "text",
            "principalId": "text",
            "arn": "text",
            "accountId": "text",
            "accessKeyId": "text",
            "userName": "text",
            "invokedBy": "text",
            "credentialId": "text",
            "identityProvider": "text",
            "sessionContext": {
                "sessionIssuer": ISSUER,
                # A boolean that comes as text.
                "attributes": {"creationDate": "text", "mfaAuthenticated": "text"},
                "webIdFederationData": "json",
                "sourceIdentity": "text",
                "ec2RoleDelivery": "text",
                "assumedRoot": "bool",
            },
            "onBehalfOf": {"userId": "text", "identityStoreArn": "text"},
            "inScopeOf": "json",
        },
        "eventTime": "text",
        "eventSource": "text",
        "eventName": "text",
        "awsRegion": "text",
        "sourceIPAddress": "text",
        "userAgent": "text",
        "errorCode": "text",
        "errorMessage": "text",
        "requestParameters": "json",
        "responseElements": "json",
        "additionalEventData": "json",
        "requestID": "text",
        "eventID": "text",
        "eventType": "text",
        "apiVersion": "text",
        "managementEvent": "bool",
        "readOnly": "bool",
        "resources": [{"ARN": "text", "ARNPrefix": "text", "accountId": "text", "type": "text"}],
        "recipientAccountId": "text",
        "serviceEventDetails": "json",
        "sharedEventID": "text",
        "vpcEndpointId": "text",
        "vpcEndpointAccountId": "text",
        "eventCategory": "text",
        "addendum": {
            "reason": "text",
            "updatedFields": "text",
            "originalRequestID": "text",
            "originalEventID": "text",
        },
        "sessionCredentialFromConsole": "bool",
        "eventContext": "json",
        "edgeDeviceDetails": "json",
        "tlsDetails": {"tlsVersion": "text", "cipherSuite": "text", "clientProvidedHostHeader": "text"},
        "insightDetails": "json",
    },
    "required": ["eventVersion", "eventTime", "eventSource", "eventName", "awsRegion", "eventID"],
    "event_time": ("eventTime", "rfc3339"),
    "indicators": {
        "p_any_ip_addresses": ("address", ["sourceIPAddress"]),
        "p_any_domain_names": ("name", ["sourceIPAddress", "tlsDetails.clientProvidedHostHeader"]),
        "p_any_usernames": (
            "any",
            [
                "userIdentity.userName",
                "userIdentity.sessionContext.sessionIssuer.userName",
                "userIdentity.sessionContext.sourceIdentity",
            ],
        ),
        "p_any_actor_ids": ("any", ["userIdentity.principalId", "userIdentity.onBehalfOf.userId"]),
        "p_any_trace_ids": ("any", ["requestID"]),
        "p_any_aws_account_ids": (
            "any",
            [
                "userIdentity.accountId",
                "userIdentity.sessionContext.sessionIssuer.accountId",
                "recipientAccountId",
                "vpcEndpointAccountId",
                "resources[].accountId",
            ],
        ),
        "p_any_aws_arns": (
            "any",
            ["userIdentity.arn", "userIdentity.sessionContext.sessionIssuer.arn", "resources[].ARN"],
        ),
    },
}

PLACE = {
    "city": "text",
    "state": "text",
    "country": "text",
    "postalCode": "text",
    "geolocation": {"lat": "float", "lon": "float"},
}
OKTA = {
    "columns": {
        "uuid": "text",
        "published": "text",
        "eventType": "text",
        "version": "text",
        "severity": "text",
        "legacyEventType": "text",
        "displayMessage": "text",
        "actor": {
            "id": "text",
            "type": "text",
            "alternateId": "text",
            "displayName": "text",
            "detailEntry": "json",
        },
        "client": {
            "userAgent": {"rawUserAgent": "text", "os": "text", "browser": "text"},
            "zone": "text",
            "device": "text",
            "id": "text",
            "ipAddress": "text",
            "geographicalContext": PLACE,
        },
        "device": "json",
        "authenticationContext": {
            "authenticationProvider": "text",
            "credentialProvider": "text",
            "credentialType": "text",
            "issuer": "json",
            "interface": "text",
            "authenticationStep": "int",
            "rootSessionId": "text",
            "externalSessionId": "text",
        },
        "securityContext": {
            "asNumber": "int",
            "asOrg": "text",
            "isp": "text",
            "domain": "text",
            "isProxy": "bool",
            "ipDetails": "json",
            "risk": "json",
            "userBehaviors": "json",
        },
        "outcome": {"result": "text", "reason": "text"},
        "target": [
            {
                "id": "text",
                "type": "text",
                "alternateId": "text",
                "displayName": "text",
                "changeDetails": "json",
                "detailEntry": "json",
            }
        ],
        "transaction": {"id": "text", "type": "text", "detail": "json"},
        "debugContext": {"debugData": "json"},
        "request": {
            "ipChain": [{"ip": "text", "version": "text", "source": "text", "geographicalContext": PLACE}]
        },
    },
    "required": ["uuid", "published", "eventType", "version", "severity"],
    "event_time": ("published", "rfc3339"),
    "indicators": {
        "p_any_ip_addresses": ("any", ["client.ipAddress", "request.ipChain[].ip"]),
        "p_any_domain_names": ("any", ["securityContext.domain"]),
        "p_any_emails": ("email", ["actor.alternateId", "target[].alternateId"]),
        "p_any_usernames": ("any", ["actor.displayName"]),
        "p_any_actor_ids": ("any", ["actor.id"]),
        "p_any_trace_ids": ("any", ["authenticationContext.externalSessionId", "transaction.id"]),
    },
}


def fields(kind, names):
    return dict.fromkeys(names.split(), kind)


GITHUB = {
    "columns": {
        **fields("int", "@timestamp"),
        **fields("text", "_document_id action actor"),
        **fields("int", "actor_id"),
        **fields("text", "actor_ip"),
        **fields("bool", "actor_is_bot"),
        "actor_location": {"country_code": "text"},
        **fields("text", "actor_session external_identity_nameid external_identity_username user"),
        **fields("int", "user_id"),
        **fields("json", "org org_id"),
        **fields("text", "business"),
        **fields("int", "business_id"),
        **fields("text", "repo repository"),
        **fields("int", "repo_id repository_id"),
        **fields("bool", "public_repo repository_public"),
        **fields("text", "visibility previous_visibility team name permission old_permission"),
        **fields("int", "transport_protocol"),
        **fields("text", "transport_protocol_name operation_type user_agent request_id hashed_token"),
        **fields("int", "token_id"),
        **fields("text", "token_scopes programmatic_access_type"),
        **fields("int", "oauth_application_id"),
        **fields("text", "integration fingerprint key"),
        **fields("int", "hook_id"),
        **fields("json", "config events"),
        **fields("int", "workflow_id workflow_run_id"),
        **fields("text", "head_branch head_sha"),
        **fields("int", "created_at"),
    },
    "required": ["@timestamp", "action"],
    "event_time": ("@timestamp", "unix_ms"),
    "indicators": {
        "p_any_ip_addresses": ("any", ["actor_ip"]),
        "p_any_emails": ("email", ["external_identity_nameid"]),
        "p_any_usernames": ("any", ["actor", "external_identity_username", "user"]),
        "p_any_trace_ids": ("any", ["request_id"]),
        "p_any_sha1_hashes": ("any", ["head_sha"]),
    },
}

LOG_TYPES = {
    "Atlassian.Audit": ATLASSIAN,
    "AWS.CloudTrail": CLOUDTRAIL,
    "Okta.SystemLog": OKTA,
    "GitHub.Audit": GITHUB,
}
