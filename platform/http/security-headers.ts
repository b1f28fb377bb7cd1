// What every answer of the shop tells browsers to beware of, whichever process gives it.
import helmet from 'helmet';

/** Takes Express's requests and Node's own. */
export const securityHeaders = helmet({
  // TLS ends in front of these processes, so they must not promise any.
  strictTransportSecurity: false,
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
});
