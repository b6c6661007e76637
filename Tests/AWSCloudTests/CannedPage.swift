/// A page of instances as EC2 writes it: all the elements that a running instance in a VPC has, whether read or not.
enum CannedPage {
    /// `count` instances, each in a reservation of its own; about 3.5 KB each.
    static func instances(_ count: Int, nextToken: String? = "bmV4dA==") -> [UInt8] {
        var text = """
            <?xml version="1.0" encoding="UTF-8"?>
            <DescribeInstancesResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/">
                <requestId>c0ffee00-0000-4000-8000-000000000000</requestId>
                <reservationSet>

            """
        for index in 0..<count { text += reservation(index) }
        text += "    </reservationSet>\n"
        if let nextToken { text += "    <nextToken>\(nextToken)</nextToken>\n" }
        return Array((text + "</DescribeInstancesResponse>\n").utf8)
    }

    static func id(_ index: Int) -> String {
        let digits = String(index, radix: 16)
        return "i-0" + String(repeating: "0", count: 16 - digits.count) + digits
    }

    private static func reservation(_ index: Int) -> String {
        let (id, state) = (id(index), ["running", "stopped", "pending", "terminated"][index % 4])
        return """
                    <item>
                        <reservationId>r-0\(id.dropFirst(3))</reservationId>
                        <ownerId>123456789012</ownerId>
                        <groupSet/>
                        <instancesSet>
                            <item>
                                <instanceId>\(id)</instanceId>
                                <imageId>ami-0abcdef1234567890</imageId>
                                <instanceState><code>16</code><name>\(state)</name></instanceState>
                                <privateDnsName>ip-172-31-0-1.eu-west-1.compute.internal</privateDnsName>
                                <dnsName>ec2-203-0-113-7.eu-west-1.compute.amazonaws.com</dnsName>
                                <reason>\(state == "stopped" ? "User initiated (2026-11-20 10:00:00 GMT)" : "")</reason>
                                <keyName>acme-anna</keyName>
                                <amiLaunchIndex>0</amiLaunchIndex>
                                <productCodes/>
                                <instanceType>t3.medium</instanceType>
                                <launchTime>2026-11-23T08:00:\(index % 50 + 10).000Z</launchTime>
                                <placement><availabilityZone>eu-west-1b</availabilityZone><groupName/><tenancy>default</tenancy></placement>
                                <monitoring><state>disabled</state></monitoring>
                                <subnetId>subnet-0123456789abcdef0</subnetId>
                                <vpcId>vpc-0123456789abcdef0</vpcId>
                                <privateIpAddress>172.31.\(index / 250).\(index % 250)</privateIpAddress>
                                <ipAddress>203.0.\(index / 250).\(index % 250)</ipAddress>
                                <sourceDestCheck>true</sourceDestCheck>
                                <groupSet>
                                    <item><groupId>sg-0123456789abcdef0</groupId><groupName>acme-anna</groupName></item>
                                </groupSet>
                                <architecture>x86_64</architecture>
                                <rootDeviceType>ebs</rootDeviceType>
                                <rootDeviceName>/dev/sda1</rootDeviceName>
                                <blockDeviceMapping>
                                    <item><deviceName>/dev/sdf</deviceName><ebs><volumeId>vol-data\(index)</volumeId><status>attached</status>\
            <attachTime>2026-11-23T08:00:01.000Z</attachTime><deleteOnTermination>false</deleteOnTermination></ebs></item>
                                    <item><deviceName>/dev/sda1</deviceName><ebs><volumeId>vol-root\(index)</volumeId><status>attached</status>\
            <attachTime>2026-11-23T08:00:01.000Z</attachTime><deleteOnTermination>true</deleteOnTermination></ebs></item>
                                </blockDeviceMapping>
                                <virtualizationType>hvm</virtualizationType>
                                <clientToken>acme-\(index)</clientToken>
                                <tagSet>
                                    <item><key>Name</key><value>linkedin-watch-\(index)</value></item>
                                    <item><key>User Email</key><value>anna&#43;\(index)@example.com</value></item>
                                    <item><key>Bot</key><value>L&amp;K &lt;größer&gt;</value></item>
                                    <item><key>botfleet:fleet</key><value>acme</value></item>
                                    <item><key>botfleet:deployment</key><value>linkedin-watch</value></item>
                                    <item><key>botfleet:generation</key><value>1</value></item>
                                    <item><key>empty</key><value/></item>
                                    <item><key>team</key><value>scrapers</value></item>
                                </tagSet>
                                <hypervisor>xen</hypervisor>
                                <networkInterfaceSet>
                                    <item><networkInterfaceId>eni-0123456789abcdef0</networkInterfaceId><subnetId>subnet-other</subnetId>\
            <vpcId>vpc-other</vpcId><groupSet><item><groupId>sg-other</groupId></item></groupSet><privateIpAddress>10.9.9.9</privateIpAddress>\
            <tagSet><item><key>Name</key><value>not the instance's</value></item></tagSet></item>
                                </networkInterfaceSet>
                                <iamInstanceProfile><arn>arn:aws:iam::123456789012:instance-profile/acme-bot</arn><id>AIPA1</id></iamInstanceProfile>
                                <ebsOptimized>false</ebsOptimized>
                                <enaSupport>true</enaSupport>
                                <metadataOptions><state>applied</state><httpTokens>required</httpTokens><httpPutResponseHopLimit>1\
            </httpPutResponseHopLimit><httpEndpoint>enabled</httpEndpoint></metadataOptions>
                            </item>
                        </instancesSet>
                    </item>

            """
    }
}
