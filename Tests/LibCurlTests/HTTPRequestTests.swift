import LibCurl
import Testing

@Suite struct HTTPRequestTests {
    @Test(arguments: [
        ("http://127.0.0.1:5000/a?b=c", "http://127.0.0.1:5000"),
        ("https://S3.eu-west-1.amazonaws.com", "https://s3.eu-west-1.amazonaws.com"),
        ("https://user:secret@host/x", "https://host"), ("http://host?query", "http://host"),
        ("http://[::1]:80/", "http://[::1]:80"),
        ("http://a@b@host/p@q", "http://host"), ("nonsense", ""), ("mailto:a@b", ""), ("", ""),
    ])
    func originIsSchemeHostAndPortAlone(url: String, origin: String) {
        #expect(HTTPRequest(.get, url).origin == origin)
    }

    @Test func headersAreFoundWhateverTheirCaseAndTheFirstWins() {
        let headers = [HTTPHeader("ETag", "1"), HTTPHeader("etag", "2"), HTTPHeader("E", "3")]
        #expect(headers["etag"] == "1")
        #expect(headers["ETAG"] == "1")
        #expect(headers["e"] == "3")
        #expect(headers["x"] == nil)
    }
}
