import FleetModel
import Testing

@testable import AWSCloud

@Suite struct ObjectPageTests {
    private func read(_ inner: String) throws -> ObjectPage {
        var page = ObjectPage()
        try page.read(Array("<ListBucketResult>\(inner)</ListBucketResult>".utf8))
        return page
    }

    @Test func keysAreDecodedWithPlusAsSpace() throws {
        let page = try read(
            """
            <Name>b</Name><Prefix>p%2F</Prefix><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>
            <NextContinuationToken>1/+=</NextContinuationToken><Contents><Key>p/a+b%2Bc%0A%C3%BC%F0%9F%A4%96</Key>
            <LastModified>2026-11-23T08:00:00.000Z</LastModified><ETag>&quot;e1&quot;</ETag><Size>7</Size><StorageClass>S</StorageClass></Contents>
            <CommonPrefixes><Prefix>p/x/</Prefix></CommonPrefixes>
            """)
        #expect(page.fault == nil && page.isTruncated && page.nextToken == "1/+=")
        #expect(
            page.objects == [
                S3ListedObject(
                    key: "p/a b+c\nü🤖", size: 7, etag: "e1", lastModified: Instant(rfc3339: "2026-11-23T08:00:00Z"))
            ])
    }

    @Test(arguments: [
        "<Contents><Size>1</Size></Contents>", "<Contents><Key>%zz</Key></Contents>",
        "<Contents><Key>%ff</Key></Contents>",
        "<IsTruncated>true</IsTruncated>",
    ])
    func pageThatCannotBeTrustedHasAFault(inner: String) throws {
        #expect(try read(inner).fault != nil)
    }

    @Test func emptyPageIsTheLast() throws {
        let page = try read("<KeyCount>0</KeyCount><IsTruncated>false</IsTruncated>")
        #expect(page.objects.isEmpty && !page.isTruncated && page.fault == nil)
    }
}
