// The least that a proxy of node:http and undici does: headers and bodies passed on, and nothing known, counted or bounded.
import { Pool } from 'undici';
import { runProxy } from './proxy-process.ts';

/** Of one connection (RFC 9110, 7.6.1), or made anew by whoever sends. */
const NOT_PASSED_ON = new Set(['connection', 'keep-alive', 'transfer-encoding', 'content-length']);

await runProxy('bare proxy', (monolithUrl) => {
  const pool = new Pool(monolithUrl, { headersTimeout: 0, bodyTimeout: 0 });
  return (request, response) => {
    const { method = 'GET', url: path = '/', rawHeaders } = request;
    const headers: string[] = [];
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = rawHeaders[at] as string;
      if (!NOT_PASSED_ON.has(name.toLowerCase())) headers.push(name, rawHeaders[at + 1] as string);
    }
    const body = method === 'GET' || method === 'HEAD' ? null : request;
    pool
      .stream({ method, path, headers, body }, ({ statusCode, headers: answered }) => {
        for (const name of NOT_PASSED_ON) if (name !== 'content-length') delete answered[name];
        return response.writeHead(statusCode, answered);
      })
      .catch(() => response.destroy());
  };
});
