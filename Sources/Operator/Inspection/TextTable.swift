/// Columns of text for people, as kubectl lays them out.
struct TextTable {
    let columns: [String]
    private(set) var rows: [[String]] = []

    init(_ columns: [String]) { self.columns = columns }

    /// Missing cells are empty.
    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// A line for the titles and one for each row, each with a line break at its end and none in between.
    ///
    /// - Parameter indentation: what every line begins with.
    func text(indentation: String = "") -> String {
        let lines = [columns] + rows
        let widths = columns.indices.map { column in
            lines.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return lines.map { cells in
            var line = indentation
            for column in columns.indices {
                let cell = column < cells.count ? cells[column] : ""
                line += cell + String(repeating: " ", count: widths[column] - cell.count + 3)
            }
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}
