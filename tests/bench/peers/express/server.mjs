// A check with express-session: who has a session hears 200 and who that is.
//
//   node server.mjs PORT [REDIS-SOCKET]      without Redis: in memory
import express from 'express';
import session from 'express-session';

const [port, socket] = process.argv.slice(2);

async function redisStore(path) {
    const { RedisStore } = await import('connect-redis');
    const { createClient } = await import('redis');
    const client = createClient({ socket: { path } });
    await client.connect();
    return new RedisStore({ client });
}

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.use(session({
    secret: 'a secret of the benchmark',
    resave: false,
    saveUninitialized: false,
    cookie: { maxAge: 1_800_000, sameSite: 'lax' },
    store: socket && await redisStore(socket),
}));
app.post('/login', (request, response) => {
    request.session.user = { name: 'Some Body', email: 'user0@example.com', groups: ['staff'] };
    response.status(204).end();
});
app.get('/check', (request, response) => {
    const { user } = request.session;
    if (!user)
        return response.status(401).end();
    response.set({ 'Remote-Name': user.name, 'Remote-Email': user.email, 'Remote-Groups': user.groups.join(',') });
    response.status(200).end();
});
app.listen(Number(port), '127.0.0.1');
