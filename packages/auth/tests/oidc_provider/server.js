// A certified OpenID provider for the tests. Listens on a free loopback port, prints its issuer as one line of JSON,
// and ends when its standard input is closed, which happens however the test run ends.
//
// Clients register themselves (POST /reg). Users log in by any name at the built-in form; the name is the subject.

import http from 'node:http';
import Provider from 'oidc-provider';

const server = http.createServer();

server.listen(0, '127.0.0.1', () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'roles'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['only-for-tests'] },
    features: {
      devInteractions: { enabled: true },
      registration: { enabled: true },
      backchannelLogout: { enabled: true },
      rpInitiatedLogout: { enabled: true },
    },
    issueRefreshToken: async (_context, client) => client.grantTypeAllowed('refresh_token'),
    rotateRefreshToken: true,
    // Its own dispatcher connects to no loopback address, and everything here is on one.
    fetch: (url, { dispatcher, ...options }) => globalThis.fetch(url, options),
    findAccount: (_context, login) => ({
      accountId: login,
      claims: () => ({
        sub: login,
        name: `${login} of the tests`,
        email: `${login}@example.org`,
        email_verified: true,
        roles: login === 'root' ? ['admin'] : [],
      }),
    }),
  });
  server.on('request', provider.callback());
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
