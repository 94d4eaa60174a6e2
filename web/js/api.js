// The HTTP API. A log-in is a session in a cookie that no script can read, with a CSRF token for what changes something; a server
// without such sessions gives a token, which is kept in memory only.

const BASE = "/api/v1/";
const PATIENCE = 10_000; // milliseconds for an answer
const RENEW_AT = 0.8; // of a token's life
const DEVICE = "millwright.device"; // opens nothing; others' failed attempts do not make this device wait

/** An answer that is no success, or none at all (status 0). */
export class Problem extends Error {
    constructor(status, body = {}) {
        super(body.detail ?? body.title ?? `HTTP ${status}`);
        this.status = status;
        this.code = body.code ?? "";
        this.errors = body.errors ?? [];
    }

    get isAway() {
        return this.status === 0 || this.status === 502 || this.status === 503 || this.status === 504;
    }
}

export class Api {
    #csrf = null;
    #token = null;
    #refreshToken = null;
    #renewal = null;

    /** Called when the server no longer knows who we are. */
    onSignedOut = () => {};

    /** Who is logged in, or null. */
    async resume() {
        try {
            return this.#adopt(await this.#send("GET", "auth/session"));
        } catch (problem) {
            if (problem.status === 401 || problem.status === 403 || problem.status === 404) return null;
            throw problem;
        }
    }

    async logIn(username, password) {
        const body = { username, password };
        const device = stored(DEVICE);
        if (device) body.device_token = device;
        try {
            const session = await this.#send("POST", "auth/session", { body });
            keep(DEVICE, session.device_token);
            return this.#adopt(session);
        } catch (problem) {
            if (problem.status !== 404 && problem.status !== 405) throw problem;
        }
        const answer = await this.#send("POST", "auth/login", { body });
        keep(DEVICE, answer.device_token);
        this.#hold(answer);
        return await this.#send("GET", "auth/me");
    }

    async logOut() {
        try {
            if (this.#token) await this.#send("POST", "auth/logout", { body: {} });
            else await this.#send("DELETE", "auth/session");
        } finally {
            this.#forget();
        }
    }

    async get(path, query = {}, patience = PATIENCE) {
        return await this.#authorised("GET", path, { query, patience });
    }

    /** Sent again after a failure it is done once: each has a key. */
    async post(path, body) {
        return await this.#authorised("POST", path, { body, headers: { "Idempotency-Key": randomKey() } });
    }

    /** {status, problems, parts}: also of a server that is not well. */
    async health() {
        const response = await fetch("/health", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE) });
        return await response.json();
    }

    async #authorised(method, path, options) {
        try {
            return await this.#send(method, path, options);
        } catch (problem) {
            if (problem.status !== 401) throw problem;
            if (this.#refreshToken && (await this.#renew())) return await this.#send(method, path, options);
            this.#forget();
            this.onSignedOut();
            throw problem;
        }
    }

    async #send(method, path, { query = {}, body, headers = {}, patience = PATIENCE } = {}) {
        const url = new URL(BASE + path, location.origin);
        for (const [name, value] of Object.entries(query)) {
            if (value !== null && value !== undefined) url.searchParams.set(name, value);
        }
        const all = { Accept: "application/json", ...headers };
        if (body !== undefined) all["Content-Type"] = "application/json";
        if (this.#token) all.Authorization = `Bearer ${this.#token}`;
        else if (this.#csrf && method !== "GET") all["X-CSRF-Token"] = this.#csrf;
        let response, answer;
        try {
            response = await fetch(url, {
                method, headers: all, body: body === undefined ? undefined : JSON.stringify(body),
                credentials: "same-origin", cache: "no-store", signal: AbortSignal.timeout(patience),
            });
            answer = response.status === 204 ? null : await response.json().catch(() => null);
        } catch (error) {
            throw new Problem(0, { detail: String(error?.message ?? error) });
        }
        if (!response.ok) throw new Problem(response.status, answer ?? {});
        return answer;
    }

    #adopt(session) {
        this.#csrf = session.csrf_token;
        return session.user;
    }

    #hold(answer) {
        this.#token = answer.access_token;
        this.#refreshToken = answer.refresh_token;
        clearTimeout(this.#renewal);
        this.#renewal = setTimeout(() => this.#renew(), answer.expires_in * 1000 * RENEW_AT);
    }

    async #renew() {
        try {
            this.#hold(await this.#send("POST", "auth/refresh", { body: { refresh_token: this.#refreshToken } }));
            return true;
        } catch (problem) {
            if (problem.status === 401) this.#refreshToken = null;
            return false;
        }
    }

    #forget() {
        clearTimeout(this.#renewal);
        this.#token = this.#refreshToken = this.#csrf = null;
    }
}

/** crypto.randomUUID exists over TLS only. */
function randomKey() {
    return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function stored(name) {
    try {
        return localStorage.getItem(name);
    } catch {
        return null;
    }
}

function keep(name, value) {
    try {
        if (value) localStorage.setItem(name, value);
    } catch {
        // not kept, then
    }
}
