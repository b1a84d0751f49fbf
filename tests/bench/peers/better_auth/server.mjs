// better-auth with users and sessions in SQLite. A check asks its auth.api.getSession(), as applications do: GET
// /api/auth/get-session builds its router anew for each request and takes longer.
//
//   node server.mjs PORT DATABASE-FILE [cache]     cache: for five minutes the cookie says what the database would
import { createServer } from 'node:http';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { fromNodeHeaders, toNodeHandler } from 'better-auth/node';
import Database from 'better-sqlite3';

const [port, file, cache] = process.argv.slice(2);
const database = new Database(file);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = NORMAL');

const auth = betterAuth({
    baseURL: `http://127.0.0.1:${port}`,
    secret: 'a secret of the benchmark, with 32 characters',
    database,
    emailAndPassword: { enabled: true },
    session: { cookieCache: { enabled: cache === 'cache', maxAge: 300 } },
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' },
});
await (await getMigrations(auth.options)).runMigrations();

const own = toNodeHandler(auth);
async function check(request, response) {
    const found = await auth.api.getSession({ headers: fromNodeHeaders(request.headers) });
    if (found)
        response.writeHead(200, { 'Remote-Name': found.user.name, 'Remote-Email': found.user.email, 'Content-Length': 0 });
    else
        response.writeHead(401, { 'Content-Length': 0 });
    response.end();
}
createServer((request, response) => (request.url === '/check' ? check : own)(request, response)).listen(Number(port), '127.0.0.1');
