import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// `/docs/errors`: what a problem's `type` points to. `/docs`: Swagger UI from a folder of its published files, or without them a plain list that needs no JavaScript.
struct DocsPage: Sendable {
    private struct Asset: Sendable {
        let body: ByteBuffer
        let contentType: String
        let tag: String
    }

    /// Holds an anchor for each code.
    static let errorsPath = "/docs/errors"

    private static let stylesheet = "swagger-ui.css"
    private static let program = "swagger-ui-bundle.js"
    private static let icon = "favicon-32x32.png"

    /// Nothing but our own files. Swagger UI writes style attributes and draws its icons from data: addresses.
    private static let policy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; "
        + "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    private static let plainPolicy =
        "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

    private let assets: [String: Asset]
    private let routes: RouteStore

    /// - Parameter folder: holds `swagger-ui.css` and `swagger-ui-bundle.js` (THIN_DOCS_ASSETS).
    init(folder: String?, routes: RouteStore, logger: Logger) {
        self.routes = routes
        var assets: [String: Asset] = [:]
        if let folder {
            let types = [
                Self.stylesheet: "text/css; charset=utf-8", Self.program: "text/javascript; charset=utf-8",
                Self.icon: "image/png",
            ]
            for (name, type) in types {
                guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { continue }
                assets[name] = Asset(body: ByteBuffer(bytes: data), contentType: type, tag: EntityTag.make(Array(data)))
            }
            if assets[Self.stylesheet] == nil || assets[Self.program] == nil {
                logger.warning(
                    "the documentation's assets are missing, so /docs is a plain list",
                    metadata: ["folder": "\(folder)"])
                assets = [:]
            }
        }
        self.assets = assets
    }

    var answers: [String: FixedPaths.Answer] {
        var answers: [String: FixedPaths.Answer] = [:]
        answers["/docs"] = { [self] _ in assets.isEmpty ? plain() : page() }
        answers["/docs/plain"] = { [self] _ in plain() }
        answers[Self.errorsPath] = { [self] _ in errors() }
        answers["/docs/assets/plain.css"] = { request in Self.text(Self.plainStyle, "text/css; charset=utf-8", request)
        }
        for (name, asset) in assets {
            answers["/docs/assets/\(name)"] = { request in
                EntityTag.response(
                    body: asset.body, contentType: asset.contentType, tag: asset.tag, request: request,
                    cacheControl: "public, max-age=86400")
            }
        }
        answers["/docs/assets/start.js"] = { request in Self.text(Self.start, "text/javascript; charset=utf-8", request)
        }
        return answers
    }

    private static let start = """
        window.addEventListener("load", function () {
            window.ui = SwaggerUIBundle({
                url: "/openapi.json", dom_id: "#swagger-ui", deepLinking: true, docExpansion: "none", validatorUrl: null,
                persistAuthorization: false, presets: [SwaggerUIBundle.presets.apis], layout: "BaseLayout"
            });
        });
        """

    private static let plainStyle = """
        body { font: 16px/1.5 sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem; color: #1b1b1b; }
        table { border-collapse: collapse; width: 100%; }
        th, td { text-align: left; padding: .35rem .75rem; border-bottom: 1px solid #ddd; vertical-align: top; }
        code { font-family: monospace; }
        """

    private static func text(_ text: String, _ type: String, _ request: Request) -> Response {
        EntityTag.response(
            body: ByteBuffer(string: text), contentType: type, tag: EntityTag.make(Array(text.utf8)), request: request,
            cacheControl: "public, max-age=3600")
    }

    private static func html(_ text: String, policy: String) -> Response {
        var headers: HTTPFields = [.contentType: "text/html; charset=utf-8", .cacheControl: "no-cache"]
        headers[.contentSecurityPolicy] = policy
        headers[.referrerPolicy] = "no-referrer"
        return Response(status: .ok, headers: headers, body: .init(byteBuffer: ByteBuffer(string: text)))
    }

    private func page() -> Response {
        Self.html(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Millwright API</title>
            <link rel="icon" type="image/png" href="/docs/assets/\(Self.icon)">
            <link rel="stylesheet" href="/docs/assets/\(Self.stylesheet)">
            </head>
            <body>
            <div id="swagger-ui"></div>
            <noscript><p>This page needs JavaScript; <a href="/docs/plain">the plain list</a> does not.</p></noscript>
            <script src="/docs/assets/\(Self.program)"></script>
            <script src="/docs/assets/start.js"></script>
            </body>
            </html>

            """, policy: Self.policy)
    }

    private func plain() -> Response {
        let routes = (routes.snapshot?.table.routes ?? []).sorted { ($0.path, $0.method) < ($1.path, $1.method) }
        var rows = ""
        for route in routes {
            rows +=
                "<tr><td><code>\(Self.escape(route.method))</code></td><td><code>\(Self.escape(route.path))</code></td>"
                + "<td>\(route.minimumRole.rawValue)</td><td>\(Self.escape(route.summary))</td></tr>\n"
        }
        if rows.isEmpty { rows = "<tr><td colspan=\"4\">The database was not reached yet.</td></tr>\n" }
        return Self.plainPage(
            "Millwright API",
            """
            <p>The complete description with all members is the OpenAPI document: <a href="/openapi.json">/openapi.json</a>.
            What errors mean: <a href="\(Self.errorsPath)">\(Self.errorsPath)</a>.</p>
            <table>
            <thead><tr><th>Method</th><th>Path</th><th>Least role</th><th>What it does</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>
            """)
    }

    /// The table that errors are made of, a row with an anchor for each code.
    private func errors() -> Response {
        var rows = ""
        var seen: Set<String> = []
        for entry in (routes.snapshot?.errors.entries ?? []).sorted(by: {
            ($0.code, $0.pattern) < ($1.code, $1.pattern)
        }) {
            let anchor = seen.insert(entry.code).inserted ? " id=\"\(Self.escape(entry.code))\"" : ""
            rows +=
                "<tr\(anchor)><td><code>\(Self.escape(entry.code))</code></td><td>\(entry.status)</td>"
                + "<td><code>\(Self.escape(entry.pattern))</code></td><td>\(Self.escape(entry.title))</td>"
                + "<td>\(Self.escape(entry.meaning))</td></tr>\n"
        }
        if rows.isEmpty { rows = "<tr><td colspan=\"5\">The database was not reached yet.</td></tr>\n" }
        return Self.plainPage(
            "Millwright errors",
            """
            <p>Every error is <code>application/problem+json</code> (RFC 9457); its <code>type</code> points to a row of this table.</p>
            <table>
            <thead><tr><th>Code</th><th>HTTP</th><th>SQLSTATE</th><th>Title</th><th>Meaning</th></tr></thead>
            <tbody>
            \(rows)</tbody>
            </table>
            """)
    }

    /// A page without JavaScript.
    private static func plainPage(_ title: String, _ body: String) -> Response {
        html(
            """
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>\(title)</title>
            <link rel="stylesheet" href="/docs/assets/plain.css">
            </head>
            <body>
            <h1>\(title)</h1>
            \(body)
            </body>
            </html>

            """, policy: plainPolicy)
    }

    private static func escape(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;").replacing(
            "\"", with: "&quot;")
    }
}

extension HTTPField.Name {
    static let referrerPolicy = HTTPField.Name("Referrer-Policy")!
}
