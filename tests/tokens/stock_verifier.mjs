// jose, as its documentation has one use it: the same lines as stock_verifier.py.
import { createInterface } from 'node:readline';
import { createLocalJWKSet, jwtVerify } from 'jose';

let keys, options;
for await (const line of createInterface({ input: process.stdin })) {
  if (!options) {
    const { algorithm, issuer, audience, jwks, secret } = JSON.parse(line);
    keys = secret ? Buffer.from(secret, 'base64') : createLocalJWKSet(jwks);
    options = { algorithms: [algorithm], issuer, audience, typ: 'at+jwt', requiredClaims: ['exp', 'iat', 'sub', 'sid'] };
    continue;
  }
  try {
    console.log(JSON.stringify((await jwtVerify(JSON.parse(line), keys, options)).payload.sub));
  } catch {
    console.log('null');
  }
}
