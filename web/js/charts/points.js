// Points of a sensor for a chart: raw where they are few, else by the minute, hour or day, as the API aggregates them.

const PAGE = 1000; // points of one answer, and more than a chart is wide
const PAGES = 3;
const HOUR = 3_600_000; // milliseconds
const DAY = 24 * HOUR;
const BUCKETS = [["raw", HOUR / 2], ["1m", DAY], ["1h", 60 * DAY]]; // and the longest span that each is drawn for

/** What to ask for so long a span; pure. */
export function bucketFor(milliseconds) {
    return BUCKETS.find(([, longest]) => milliseconds <= longest)?.[0] ?? "1d";
}

/** Points in time order, [{time, value, min?, max?}]. */
export async function points(api, machine, sensor, [start, end]) {
    const ask = (bucket, cursor = null) => api.get(`sensors/data/${encodeURIComponent(machine)}`,
        { sensor, bucket, start: new Date(start).toISOString(), end: new Date(end).toISOString(), limit: PAGE, order: "asc", cursor });
    let bucket = bucketFor(end - start);
    let answer = await ask(bucket);
    if (bucket === "raw" && answer.total > PAGE) answer = await ask((bucket = "1m"));
    const found = [...answer.data];
    for (let page = 1; page < PAGES && answer.next_cursor; page++) found.push(...(answer = await ask(bucket, answer.next_cursor)).data);
    return found;
}
