import LibMySQL
import Testing

@Suite struct MySQLRowTests {
    private let row = MySQLRow(
        columns: MySQLColumns(names: ["id", "name", "gone", "id"]),
        values: [.int(7), .string("anna"), .null, .uint(.max)])

    @Test func valuesAreReachedByPositionAndByName() throws {
        #expect(try row.get(0) as Int == 7)
        #expect(try row.get("name") as String == "anna")
        #expect(try row.get("gone") as String? == nil)
        #expect(try row.get("id") as Int == 7, "the first of a name counts")
        #expect(try row.get(3) as UInt64 == .max)
    }

    @Test func wrongTypeNamesColumnAndTypesButNotTheValue() {
        let error = #expect(throws: MySQLError.self) { try row.get("name") as Int }
        #expect(error?.message == "column 'name' holds text, Int was expected")
    }

    @Test func nullIsRefusedWhereAValueIsWanted() {
        let error = #expect(throws: MySQLError.self) { try row.get("gone") as String }
        #expect(error?.message == "column 'gone' holds NULL, String was expected")
    }

    @Test func numberOutOfRangeIsRefused() {
        #expect(throws: MySQLError.self) { try row.get(3) as Int }
    }

    @Test func missingColumnIsNamed() {
        #expect(throws: MySQLError.unexpectedValue("the result has no column 'x'")) { try row.get("x") as Int }
        #expect(throws: MySQLError.unexpectedValue("a result of 4 columns has no column 9")) { try row.get(9) as Int }
    }
}
