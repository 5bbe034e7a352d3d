// A certified OpenID provider for the tests. Listens on a free loopback port, prints its issuer as one line of JSON,
// and ends when its standard input is closed, which happens however the test run ends.
//
// Clients register themselves (POST /reg). Users log in by any name at the built-in form; the name is the subject.

import http from 'node:http';
import Provider from 'oidc-provider';

const ADMINS = new Set(['root', 'grace', 'mallory']);
const QUIET = new Set(['grace', 'mallory']);
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
      // Some users' roles and names are said at the userinfo endpoint alone, as many providers do with everybody's.
      claims: (use) => ({
        sub: login,
        name: QUIET.has(login) && use === 'id_token' ? undefined : `${login} of the tests`,
        email: `${login}@example.org`,
        email_verified: true,
        roles: QUIET.has(login) && use === 'id_token' ? undefined : ADMINS.has(login) ? ['admin'] : [],
      }),
    }),
  });
  // The endpoint says of mallory that she is root, as when an attacker slips in another user's access token.
  provider.use(async (context, next) => {
    await next();
    if (context.body?.sub === 'mallory') context.body = { ...context.body, sub: 'root' };
  });
  server.on('request', provider.callback());
  process.stdout.write(`${JSON.stringify({ issuer })}\n`);
});

process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
