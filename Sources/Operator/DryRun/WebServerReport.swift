import KubeApply
import KubeModel
import SwiftletAPI

/// What a dry run found out about one WebServer.
package struct WebServerReport: Sendable {
    package var key: ObjectKey
    package var plan: Plan
    /// The status that the operator would write now, before any of the changes.
    package var status: WebServerStatus
    package var changes: [PlannedChange] = []
    /// Foreign objects in the way, which stay as they are.
    package var conflicts: [String] = []
    /// What of the spec will not come about, and why.
    package var notes: [String] = []
    /// What is legal but unwise, with file and line.
    package var warnings: [String] = []
}
