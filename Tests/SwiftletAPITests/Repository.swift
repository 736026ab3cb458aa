import FoundationEssentials

/// The checkout that the tests were built from.
enum Repository {
    /// The text of a file, by its path from the top.
    static func text(of path: String, from file: String = #filePath) throws -> String {
        try String(contentsOfFile: top(file) + path, encoding: .utf8)
    }

    /// The names of the files in a directory, sorted.
    static func files(in directory: String, from file: String = #filePath) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: top(file) + directory).sorted()
    }

    /// Above the folder `Tests` that the file is in.
    private static func top(_ file: String) -> String {
        let parts = file.split(separator: "/")
        return parts[..<(parts.lastIndex(of: "Tests") ?? 0)].map { "/\($0)" }.joined() + "/"
    }
}
