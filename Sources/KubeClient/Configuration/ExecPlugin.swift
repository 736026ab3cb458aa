import SystemPackage

/// A program that prints credentials, as the `exec` of a kubeconfig's user describes it.
///
/// Its environment may hold secrets, which descriptions and reflection leave out.
struct ExecPlugin: Sendable {
    /// When the plugin may talk to a person on our standard input.
    enum InteractiveMode: String, Sendable {
        case never = "Never"
        case ifAvailable = "IfAvailable"
        case always = "Always"
    }

    /// The version of the contract between us and the plugin.
    enum APIVersion: String, Sendable {
        case v1 = "client.authentication.k8s.io/v1"
        case v1beta1 = "client.authentication.k8s.io/v1beta1"
    }

    var place: KubeconfigPlace
    /// An absolute path, or a name to look up in `PATH`.
    var command: String
    var arguments: [String]
    /// Added to our own environment, replacing variables of the same name.
    var environment: [String: String]
    var apiVersion: APIVersion
    /// What to tell a person who does not have the plugin.
    var installHint: String?
    var providesClusterInfo: Bool
    var interactiveMode: InteractiveMode

    /// Reads the `exec` of a user.
    init(_ node: KubeconfigNode) throws(ConfigurationError) {
        place = node.place
        guard let command = try node.string("command") else {
            throw place.error(.invalid, "exec has no command; name the plugin's program")
        }
        self.command = command.contains("/") ? place.resolve(command) : command
        arguments = try node.strings("args")
        environment = [:]
        for entry in try node.objects("env") {
            guard let name = try entry.string("name") else {
                throw entry.place.error(.invalid, "a variable of exec's env has no name")
            }
            environment[name] = try entry.string("value") ?? ""
        }
        guard let version = try node.string("apiVersion") else {
            throw place.error(.invalid, "exec has no apiVersion; use \(APIVersion.v1.rawValue)")
        }
        guard let apiVersion = APIVersion(rawValue: version) else {
            let advice = "use \(APIVersion.v1.rawValue) and a plugin that speaks it"
            throw place.error(.unsupported, "apiVersion", "\"\(version)\" is not supported; \(advice)")
        }
        self.apiVersion = apiVersion
        installHint = try node.string("installHint")
        providesClusterInfo = try node.bool("provideClusterInfo")
        switch (try node.string("interactiveMode"), apiVersion) {
        case (let text?, _):
            guard let mode = InteractiveMode(rawValue: text) else {
                throw place.error(.invalid, "interactiveMode", "\"\(text)\" is none of Never, IfAvailable, Always")
            }
            interactiveMode = mode
        case (nil, .v1beta1):
            interactiveMode = .ifAvailable
        case (nil, .v1):
            throw place.error(.invalid, "exec has no interactiveMode; set it to Never, IfAvailable or Always")
        }
        guard ([command] + arguments).allSatisfy({ !$0.utf8.contains(0) }),
            environment.allSatisfy({ !$0.key.utf8.contains(0) && !$0.value.utf8.contains(0) })
        else { throw place.error(.invalid, "exec holds a NUL character") }
    }
}

extension ExecPlugin: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    var description: String { "ExecPlugin(\(command), <redacted>)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(reflecting: description) }
}
