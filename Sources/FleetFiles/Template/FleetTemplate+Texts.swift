extension FleetTemplate {
    static let gitignore = """
        # Secrets and what tools leave behind never belong in a fleet's repository.
        .env
        *.pem
        node_modules/
        .sandbox/

        """

    static func readme(_ fleetName: String) -> String {
        """
        # The fleet \(fleetName)

        Bots on EC2, described by files: edit, commit, and `botfleet plan` says what would change.

            botfleet validate        # the files alone: no network, no database
            botfleet plan            # what would change in AWS and MySQL
            botfleet apply           # do it
            botfleet status          # the fleet at a glance

        | file | what it says |
        | --- | --- |
        | fleet/fleet.yaml | settings of the whole fleet |
        | fleet/regions.yaml | the AWS regions |
        | fleet/users.yaml | whose bots run, from where they may be reached |
        | fleet/deployments/ | which bot runs for whom, how many, when |
        | bots/ | git repositories of bots, and bots of this repository's own |
        | schedules/ | when instances run |

        Passwords and keys never stand in a file. botfleet takes AWS credentials from the usual places and the database's
        password from BOTFLEET_DATABASE_PASSWORD.

        """
    }

    static func settings(_ fleetName: String) -> String {
        // A bucket's name has 63 characters at most, and no dash at its end.
        let stem = String(fleetName.prefix(58))
        return """
            # Settings of the whole fleet.
            name: \(fleetName)
            aws:
              region: eu-west-1               # home region: the bucket, STS, SSM
              bucket: \(stem)-bots\(String(repeating: " ", count: max(1, 19 - stem.utf8.count)))# create it first; it belongs to this fleet alone
              # instance_profile: \(stem)-bot   # the IAM role that bots run with, to fetch their work
            database:
              url: mysql://botfleet@127.0.0.1:3306/botfleet   # BOTFLEET_DATABASE_URL wins over it
            defaults:
              instance_type: t3.medium
              storage_gb: 32
              ports: [22, 6002, 6080]         # what a user's addresses may reach
            guards:
              max_terminations: 10            # more needs `apply --allow-terminations N`
              lost_after: 10m

            """
    }

    static let regions = """
        - name: eu-west-1
          limit: 20                         # the most instances here
          default_image:                    # the newest that matches at launch; or an image's id: ami-…
            owner: "099720109477"           # Canonical
            name: "ubuntu/images/hvm-ssd/ubuntu-jammy-22.04-amd64-server-*"

        """

    static let users = """
        - email: you@example.com
          name: You
          timezone: Europe/Berlin           # an IANA zone; schedules without one of their own go by it
          region: eu-west-1                 # where this user's deployments go by default
          allowed_ips: [203.0.113.7]        # who may reach this user's instances: write your address here
          # ssh_public_key: "ssh-ed25519 AAAA…"

        """

    static let deployment = """
        # One document a deployment; several in a file are fine, with --- between them.
        name: hello                         # its instances are hello-1, hello-2, …
        user: you@example.com
        bot: hello
        count: 1
        schedule: office-hours              # or state: running | stopped
        parameters:
          url: https://example.com
          # password: {ssm: /bots/hello/password}   # secrets stay in SSM; only the instance reads them

        """

    static let schedule = """
        name: office-hours
        timezone: Europe/Berlin             # without it: each deployment's user's zone
        week:
          - {days: mon-fri, start: "08:00", stop: "18:30"}
        # exceptions:
        #   - {dates: 2026-12-24..2026-12-26, state: stopped}

        """

    static let bot = """
        # A bot of this repository's own. A git repository of bots is a document like this:
        #
        #   source: puppeteer
        #   url: https://git.example.com/bots/puppeteer.git
        #   ref: main
        bot: hello
        script: hello/hello.custom.js
        package: hello/package.json

        """

    static let package = """
        {
          "name": "hello",
          "version": "1.0.0",
          "private": true,
          "dependencies": { "puppeteer": "^24.0.0" }
        }

        """

    static let script = """
        'use strict';

        /** ABOUT
        { "name": "hello", "description": "Opens a page and takes a picture of it", "icon": "fa-camera", "platform": "Web" }
        */
        /** PARAMS
        [ { "name": "url", "type": "url", "title": "Page", "description": "The page to open", "icon": "fa-link" } ]
        */

        const fs = require('node:fs');
        const puppeteer = require('puppeteer');

        async function main() {
          // The instance writes the deployment's parameters: {"url": {"value": "https://…"}}.
          const params = JSON.parse(fs.readFileSync('params/params.json', 'utf8'));
          const browser = await puppeteer.launch();
          try {
            const page = await browser.newPage();
            await page.goto(params.url.value);
            // What lies in output/ goes to the bucket.
            fs.mkdirSync('output/screenshots', { recursive: true });
            await page.screenshot({ path: `output/screenshots/${Date.now()}.png` });
          } finally {
            await browser.close();
          }
        }

        main().catch((error) => {
          console.error(error);
          process.exitCode = 1;
        });

        """
}
