import LibMySQL
import Testing

@Suite struct MySQLErrorTests {
    @Test(arguments: [
        ("Duplicate entry 'anna@example.com' for key 'PRIMARY'", "Duplicate entry '…' for key 'PRIMARY'"),
        ("Duplicate entry 'x' for key 'y' z' for key 'k'", "Duplicate entry '…' for key 'k'"),
        (
            "Incorrect string value: '\\xF0\\x9F' for column `d`.`t`.`c` at row 1",
            "Incorrect string value: '…' for column `d`.`t`.`c` at row 1"
        ),
        ("Truncated incorrect DOUBLE value: 'secret'", "Truncated incorrect DOUBLE value: '…'"),
        ("Data too long for column 'c' at row 1", "Data too long for column 'c' at row 1"),
        ("Unknown column 'c' in 'field list'", "Unknown column 'c' in 'field list'"),
    ])
    func valuesThatServersQuoteAreCutOut(message: String, expected: String) {
        #expect(MySQLError(kind: .statement, code: 1, message: message).message == expected)
    }

    @Test func descriptionHasWordsNumberStateAndOneLineOfStatement() {
        let error = MySQLError(
            kind: .statement, code: 1213, sqlState: "40001", message: "Deadlock found",
            statement: "UPDATE t\n    SET x = ?")
        #expect(error.description == "Deadlock found (error 1213, SQLSTATE 40001) in: UPDATE t SET x = ?")
    }

    @Test func longStatementIsCut() {
        let error = MySQLError(kind: .statement, code: 1, message: "m", statement: String(repeating: "x", count: 500))
        #expect(error.description.count < 150)
        #expect(error.description.hasSuffix("…"))
    }

    @Test func passingFailuresAreToldFromLastingOnes() {
        func error(_ code: Int, _ kind: MySQLError.Kind = .statement) -> MySQLError {
            MySQLError(kind: kind, code: code, message: "")
        }
        for code in [1213, 1205, 1180, 1047, 1412, 1615] { #expect(error(code).isTransient, "\(code)") }
        for code in [1062, 1064, 1146, 1406, 1451, 2006] { #expect(!error(code).isTransient, "\(code)") }
        for code in [1053, 1158, 1927, 2006, 2013, 2055, 4031, 5014] {
            #expect(error(code).isConnectionLost, "\(code)")
        }
        for code in [1045, 1062, 1213, 2002, 2003] { #expect(!error(code).isConnectionLost, "\(code)") }
        #expect(!error(2013, .connect).isConnectionLost)
        for code in [1040, 1053, 2002, 2003, 2005, 2013] { #expect(error(code, .connect).isUnreachable, "\(code)") }
        for code in [1045, 1049, 2026] { #expect(!error(code, .connect).isUnreachable, "\(code)") }
        #expect(error(1213).isDeadlock && error(1205).isLockTimeout && error(1062).isDuplicate)
        #expect(error(1045).isAccessDenied && error(1049).isUnknownDatabase && error(1146).isUnknownTable)
    }
}
