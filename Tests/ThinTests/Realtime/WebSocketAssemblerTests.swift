import NIOCore
import NIOWebSocket
import Testing

@testable import Thin

@Suite struct WebSocketAssemblerTests {
    private static let mask = WebSocketMaskingKey([1, 2, 3, 4])!

    private func frame(
        _ opcode: WebSocketOpcode, _ bytes: [UInt8], fin: Bool = true, masked: Bool = true, rsv1: Bool = false
    ) -> WebSocketFrame {
        var data = ByteBuffer(bytes: bytes)
        if masked { data.webSocketMask(Self.mask) }
        return WebSocketFrame(fin: fin, rsv1: rsv1, opcode: opcode, maskKey: masked ? Self.mask : nil, data: data)
    }

    private func code(_ frames: WebSocketFrame..., limit: Int = 100) -> UInt16? {
        var assembler = WebSocketAssembler(maximumBytes: limit)
        for frame in frames {
            do { _ = try assembler.receive(frame) } catch { return error.code }
        }
        return nil
    }

    @Test func fragmentsBecomeOneMessageWithPingsBetween() throws {
        var assembler = WebSocketAssembler(maximumBytes: 100)
        let bytes = Array("가나다".utf8)
        // cut in the middle of a character
        #expect(try assembler.receive(frame(.text, Array(bytes[..<4]), fin: false)) == nil)
        #expect(try assembler.receive(frame(.ping, [9])) == .ping(ByteBuffer(bytes: [9])))
        #expect(try assembler.receive(frame(.continuation, [], fin: false)) == nil)
        #expect(try assembler.receive(frame(.continuation, Array(bytes[4...]))) == .text("가나다"))
        #expect(try assembler.receive(frame(.text, Array("x".utf8))) == .text("x"))
        #expect(try assembler.receive(frame(.binary, [0xFF])) == .binary(ByteBuffer(bytes: [0xFF])))
    }

    @Test func violationsHaveTheirCodes() {
        #expect(code(frame(.text, [0x61], masked: false)) == 1002)
        #expect(code(frame(.text, [0x61], rsv1: true)) == 1002)
        #expect(code(frame(.continuation, [0x61])) == 1002)
        #expect(code(frame(.text, [0x61], fin: false), frame(.text, [0x61])) == 1002)
        #expect(code(frame(.ping, Array(repeating: 0, count: 126))) == 1002)
        #expect(code(frame(.ping, [], fin: false)) == 1002)
        #expect(code(frame(WebSocketOpcode(encodedWebSocketOpcode: 3)!, [])) == 1002)
        #expect(code(frame(.text, [0xC3, 0x28])) == 1007)
        #expect(code(frame(.text, [0xED, 0xA0, 0x80])) == 1007, "a surrogate")
        #expect(code(frame(.text, Array(repeating: 0x61, count: 101))) == 1009)
        #expect(
            code(
                frame(.text, Array(repeating: 0x61, count: 60), fin: false),
                frame(.continuation, Array(repeating: 0x61, count: 60))) == 1009)
    }

    @Test func closeFramesAreChecked() throws {
        var assembler = WebSocketAssembler(maximumBytes: 100)
        #expect(try assembler.receive(frame(.connectionClose, [])) == .close(code: nil))
        #expect(try assembler.receive(frame(.connectionClose, [0x03, 0xE8, 0x61])) == .close(code: 1000))
        for bytes: [UInt8] in [[0x03], [0x03, 0xED], [0x00, 0x01], [0x03, 0xE8, 0xFF]] {
            #expect(code(frame(.connectionClose, bytes)) != nil)
        }
    }
}
