import FleetModel

/// Reads the instances of a DescribeInstances or RunInstances answer as they go by; nothing but them is kept.
///
/// A page of 1,000 instances has some 100,000 elements in 3.5 MB, so where the parser stands is a small number on a
/// stack, not a path, and text is taken only where it is wanted.
struct InstancePage: XMLHandler {
    private(set) var instances: [ObservedInstance] = []
    private(set) var nextToken: String?
    /// Why the page must not be trusted: an instance without an id or with a state that we don't know.
    private(set) var fault: String?

    private let region: String
    private let root: String
    private var places: [Place] = []
    private var current = Draft()
    private var key = ""
    private var value = ""
    private var device = ""

    /// `root` is the name of the answer's outermost element; a document of another kind is a fault, not an empty page.
    init(region: String, root: String = "DescribeInstancesResponse") {
        self.region = region
        self.root = root
    }

    /// Where the parser stands. Elements that matter to nobody are `other`, with all that is in them.
    private enum Place: UInt8 {
        case other, answer, reservations, reservation, instances, instance
        case state, placement, profile, groups, group, devices, device, volume, tags, tag, reason
        case interfaces, interface, interfaceGroups, interfaceGroup
        // With a text that is wanted:
        case nextToken, id, image, stateName, type, launchTime, publicIP, privateIP, vpc, subnet, zone, keyName, token
        case profileARN, groupID, interfaceGroupID, rootDevice, deviceName, volumeID, tagKey, tagValue, reasonMessage,
            transition
    }

    private struct Draft {
        var id = "", state = "", image = "", type = "", rootDevice = ""
        var launchTime: String?, publicIP: String?, privateIP: String?, vpc: String?, subnet: String?
        var zone: String?, keyName: String?, token: String?, profileARN: String?, reason: String?, transition: String?
        var groups: [String] = []
        var interfaceGroups: [String] = []
        var volumes: [(device: String, id: String)] = []
        var tags: [String: String] = [:]
    }

    mutating func begin(_ name: String) -> Bool {
        let place = places.last.map { InstancePage.child(name, of: $0) } ?? .answer
        if places.isEmpty, name != root { fault = "it is a <\(name)>, not a <\(root)>" }
        places.append(place)
        switch place {
        case .instance: current = Draft()
        case .tag: (key, value) = ("", "")
        case .device: device = ""
        case .other, .answer, .reservations, .reservation, .instances, .state, .placement, .profile, .groups, .group,
            .interfaces, .interface, .interfaceGroups, .interfaceGroup, .devices, .volume, .tags, .reason, .nextToken,
            .id, .image, .stateName, .type, .launchTime, .publicIP,
            .privateIP, .vpc, .subnet, .zone, .keyName, .token, .profileARN, .groupID, .interfaceGroupID,
            .rootDevice, .deviceName, .volumeID, .tagKey, .tagValue, .reasonMessage, .transition:
            break
        }
        return place.rawValue >= Place.nextToken.rawValue
    }

    private static func child(_ name: String, of parent: Place) -> Place {
        switch parent {
        case .answer: answerChild(name)
        case .reservations: name == "item" ? .reservation : .other
        case .reservation: name == "instancesSet" ? .instances : .other
        case .instances: name == "item" ? .instance : .other
        case .instance: instanceChild(name)
        case .state: name == "name" ? .stateName : .other
        case .placement: name == "availabilityZone" ? .zone : .other
        case .profile: name == "arn" ? .profileARN : .other
        case .groups: name == "item" ? .group : .other
        case .group: name == "groupId" ? .groupID : .other
        case .interfaces: name == "item" ? .interface : .other
        case .interface: name == "groupSet" ? .interfaceGroups : .other
        case .interfaceGroups: name == "item" ? .interfaceGroup : .other
        case .interfaceGroup: name == "groupId" ? .interfaceGroupID : .other
        case .devices: name == "item" ? .device : .other
        case .device: name == "deviceName" ? .deviceName : name == "ebs" ? .volume : .other
        case .volume: name == "volumeId" ? .volumeID : .other
        case .tags: name == "item" ? .tag : .other
        case .tag: name == "key" ? .tagKey : name == "value" ? .tagValue : .other
        case .reason: name == "message" ? .reasonMessage : .other
        case .other, .nextToken, .id, .image, .stateName, .type, .launchTime, .publicIP, .privateIP, .vpc, .subnet,
            .zone,
            .keyName, .token, .profileARN, .groupID, .interfaceGroupID, .rootDevice, .deviceName, .volumeID, .tagKey,
            .tagValue, .reasonMessage, .transition:
            .other
        }
    }

