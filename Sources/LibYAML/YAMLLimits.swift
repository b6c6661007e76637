/// Bounds on what a YAML text may ask of its reader.
public enum YAMLLimits {
    /// Collections within collections, the outermost counted; also through aliases.
    public static let nesting = 64
    /// Nodes that all aliases of a text together may stand for. Honest files use a handful; the classic bomb asks for
    /// 10⁹.
    public static let aliasedNodes = 100_000
    /// Problems after which the rest of a text is not read.
    public static let problems = 1_000
    /// Directive-like lines (`%…` in the first column) in a text: libyaml compares each %TAG with all before it.
    public static let directives = 64
}
