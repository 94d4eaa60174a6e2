import Postgres
import Testing

@testable import Thin

@Suite struct FaultTests {
    @Test func untilTheRowsAreKnownEverythingIsTriedAgain() {
        let faults = Faults()
        for state in ["22P02", "57014", "XX000", "MW422"] { #expect(faults.fault(of: state) == .service) }
    }

    @Test func theLongestPatternWins() {
        let faults = Faults()
        faults.replace([
            ("%", "unclear"), ("57%", "service"), ("57014", "time"), ("MW%", "data"), ("MW5%", "unclear"),
            ("22%", "data"), ("40%", "a word of a newer database"),
        ])
        #expect(faults.fault(of: "57014") == .time)
        #expect(faults.fault(of: "57P01") == .service)
        #expect(faults.fault(of: "MW422") == .data)
        #expect(faults.fault(of: "MW500") == .unclear)
        #expect(faults.fault(of: "22012") == .data)
        #expect(faults.fault(of: "54000") == .unclear)
        // what this process does not know never counts against the data
        #expect(faults.fault(of: "40001") == .service)
        #expect(faults.fault(of: "") == .unclear)
    }

    @Test func onlyDataAndTheUnclearMayBeTheDatas() {
        #expect(Faults.Fault.data.mayBeData && Faults.Fault.unclear.mayBeData)
        #expect(!Faults.Fault.service.mayBeData && !Faults.Fault.time.mayBeData)
    }
}