    /// RunInstances answers with one reservation as the root, DescribeInstances with a set of them.
    private static func answerChild(_ name: String) -> Place {
        switch name {
        case "reservationSet": .reservations
        case "instancesSet": .instances
        case "nextToken": .nextToken
        default: .other
        }
    }

    private static func instanceChild(_ name: String) -> Place {
        switch name {
        case "instanceId": .id
        case "imageId": .image
        case "instanceState": .state
        case "instanceType": .type
        case "launchTime": .launchTime
        case "ipAddress": .publicIP
        case "privateIpAddress": .privateIP
        case "vpcId": .vpc
        case "subnetId": .subnet
        case "placement": .placement
        case "keyName": .keyName
        case "clientToken": .token
        case "iamInstanceProfile": .profile
        case "groupSet": .groups
        case "networkInterfaceSet": .interfaces
        case "rootDeviceName": .rootDevice
        case "blockDeviceMapping": .devices
        case "tagSet": .tags
        case "stateReason": .reason
        case "reason": .transition
        default: .other
        }
    }

    mutating func end(_ text: String) {
        guard let place = places.popLast(), place != .other else { return }
        switch place {
        case .nextToken: nextToken = InstancePage.present(text)
        case .id: current.id = text
        case .image: current.image = text
        case .stateName: current.state = text
        case .type: current.type = text
        case .launchTime: current.launchTime = text
        case .publicIP: current.publicIP = InstancePage.present(text)
        case .privateIP: current.privateIP = InstancePage.present(text)
        case .vpc: current.vpc = InstancePage.present(text)
        case .subnet: current.subnet = InstancePage.present(text)
        case .zone: current.zone = InstancePage.present(text)
        case .keyName: current.keyName = InstancePage.present(text)
        case .token: current.token = InstancePage.present(text)
        case .profileARN: current.profileARN = InstancePage.present(text)
        case .groupID: current.groups.append(text)
        case .interfaceGroupID: current.interfaceGroups.append(text)
        case .rootDevice: current.rootDevice = text
        case .deviceName: device = text
        case .volumeID: current.volumes.append((device, text))
        case .tagKey: key = text
        case .tagValue: value = text
        case .tag: current.tags[key] = value
        case .reasonMessage: current.reason = InstancePage.present(text)
        case .transition: current.transition = InstancePage.present(text)
        case .instance: finish()
        case .other, .answer, .reservations, .reservation, .instances, .state, .placement, .profile, .groups, .group,
            .interfaces, .interface, .interfaceGroups, .interfaceGroup, .devices, .device, .volume, .tags, .reason:
            break
        }
    }

    private static func present(_ text: String) -> String? { text.isEmpty ? nil : text }

    private mutating func finish() {
        guard !current.id.isEmpty, let state = InstanceState(ec2: current.state) else {
            fault = fault ?? "instance '\(current.id)' has the unknown state '\(current.state)'"
            return
        }
        // EC2 repeats the first interface's groups on the instance; moto leaves them on the interface alone.
        let groups = current.groups.isEmpty ? current.interfaceGroups : current.groups
        let root = current.rootDevice
        let volumes = current.volumes.filter { $0.device == root } + current.volumes.filter { $0.device != root }
        instances.append(
            ObservedInstance(
                instanceID: current.id, region: region, state: state, instanceType: current.type,
                imageID: current.image,
                launchedAt: current.launchTime.flatMap { Instant(rfc3339: $0) }, publicIP: current.publicIP,
                privateIP: current.privateIP, vpcID: current.vpc, subnetID: current.subnet,
                availabilityZone: current.zone,
                keyName: current.keyName, clientToken: current.token, instanceProfileARN: current.profileARN,
                securityGroupIDs: groups, volumeIDs: volumes.map(\.id), tags: current.tags,
                stateReason: current.reason ?? current.transition,
                stoppedAt: current.transition.flatMap(InstancePage.time(in:))))
    }

    /// The time in EC2's words of a transition, `User initiated (2026-11-25 10:00:00 GMT)`; nil where there is none.
    ///
    /// Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Instance.html (`reason`)
    private static func time(in transition: String) -> Instant? {
        guard let open = transition.lastIndex(of: "("), let close = transition.lastIndex(of: ")"), open < close else {
            return nil
        }
        let words = transition[transition.index(after: open)..<close].split(separator: " ")
        guard words.count == 3, words[2] == "GMT" || words[2] == "UTC" else { return nil }
        return Instant(rfc3339: "\(words[0])T\(words[1])Z")
    }
}
