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

    /// Up from Tests/SwiftletAPITests/Repository.swift.
    private static func top(_ file: String) -> String {
        file.split(separator: "/").dropLast(3).map { "/\($0)" }.joined() + "/"
    }
}
