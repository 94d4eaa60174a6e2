import Foundation
import Logging

/// What the process was told by its environment. Every name is the one that API.md and `.env.example` document.
struct Configuration: Sendable {
    enum LogFormat: String, CaseIterable, Sendable {
        case text, json
    }

    // Where the parts are
    var databaseURL: Secret
    /// With user name and password inside, whichever way they were given.
    var mqttURL: Secret
    var mqttTLS: MQTTTLSFiles
    var http: SocketAddressSetting
    var metrics: SocketAddressSetting

    // Who we are
    /// Stable name of this process: MQTT client id, worker name, model registry. Default: the host's name.
    var instance: String
    var keys: TokenKeys

    /// Group of the shared subscription, for several processes that divide the messages; nil: all come to this one.
    var sharedGroup: String?

    /// Paths whose file systems are watched for room.
    var volumes: [String]

    // serve_ml
    var serveMLRoot: String
    var serveMLEnableXGB: Bool
    /// Bundles beyond it leave memory, least recently used first, and are read again when asked for.
    var serveMLMemoryMegabytes: Int
    /// Wildcards allowed.
    var serveMLFeatureTopic: String
    /// How often the bundles' folder is looked at; zero: only when told.
    var serveMLPollInterval: Duration
    /// Folder below which files of the server may be trained on; nil: none are read.
    var trainingDataRoot: String?

    // Remaining life
    /// Thresholds of RUL-lite; nil: no file.
    var rulCalibration: String?

    // Notifications
    var enableNotifications: Bool
    var slackBotToken: Secret?
    var slackAdminUserID: String?
    var slackWebhookURL: Secret?
    var smtpURL: Secret?
    var smtpFrom: String?

    // HTTP
    /// Origins that a browser may call from. Empty: no CORS headers at all.
    var corsOrigins: [String]
    /// Addresses whose `X-Forwarded-For` is believed.
    var trustedProxies: Set<String>
    var docsAssets: String?
    /// Folder of the operator's page; nil: `web/`, found as the SQL folder is.
    var webFolder: String?
    /// Folder of the page's libraries, fetched at set-up.
    var webAssets: String?
    /// How browsers reach this process, such as `https://millwright.plant.example`; nil: as their requests say.
    var publicURL: String?
    var databaseConnections: Int
    /// Beside those: for requests that hash a password, one each.
    var passwordConnections: Int
    /// HTTP and WebSocket together. Limits of this process, so they stand in its environment and hold before the
    /// database is reached.
    var connectionLimit: Int
    /// Of one client as ``AddressNetwork`` counts them.
    var connectionsPerAddress: Int

    // Telemetry
    var logLevel: Logger.Level
    var logFormat: LogFormat
    var otlpEndpoint: String?

    // Migration
    /// Folder that holds `sql/` and `migrations/`.
    var sqlFolder: String?

    /// Reads and checks the environment. All problems come in one ``ConfigurationError``.
    static func load(from variables: [String: String] = ProcessInfo.processInfo.environment) throws -> Configuration {
        var environment = Environment(variables)
        let configuration = Configuration(&environment)
        guard environment.problems.isEmpty else { throw ConfigurationError(problems: environment.problems) }
        return configuration
    }

