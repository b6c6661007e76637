/// A failure as libyaml tells it, and the same in words that someone who writes YAML twice a year understands.
struct YAMLFault {
    var problem: String
    var context: String
    var problemMark: YAMLMark
    /// Where what libyaml was reading began; meaningful where `context` is not empty.
    var contextMark: YAMLMark
    /// Whether the problem is that the text ended.
    var isAtEnd: Bool
    /// The character at `problemMark`; nil at the end.
    var character: Unicode.Scalar?
    /// Where the innermost collection begins that is still open; nil outside all.
    var openMark: YAMLMark?

    var inPlainWords: YAMLProblem {
        if character == "\t", problem != "did not find expected key", !isAtEnd {
            return here("a tab can't indent YAML; use spaces")
        }
        switch context {
        case "while scanning a simple key", "while scanning an alias", "while scanning an anchor",
            "while scanning a tag", "while parsing a tag", "while scanning a directive",
            "while scanning a block scalar",
            "while scanning a %YAML directive", "while scanning a %TAG directive", "while parsing a %TAG directive",
            "while scanning a tag directive", "while parsing a tag directive",
            "while scanning a quoted scalar", "while parsing a quoted scalar":
            return token
        default:
            return structure
        }
    }

    /// Faults within one token.
    private var token: YAMLProblem {
        switch context {
        case "while scanning a simple key":
            return there("expected 'key: value' or '- item' here (a ':' is missing, or a space after it)")
        case "while scanning an alias":
            return there("'*' begins an alias; a text that begins with '*' stands in quotes")
        case "while scanning an anchor":
            return there("'&' begins an anchor; a text that begins with '&' stands in quotes")
        case "while scanning a tag", "while parsing a tag":
            return YAMLTreeBuilder.tagProblem(contextMark)
        case "while scanning a block scalar":
            return problem == "found a tab character where an indentation space is expected"
                ? here("a tab can't indent YAML; use spaces")
                : here(
                    "after '|' or '>' only an indentation of 1 to 9, '+' or '-', and a comment may stand on the line")
        case "while scanning a quoted scalar", "while parsing a quoted scalar":
            return quotedScalar
        default:
            return there(
                "a line that begins with '%' is a YAML directive; a text that begins with '%' stands in quotes")
        }
    }

    private var quotedScalar: YAMLProblem {
        switch problem {
        case "found unexpected end of stream", "found unexpected document indicator":
            return there("this quote is never closed")
        case "found unknown escape character":
            return here(#"unknown escape in double quotes; write '\\' for a backslash, or use single quotes"#)
        case "did not find expected hexdecimal number":
            return here(#"'\x', '\u' and '\U' take 2, 4 and 8 hexadecimal digits; write '\\' for a backslash"#)
        case "found invalid Unicode character escape code":
            return here("this escape names no Unicode character")
        default:
            return here("this quoted text can't be read: \(problem)")
        }
    }

    /// Faults in how tokens follow each other.
    private var structure: YAMLProblem {
        switch problem {
        case "mapping values are not allowed in this context":
            return here("a second ': ' in one value, or a wrong indentation (a text with ': ' in it stands in quotes)")
        case "mapping keys are not allowed in this context":
            return here("a key can't begin here")
        case "block sequence entries are not allowed in this context":
            return here("a list can't begin here; put its first '- ' on a line of its own")
        case "did not find expected key":
            return here(
                "expected a key here; keys of one mapping stand in one column (check the indentation and quotes)")
        case "did not find expected '-' indicator":
            return here("expected '- ' here; items of one list stand in one column (check the indentation)")
        case "did not find expected ',' or ']'":
            return isAtEnd ? there("this '[' is never closed") : here("expected ',' or ']' here")
        case "did not find expected ',' or '}'":
            return isAtEnd ? there("this '{' is never closed") : here("expected ',' or '}' here")
        case "did not find expected node content":
            guard isAtEnd, let openMark else { return here("expected a value here") }
            return YAMLProblem(openMark, "the bracket here is never closed")
        case "found character that cannot start any token":
            return cannotStart
        case "found unexpected ':'":
            return here("a text with ':' in it stands in quotes here")
        case "did not find expected <document start>":
            return here("expected the end of the document or '---' here")
        case "found incompatible YAML document":
            return here("only YAML 1.1 and 1.2 are read")
        case "found duplicate %YAML directive", "found duplicate %TAG directive":
            return here("this directive stands here twice")
        case "found undefined tag handle":
            return YAMLTreeBuilder.tagProblem(problemMark)
        case "found a tab character that violates indentation":
            return here("a tab can't indent YAML; use spaces")
        default:
            return here("this is not YAML: \(problem)")
        }
    }

    private var cannotStart: YAMLProblem {
        guard let character else { return here("expected a value here") }
        return here("'\(character)' can't begin a text; put the text in quotes")
    }

    private func here(_ message: String) -> YAMLProblem { YAMLProblem(problemMark, message) }
    private func there(_ message: String) -> YAMLProblem { YAMLProblem(contextMark, message) }
}
