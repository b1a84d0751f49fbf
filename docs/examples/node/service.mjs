// A service that checks Latchkey's access tokens by itself, and refuses those of ended sessions within a second.
//
//   LATCHKEY=https://auth.example.com AUDIENCE=https://api.example.com npm start

import { createServer } from 'node:http';
import { createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { Revocations } from './revocations.mjs';

const issuer = process.env.LATCHKEY ?? 'http://127.0.0.1:9080'; // tokens.issuer
const base = process.env.LATCHKEY_URL ?? issuer; // where to ask, if that is not where people go
const audience = process.env.AUDIENCE ?? issuer; // tokens.audience
const algorithms = [process.env.ALGORITHM ?? 'EdDSA']; // tokens.algorithm: exactly this one
const silence = Number(process.env.SILENCE_MS ?? 30_000);
const skew = 5; // seconds

const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', base), { cacheMaxAge: 300_000, timeoutDuration: 5000 });
const revocations = new Revocations(new URL('/revocations', base), { silence, skew });
const ourFaults = new Set(['ERR_JOSE_GENERIC', 'ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID']);

// The claims of a token in force; 401 when there is none, 503 when we can't know.
async function identify(request) {
  const fields = request.headersDistinct.authorization ?? [];
  const token = fields.length === 1 ? /^Bearer ([\w.-]+)$/i.exec(fields[0])?.[1] : undefined;
  if (!token) return 401;
  let claims;
  try {
    const requiredClaims = ['sub', 'sid', 'exp', 'iat'];
    ({ payload: claims } = await jwtVerify(token, keys, {
      algorithms, issuer, audience, requiredClaims, typ: 'at+jwt', clockTolerance: skew,
    }));
  } catch (error) {
    return error instanceof errors.JOSEError && !ourFaults.has(error.code) ? 401 : 503;
  }
  if (!revocations.current) return 503;
  return revocations.covers(claims) ? 401 : claims;
}

const server = createServer(async (request, response) => {
  const who = await identify(request);
  const answer = (status, body, headers = {}) =>
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store', ...headers })
      .end(JSON.stringify(body));
  if (who === 401) return answer(401, { error: 'invalid_token' }, { 'www-authenticate': 'Bearer error="invalid_token"' });
  if (who === 503) return answer(503, { error: 'unavailable' }, { 'retry-after': '1' });
  return answer(200, { hello: who.email ?? who.sub, groups: who.groups ?? [] });
});

revocations.follow();
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => console.log('ready'));
