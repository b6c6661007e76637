import AWSCloud
import FleetTestSupport
import Foundation
import Testing

@Suite struct RunInstancesRequestTests {
    private let request = RunInstancesRequest(
        imageID: "ami-1", instanceType: "t3.medium", subnetID: "subnet-1", securityGroupIDs: ["sg-1", "sg-2"],
        keyName: "key a",
        userData: "#!/bin/sh\necho 1\n", rootDeviceName: "/dev/sda1", rootVolumeGB: 32, instanceProfile: "bot-profile",
        instanceTags: ["b": "2 ~*", "User Email": "a+b@c", "A": "ä"], volumeTags: ["Name": "x"], clientToken: "tok-1")

    @Test func bodyHoldsAllInAFixedOrder() {
        #expect(
            request.formBody
                == "Action=RunInstances&Version=2016-11-15&ImageId=ami-1&InstanceType=t3.medium&MinCount=1&MaxCount=1"
                + "&ClientToken=tok-1&KeyName=key+a&UserData=IyEvYmluL3NoCmVjaG8gMQo%3D&SubnetId=subnet-1"
                + "&SecurityGroupId.1=sg-1&SecurityGroupId.2=sg-2&IamInstanceProfile.Name=bot-profile"
                + "&BlockDeviceMapping.1.DeviceName=%2Fdev%2Fsda1&BlockDeviceMapping.1.Ebs.VolumeSize=32"
                + "&BlockDeviceMapping.1.Ebs.VolumeType=gp3&BlockDeviceMapping.1.Ebs.Encrypted=true"
                + "&BlockDeviceMapping.1.Ebs.DeleteOnTermination=true&MetadataOptions.HttpEndpoint=enabled"
                + "&MetadataOptions.HttpTokens=required&MetadataOptions.HttpPutResponseHopLimit=1"
                + "&TagSpecification.1.ResourceType=instance&TagSpecification.1.Tag.1.Key=A&TagSpecification.1.Tag.1.Value=%C3%A4"
                + "&TagSpecification.1.Tag.2.Key=User+Email&TagSpecification.1.Tag.2.Value=a%2Bb%40c"
                + "&TagSpecification.1.Tag.3.Key=b&TagSpecification.1.Tag.3.Value=2+~%2A"
                + "&TagSpecification.2.ResourceType=volume&TagSpecification.2.Tag.1.Key=Name&TagSpecification.2.Tag.1.Value=x"
        )
    }

    @Test func journaledAndReadBackItIsTheSameBytes() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        var variants = [request]
        variants.append(
            RunInstancesRequest(imageID: "i", instanceType: "t", rootDeviceName: "d", rootVolumeGB: 1, clientToken: "c")
        )
        var third = request
        third.associatePublicIP = false
        third.userData = "# emoji 🤖 \u{0} \r\n"
        variants.append(third)
        for variant in variants {
            let back = try JSONDecoder().decode(RunInstancesRequest.self, from: try encoder.encode(variant))
            #expect(back == variant)
            #expect(back.formBody == variant.formBody)
        }
        // Dictionaries have no order of their own: many of the same content must give one text.
        for _ in 0..<50 {
            var again = request
            again.instanceTags = Dictionary(uniqueKeysWithValues: request.instanceTags.shuffled())
            #expect(again.formBody == request.formBody)
        }
    }

    @Test func publicAddressPutsSubnetAndGroupsOnTheInterface() {
        var request = request
        request.associatePublicIP = true
        let body = request.formBody
        #expect(
            body.contains(
                "&NetworkInterface.1.DeviceIndex=0&NetworkInterface.1.AssociatePublicIpAddress=true"
                    + "&NetworkInterface.1.DeleteOnTermination=true&NetworkInterface.1.SubnetId=subnet-1"
                    + "&NetworkInterface.1.SecurityGroupId.1=sg-1&NetworkInterface.1.SecurityGroupId.2=sg-2&"))
        #expect(!body.contains("&SubnetId=") && !body.contains("&SecurityGroupId.1="))
        request.associatePublicIP = false
        #expect(request.formBody.contains("AssociatePublicIpAddress=false"))
    }

    @Test func profileByARNAndAbsentPartsAreLeftOut() {
        let bare = RunInstancesRequest(
            imageID: "ami-1", instanceType: "t3.nano", rootDeviceName: "/dev/xvda", rootVolumeGB: 8,
            instanceProfile: "arn:aws:iam::1:instance-profile/p", volumeTags: ["a": "b"], clientToken: "")
        #expect(bare.formBody.contains("&IamInstanceProfile.Arn=arn%3Aaws%3Aiam%3A%3A1%3Ainstance-profile%2Fp&"))
        for absent in [
            "ClientToken", "KeyName", "UserData", "SubnetId", "SecurityGroupId", "TagSpecification.2",
            "NetworkInterface",
        ] {
            #expect(!bare.formBody.contains(absent), "\(absent)")
        }
        #expect(bare.formBody.contains("&TagSpecification.1.ResourceType=volume&"))
    }
}