    private init(_ environment: inout Environment) {
        databaseURL = Self.databaseURL(&environment)
        mqttURL = Self.mqttURL(&environment)
        mqttTLS = MQTTTLSFiles(&environment)
        http = environment.address("THIN_HTTP", default: "127.0.0.1:8000")
        metrics = environment.address("THIN_METRICS", default: "127.0.0.1:9091")
        instance = environment.string("THIN_INSTANCE") ?? ProcessInfo.processInfo.hostName
        sharedGroup = environment.string("THIN_SHARED_GROUP")
        keys = TokenKeys(&environment)
        let volumes = environment.list("THIN_VOLUMES")
        self.volumes = volumes.isEmpty ? ["/"] : volumes
        serveMLRoot = environment.string("SERVE_ML_ROOT") ?? "/app/serve_ml"
        serveMLEnableXGB = environment.bool("SERVE_ML_ENABLE_XGB", default: false)
        serveMLMemoryMegabytes = environment.integer("SERVE_ML_MEMORY_MB", default: 512, in: 0...1_048_576)
        serveMLFeatureTopic = environment.string("SERVE_ML_FEATURE_TOPIC") ?? "serve-ml/+/features"
        serveMLPollInterval = .seconds(environment.integer("SERVE_ML_POLL_SECONDS", default: 5, in: 0...86_400))
        rulCalibration = environment.string("RUL_CALIB_PATH")
        trainingDataRoot = environment.string("TRAINING_DATA_ROOT")
        enableNotifications = environment.bool("ENABLE_NOTIFICATIONS", default: true)
        slackBotToken = environment.secret("SLACK_BOT_TOKEN")
        slackAdminUserID = environment.string("SLACK_ADMIN_USER_ID")
        slackWebhookURL = environment.secret("SLACK_WEBHOOK_URL")
        smtpURL = environment.secret("SMTP_URL")
        smtpFrom = environment.string("SMTP_FROM")
        corsOrigins = environment.list("THIN_CORS_ORIGINS")
        trustedProxies = Set(environment.list("THIN_TRUSTED_PROXIES"))
        docsAssets = environment.string("THIN_DOCS_ASSETS")
        webFolder = environment.string("THIN_WEB")
        webAssets = environment.string("THIN_WEB_ASSETS")
        publicURL = Self.publicURL(&environment)
        databaseConnections = environment.integer("THIN_DATABASE_CONNECTIONS", default: 4, in: 1...64)
        passwordConnections = environment.integer("THIN_PASSWORD_CONNECTIONS", default: 2, in: 1...16)
        connectionLimit = environment.integer("THIN_MAX_CONNECTIONS", default: 4096, in: 16...1_000_000)
        connectionsPerAddress = environment.integer(
            "THIN_MAX_CONNECTIONS_PER_ADDRESS", default: 256, in: 4...1_000_000)
        logLevel = Self.logLevel(&environment)
        logFormat = environment.choice("LOG_FORMAT", default: LogFormat.text)
        otlpEndpoint = environment.string("OTEL_EXPORTER_OTLP_ENDPOINT")
        sqlFolder = environment.string("MILLWRIGHT_SQL")
        checkURLs(&environment)
    }

    /// The log settings alone, for commands that need nothing else.
    static func logging(_ environment: inout Environment) -> (level: Logger.Level, format: LogFormat) {
        (logLevel(&environment), environment.choice("LOG_FORMAT", default: LogFormat.text))
    }

    private static func logLevel(_ environment: inout Environment) -> Logger.Level {
        guard let text = environment.string("LOG_LEVEL")?.lowercased() else { return .info }
        // "warn" is what other tools call it
        if let level = Logger.Level(rawValue: text == "warn" ? "warning" : text) { return level }
        environment.report(
            "LOG_LEVEL", "must be one of \(Logger.Level.allCases.map(\.rawValue).joined(separator: ", "))")
        return .info
    }

    /// `MQTT_URL` with the user name and password that came on their own, percent-encoded into it.
    /// `DATABASE_URL`; in an environment of the original system `TIMESCALE_URL` goes before it. The name of a driver in the
    /// scheme (`postgresql+asyncpg://`) is what its libraries want to know.
    private static func databaseURL(_ environment: inout Environment) -> Secret {
        let purpose = "a PostgreSQL URL, such as postgresql://thin@host:5432/millwright"
        let url = environment.string("TIMESCALE_URL") ?? environment.required("DATABASE_URL", purpose)
        guard let mark = url.range(of: "://"), let driver = url[..<mark.lowerBound].firstIndex(of: "+") else {
            return Secret(value: url)
        }
        return Secret(value: String(url[..<driver]) + url[mark.lowerBound...])
    }

