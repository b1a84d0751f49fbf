// A check with one of Fastify's session plugins: who has a session hears 200 and who that is.
//
//   node server.mjs PORT session     @fastify/session, in memory
//   node server.mjs PORT secure      @fastify/secure-session: all of it in the cookie, encrypted
import { randomBytes } from 'node:crypto';
import fastifyCookie from '@fastify/cookie';
import fastifySecureSession from '@fastify/secure-session';
import fastifySession from '@fastify/session';
import Fastify from 'fastify';

const [port, kind] = process.argv.slice(2);
const app = Fastify({ logger: false });
const cookie = { path: '/', httpOnly: true, sameSite: 'lax', secure: false };

if (kind === 'session') {
    await app.register(fastifyCookie);
    await app.register(fastifySession, {
        secret: 'a secret of the benchmark, with 32 characters',
        cookieName: 'sessionId',
        saveUninitialized: false,
        rolling: false,
        cookie: { ...cookie, maxAge: 1_800_000 },
    });
} else {
    await app.register(fastifySecureSession, { key: randomBytes(32), cookieName: 'sessionId', cookie });
}

const read = kind === 'session' ? (session) => session.user : (session) => session.get('user');
const write = kind === 'session' ? (session, user) => { session.user = user; } : (session, user) => session.set('user', user);

app.post('/login', (request, reply) => {
    write(request.session, { name: 'Some Body', email: 'user0@example.com', groups: ['staff'] });
    reply.code(204).send();
});
app.get('/check', (request, reply) => {
    const user = read(request.session);
    if (!user)
        return reply.code(401).send();
    reply.header('Remote-Name', user.name).header('Remote-Email', user.email).header('Remote-Groups', user.groups.join(','));
    reply.code(200).send();
});
await app.listen({ port: Number(port), host: '127.0.0.1' });
