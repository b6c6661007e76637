import AWSSigning
import Testing

@Suite struct SignatureV4Tests {
    let credentials = AWSCredentials(
        accessKeyID: "AKIAIOSFODNN7EXAMPLE", secretAccessKey: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    /// 2013-05-24T00:00:00Z, the time of S3's published examples.
    let time = SigningTime(secondsSince1970: 1_369_353_600)

    /// https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html, "GET Object".
    @Test func getObjectHasThePublishedSignature() {
        let request = SignableRequest(
            method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt",
            headers: [.init("Range", "bytes=0-9")])
        let headers = SignatureV4(region: "us-east-1", service: "s3")
            .headers(for: request, body: [], credentials: credentials, at: time)
        #expect(
            headers.last?.value.hasSuffix(
                "Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41") == true)
        #expect(headers.last?.name == "authorization")
    }

    /// The same page, "GET Bucket (List Objects)".
    @Test func listObjectsHasThePublishedSignature() {
        let request = SignableRequest(
            method: "GET", host: "examplebucket.s3.amazonaws.com",
            query: [.init("prefix", "J"), .init("max-keys", "2")])
        let headers = SignatureV4(region: "us-east-1", service: "s3")
            .headers(for: request, body: [], credentials: credentials, at: time)
        #expect(
            headers.last?.value.hasSuffix(
                "Signature=34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7") == true)
    }

    /// https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html.
    @Test func presignedGetHasThePublishedSignature() {
        let request = SignableRequest(method: "GET", host: "examplebucket.s3.amazonaws.com", path: "/test.txt")
        let target = SignatureV4(region: "us-east-1", service: "s3")
            .presignedTarget(for: request, credentials: credentials, at: time, expiresIn: 86_400)
        #expect(
            target == "/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2F"
                + "us-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host"
                + "&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404")
    }

    @Test func signingTwiceGivesTheSameAndAnotherTimeAnother() {
        let request = SignableRequest(method: "POST", host: "ec2.eu-west-1.amazonaws.com")
        let signer = SignatureV4(region: "eu-west-1", service: "ec2")
        let first = signer.headers(for: request, body: [1, 2], credentials: credentials, at: time)
        #expect(first == signer.headers(for: request, body: [1, 2], credentials: credentials, at: time))
        let later = SigningTime(secondsSince1970: time.secondsSince1970 + 1)
        #expect(first != signer.headers(for: request, body: [1, 2], credentials: credentials, at: later))
        #expect(first != signer.headers(for: request, body: [1, 3], credentials: credentials, at: time))
    }

    @Test func credentialsNeverShowTheirSecret() {
        let secret = AWSCredentials(accessKeyID: "AKIA1", secretAccessKey: "s3cr3t", sessionToken: "t0k3n")
        var dumped = ""
        dump(secret, to: &dumped)
        for text in ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped] {
            #expect(!text.contains("s3cr3t") && !text.contains("t0k3n"), "\(text)")
            #expect(text.contains("AKIA1"))
        }
    }
}
