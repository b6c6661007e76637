extension FleetSchemas {
    /// fleet/fleet.yaml.
    static let fleet = #"""
        "title": "fleet/fleet.yaml: settings of the whole fleet",
        "type": "object", "required": ["name", "aws", "database"], "additionalProperties": false,
        "properties": {
          "name": {"$ref": "#/$defs/name", "description": "Goes on every AWS resource as the tag botfleet:fleet."},
          "aws": {
            "type": "object", "required": ["region", "bucket"], "additionalProperties": false,
            "properties": {
              "region": {"$ref": "#/$defs/name", "description": "Home region: the bucket, STS, SSM."},
              "bucket": {"type": "string", "pattern": "^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
                "description": "Exists already; belongs to this fleet alone."},
              "endpoint": {"type": "string", "pattern": "^https?://",
                "description": "Another endpoint than AWS's; AWS_ENDPOINT_URL wins over it."},
              "instance_profile": {"$ref": "#/$defs/instance_profile",
                "description": "The IAM role that instances run with."},
              "image_owners": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/image_owner"},
                "default": ["self"], "description": "Whose AMIs aws:sync-amis lists."}
            }
          },
          "database": {
            "type": "object", "required": ["url"], "additionalProperties": false,
            "properties": {
              "url": {"type": "string", "pattern": "^mysql://[^:@/]*@?[^@/]+(:[0-9]+)?/[^/]+$",
                "description": "mysql://user@host:3306/database?tls=off|required|verify, without a password; BOTFL\#
        EET_DATABASE_URL wins over it."},
              "option_file": {"$ref": "#/$defs/text",
                "description": "A MySQL option file whose [client] section has the password."}
            }
          },
          "defaults": {
            "type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": {
              "instance_type": {"$ref": "#/$defs/instance_type", "default": "t3.medium"},
              "storage_gb": {"$ref": "#/$defs/storage", "default": 32, "description": "GiB of the root volume."},
              "ports": {"type": "array", "items": {"$ref": "#/$defs/count"}, "default": [22, 6002, 6080],
                "description": "TCP ports that a user's addresses may reach; may be empty."}
            }
          },
          "guards": {
            "type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": {
              "max_terminations": {"$ref": "#/$defs/count", "default": 10,
                "description": "The most instances that one apply may terminate or replace without being told."},
              "lost_after": {"$ref": "#/$defs/span", "default": "10m",
                "description": "How long an instance is absent before it is lost."}
            }
          },
          "boot": {
            "type": "object", "required": ["script"], "additionalProperties": false,
            "properties": {"script": {"$ref": "#/$defs/text", "description": "Runs on every instance before its bot."}}
          },
          "prices": {
            "description": "USD per hour by instance type, for cost lines in plans.",
            "type": "object", "minProperties": 1,
            "propertyNames": {"pattern": "^[a-z0-9-]+\\.[a-z0-9-]+$"},
              "additionalProperties": {"$ref": "#/$defs/number"}
          },
          "duties": {
            "description": "Other intervals than the duties' own.",
            "type": "object", "minProperties": 1,
            "propertyNames": {"enum": ["aws:sync-amis", "bots:sync-local", "gitops", "instance:calculate-up-time",
              "instance:clean", "instance:start", "instance:stop", "instance:sync", "sync:folders"]},
            "additionalProperties": {"$ref": "#/$defs/span"}
          },
          "retention": {
            "type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": {
              "sessions": {"$ref": "#/$defs/span", "default": "400d"},
              "events": {"$ref": "#/$defs/span", "default": "30d"},
              "journal": {"$ref": "#/$defs/span", "default": "30d"}
            }
          },
          "broadcast": {
            "description": "Where events are sent.",
            "type": "array", "minItems": 1,
            "items": {
              "type": "object", "minProperties": 1, "maxProperties": 1, "additionalProperties": false,
              "properties": {
                "pusher": {
                  "type": "object", "required": ["url", "app_id", "key", "secret"], "additionalProperties": false,
                  "properties": {
                    "url": {"type": "string", "pattern": "^https?://"}, "app_id": {"$ref": "#/$defs/text"},
                    "key": {"$ref": "#/$defs/env"}, "secret": {"$ref": "#/$defs/env"}
                  }
                },
                "webhook": {
                  "type": "object", "required": ["url"], "additionalProperties": false,
                  "properties": {"url": {"type": "string", "pattern": "^https?://"}, "secret": {"$ref": "#/$defs/env"}}
                }
              }
            }
          },
          "gitops": {
            "description": "The branch that a runner follows by itself.",
            "type": "object", "required": ["url"], "additionalProperties": false,
            "properties": {
              "url": {"type": "string", "minLength": 1},
              "branch": {"$ref": "#/$defs/text", "default": "main"},
              "interval": {"$ref": "#/$defs/span", "default": "1m"},
              "apply": {"enum": ["auto", "plan"], "default": "plan"}
            }
          }
        }
        """#

    /// fleet/regions.yaml.
    static let regions = #"""
        "title": "fleet/regions.yaml: a list of regions",
        "type": "array", "minItems": 1,
        "items": {
          "type": "object", "required": ["name"], "additionalProperties": false,
          "properties": {
            "name": {"$ref": "#/$defs/name", "examples": ["eu-west-1"]},
            "limit": {"$ref": "#/$defs/count", "description": "The most instances here, not terminated ones."},
            "default_image": {
              "description": "An image, or the newest of an owner whose name matches at launch.",
              "anyOf": [
                {"$ref": "#/$defs/image"},
                {
                  "type": "object", "required": ["owner", "name"], "additionalProperties": false,
                  "properties": {"owner": {"$ref": "#/$defs/image_owner"}, "name": {"$ref": "#/$defs/text"}}
                }
              ]
            },
            "vpc": {"type": "string", "pattern": "^vpc-[0-9a-z]+$",
              "description": "Default: the account's default VPC."},
            "subnets": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": "string",
              "pattern": "^subnet-[0-9a-z]+$"}, "description": "Tried in order when AWS has no capacity."},
            "public_ip": {"$ref": "#/$defs/boolean", "description": "Default: what the subnet says."}
          }
        }
        """#

    /// fleet/users.yaml.
    static let users = #"""
        "title": "fleet/users.yaml: a list of users",
        "type": "array", "minItems": 1,
        "items": {
          "type": "object", "required": ["email", "timezone"], "additionalProperties": false,
          "properties": {
            "email": {"$ref": "#/$defs/email", "description": "Compared without case."},
            "name": {"$ref": "#/$defs/text"},
            "timezone": {"type": "string", "minLength": 1, "description": "An IANA zone.",
              "examples": ["Europe/Berlin"]},
            "region": {"$ref": "#/$defs/name", "description": "Where this user's deployments go by default."},
            "status": {"enum": ["active", "suspended"], "default": "active",
              "description": "suspended: their instances are stopped and not started."},
            "allowed_ips": {"type": "array", "minItems": 1, "uniqueItems": true, "items": {"type": "string",
              "pattern": "^[0-9A-Fa-f:.]+(/[0-9]{1,3})?$"},
              "description": "Who may reach their instances: addresses or blocks, IPv4 or IPv6."},
            "ssh_public_key": {"type": "string", "pattern": "^ssh-(ed25519|rsa) [A-Za-z0-9+/]+={0,2}( .*)?\\s*$",
              "description": "Imported as an EC2 key pair."},
            "instance_profile": {"$ref": "#/$defs/instance_profile", "description": "Another role than the fleet's."}
          }
        }
        """#
}
