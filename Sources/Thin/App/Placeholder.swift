import AsyncHTTPClient
import Hummingbird
import JWTKit
@main struct Placeholder { static func main() {} }
