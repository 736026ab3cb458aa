/// A coding path that is extended without copying.
indirect enum LinkedPath {
    case root
    case below(LinkedPath, FieldPath.Element)

    var elements: [FieldPath.Element] {
        var elements: [FieldPath.Element] = []
        var path = self
        while case .below(let parent, let element) = path {
            elements.append(element)
            path = parent
        }
        return elements.reversed()
    }
}