    /// `MQTT_URL`, or host and port as the original system names them.
    private static func brokerURL(_ environment: inout Environment) -> String {
        if let url = environment.string("MQTT_URL") { return url }
        if let host = environment.string("MQTT_BROKER_HOST") {
            let port = environment.integer("MQTT_BROKER_PORT", default: 1883, in: 1...65_535)
            return "mqtt://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }
        return environment.required("MQTT_URL", "a broker, such as mqtt://host:1883 or mqtts://host:8883")
    }

    private static func mqttURL(_ environment: inout Environment) -> Secret {
        let url = brokerURL(&environment)
        guard !url.isEmpty else { return Secret(value: "") }
        guard let components = URLComponents(string: url), let host = components.host, !host.isEmpty,
            let scheme = components.scheme?.lowercased(), ["mqtt", "mqtts"].contains(scheme)
        else {
            environment.report("MQTT_URL", "must look like mqtt://host:port or mqtts://host:port")
            return Secret(value: "")
        }
        var complete = components
        if let user = environment.string("MQTT_USERNAME") { complete.user = user }
        if let password = environment.string("MQTT_PASSWORD") {
            if complete.user == nil { environment.report("MQTT_PASSWORD", "needs a user name (MQTT_USERNAME)") }
            complete.password = password
        }
        return Secret(value: complete.string ?? url)
    }

    /// An origin: scheme, host and perhaps a port. A trailing slash is forgiven.
    private static func publicURL(_ environment: inout Environment) -> String? {
        guard let text = environment.string("THIN_PUBLIC_URL") else { return nil }
        let origin = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard let url = URLComponents(string: origin), ["http", "https"].contains(url.scheme?.lowercased()),
            url.host?.isEmpty == false, url.path.isEmpty, url.query == nil, url.fragment == nil, url.user == nil
        else {
            environment.report("THIN_PUBLIC_URL", "must be an origin such as https://millwright.plant.example")
            return nil
        }
        return origin
    }

    private func checkURLs(_ environment: inout Environment) {
        let database = databaseURL.value
        if !database.isEmpty, !database.hasPrefix("postgresql://"), !database.hasPrefix("postgres://"),
            !database.contains("=")
        {
            environment.report("DATABASE_URL", "must be a postgresql:// URL or libpq key=value pairs")
        }
        for (name, secret) in [
            ("SLACK_WEBHOOK_URL", slackWebhookURL), ("SMTP_URL", smtpURL),
            ("SLACK_API_URL", environment.secret("SLACK_API_URL")),
        ] {
            guard let secret else { continue }
            let schemes = name == "SMTP_URL" ? ["smtp", "smtps"] : ["http", "https"]
            guard let url = URLComponents(string: secret.value), let scheme = url.scheme?.lowercased(),
                schemes.contains(scheme), url.host?.isEmpty == false
            else {
                environment.report(name, "must be a URL that begins with \(schemes.joined(separator: ":// or "))://")
                continue
            }
        }
        for origin in corsOrigins where origin != "*" {
            guard let url = URLComponents(string: origin), url.scheme != nil, url.host?.isEmpty == false,
                url.path.isEmpty
            else {
                environment.report("THIN_CORS_ORIGINS", "must list origins such as https://plant.example, or *")
                break
            }
        }
        if http == metrics, http.port != 0 {
            environment.report("THIN_METRICS", "must not be the same address as THIN_HTTP")
        }
        if smtpURL != nil, smtpFrom == nil {
            environment.report("SMTP_FROM", "is missing: the sender of e-mails (SMTP_URL is set)")
        } else if let smtpFrom, !MailMessage.isAddress(smtpFrom) {
            environment.report("SMTP_FROM", "must be an address such as millwright@plant.example")
        }
        if let path = environment.string("SMTP_TLS_CA"), !FileManager.default.isReadableFile(atPath: path) {
            environment.report("SMTP_TLS_CA", "names a file that cannot be read")
        }
    }
}

/// Paths of PEM files for `mqtts://`.
struct MQTTTLSFiles: Sendable, Equatable {
    var authority: String?
    var certificate: String?
    var key: String?

    init(authority: String? = nil, certificate: String? = nil, key: String? = nil) {
        self.authority = authority
        self.certificate = certificate
        self.key = key
    }

    init(_ environment: inout Environment) {
        authority = environment.string("MQTT_TLS_CA")
        certificate = environment.string("MQTT_TLS_CERTIFICATE")
        key = environment.string("MQTT_TLS_KEY")
        for (name, path) in [
            ("MQTT_TLS_CA", authority), ("MQTT_TLS_CERTIFICATE", certificate), ("MQTT_TLS_KEY", key),
        ] {
            if let path, !FileManager.default.isReadableFile(atPath: path) {
                environment.report(name, "names a file that cannot be read")
            }
        }
        if (certificate == nil) != (key == nil) {
            environment.report("MQTT_TLS_CERTIFICATE", "and MQTT_TLS_KEY must be given together")
        }
    }
}
