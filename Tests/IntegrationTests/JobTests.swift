import Foundation
import Postgres
import TestSupport
import Testing

@Suite(
    "Jobs that the process runs",
    .enabled(if: TestEnvironment.hasPlant, "needs make test's servers and mosquitto"))
struct JobTests {
    @Test("A job that takes too long is cancelled and booked, and the others run on in the same session")
    func tooLong() async throws {
        let plant = try await Plant()
        let session = try plant.database.session()
        try session.script(
            """
            CREATE TABLE public.trace (what text, pid integer DEFAULT pg_backend_pid());
            GRANT ALL ON public.trace TO millwright;
            CREATE FUNCTION public.job_long() RETURNS void LANGUAGE sql
                AS $$ INSERT INTO public.trace (what) VALUES ('long'); SELECT pg_sleep(60) $$;
            CREATE FUNCTION public.job_short() RETURNS void LANGUAGE sql AS $$ INSERT INTO public.trace (what) VALUES ('short') $$;
            INSERT INTO ops.job (name, procedure, schedule, max_runtime) VALUES
                ('short', 'public.job_short', '1 second', '5 minutes'), ('long', 'public.job_long', '1 hour', '300 milliseconds');
            """)
        let reader = ThreadSafeSession(session)
        #expect(
            try await eventually {
                try reader.number("SELECT count(*) FROM ops.job WHERE name = 'long' AND last_error LIKE '57014%'") == 1
            })
        try plant.database.session().execute("TRUNCATE public.trace")
        #expect(try await eventually { try reader.number("SELECT count(*) FROM public.trace") >= 2 })
        #expect(try reader.number("SELECT count(DISTINCT pid) FROM public.trace WHERE what = 'short'") == 1)
        #expect(try reader.number("SELECT count(*) FROM public.trace WHERE what = 'long'") == 0)
    }

    @Test("A rule in SQL that takes too long raises a system alarm and keeps nobody from being judged")
    func slowExpression() async throws {
        let plant = try await Plant()
        let session = try plant.database.session()
        try session.script(
            """
            INSERT INTO plant.equipment (id, name) VALUES ('oven-1', 'oven');
            INSERT INTO plant.sensor (equipment_id, name, type) VALUES ('oven-1', 'temperature', 'temperature');
            INSERT INTO alarm.rule (name, condition, high, parameters, select_equipment)
            SELECT x.name, 'expression', 1, jsonb_build_object('sql', x.sql), '{oven-1}'
            FROM (VALUES ('slow', format('(SELECT count(*) FROM unnest(%1$L::integer[]) AS a, unnest(%1$L::integer[]) AS b, unnest(%1$L::integer[]) AS c, unnest(%1$L::integer[]) AS d,
                unnest(%1$L::integer[]) AS e)', array_fill(1, ARRAY[200]))), ('quick', '2')) AS x (name, sql);
            """)
        let reader = ThreadSafeSession(session)
        #expect(
            try await eventually(within: .seconds(60)) {
                try reader.number(
                    """
                    SELECT count(*) FROM alarm.alarm WHERE active AND (code = 'quick' OR code = 'expression:slow' AND data ->> 'sqlstate' = '57014')
                    """) == 2
            })
    }
}
