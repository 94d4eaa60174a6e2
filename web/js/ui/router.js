// Addresses are fragments: #/alarms, #/alarms/17, #/machines, #/machines/press-01, #/journal. A link can be sent to a colleague.

const VIEWS = new Set(["alarms", "machines", "journal"]);

export function parse(hash) {
    const [view, ...rest] = hash.replace(/^#\/?/, "").split("/");
    const id = rest.length > 0 && rest[0] !== "" ? decode(rest.join("/")) : null;
    return { view: VIEWS.has(view) ? view : "alarms", id };
}

function decode(part) {
    try {
        return decodeURIComponent(part);
    } catch {
        return part;
    }
}

export function href(view, id = null) {
    return id === null ? `#/${view}` : `#/${view}/${encodeURIComponent(id)}`;
}

export function go(view, id = null) {
    location.hash = href(view, id);
}
