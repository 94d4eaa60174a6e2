import Postgres

/// Which TimescaleDB a server has. The only place in `thin` that asks.
enum Edition: String, Sendable {
    case apache, community

    /// nil before the extension is loaded.
    ///
    /// The license setting alone may promise what the server's packages lack, so a function of the Community part is tried:
    /// without that part it answers 0A000, with it that pg_class is no hypertable. It changes nothing either way.
    static func detect(_ session: Session) throws(DatabaseError) -> Edition? {
        let license = try session.execute("SELECT current_setting('timescaledb.license', true)").one().string(0)
        guard let license else { return nil }
        guard license == "timescale" else { return .apache }
        do throws(DatabaseError) {
            try session.execute("SELECT public.remove_retention_policy('pg_catalog.pg_class'::regclass)")
        } catch {
            if error.sqlState == "0A000" { return .apache }
            if error.isConnectionFailure { throw error }
        }
        return .community
    }
}
