// A route measured: every proxy has its turn in every round, and the gateway is compared with the others of the same one.
import { isDeepStrictEqual } from 'node:util';
import { SetupError } from '#platform/setup-error.ts';
import { inTurn, ratios, type Summary } from '../arithmetic.ts';
import type { LoadClient } from '../load-client.ts';
import { measureLoop, type Measurement } from '../measure.ts';
import { subjectFigures, type SubjectFigures } from '../route-figures.ts';
import type { Proxy, ProxyName } from './proxies.ts';
import { ANSWER_HEADERS, answerTo, REQUESTS, type RouteName } from './questions.ts';

/** The least that the gateway is to forward for the same CPU time, of what the other one does. */
export const BARS: Readonly<Partial<Record<ProxyName, number>>> = { bare: 0.85, express: 2.5, nginx: 0.22 };

export interface ProxyFigures extends SubjectFigures {
  readonly name: ProxyName;
  /** The gateway's to this one's; null for the gateway itself. */
  readonly ratios: {
    /** Of requests for the same CPU time of the proxy; null where there is no proxy. */
    readonly cpu: Summary | null;
    readonly throughput: Summary;
  } | null;
}

export interface GatewayRouteFigures {
  readonly route: RouteName;
  readonly proxies: readonly ProxyFigures[];
}

export interface FigureOptions {
  readonly client: LoadClient;
  /** Of each round. */
  readonly seconds: number;
  readonly rounds: number;
  readonly connections: number;
  /** Of each proxy, before its first figure. */
  readonly warmUpSeconds: number;
  readonly onStep: (step: string) => void;
}

/** @throws {SetupError} where a proxy changes an answer: then it is no other way to do the same. */
export async function measureRoute(
  route: RouteName,
  proxies: readonly Proxy[],
  { client, seconds, rounds, connections, warmUpSeconds, onStep }: FigureOptions,
): Promise<GatewayRouteFigures> {
  const measure = (proxy: Proxy, duration: number): Promise<Measurement> =>
    measureLoop([proxy], undefined, () =>
      client.run({
        origins: [proxy.origin],
        ...{ connections, seconds: duration, requests: [REQUESTS[route]], expected: 200 },
      }),
    );
  onStep(`${route}, warming up`);
  for (const proxy of proxies) {
    await compareAnswers(proxy, route);
    await measure(proxy, warmUpSeconds);
  }
  const found = new Map<Proxy, Measurement[]>(proxies.map((proxy) => [proxy, []]));
  for (const [round, turn] of inTurn(proxies, rounds).entries()) {
    onStep(`${route}, round ${round + 1} of ${rounds}`);
    for (const proxy of turn) found.get(proxy)?.push(await measure(proxy, seconds));
  }
  const of = (proxy: Proxy, figure: 'throughput' | 'cpuMs') =>
    (found.get(proxy) ?? []).map((one) => one[figure]);
  const gateway = proxies.find(({ name }) => name === 'gateway') as Proxy;
  return {
    route,
    proxies: proxies.map((proxy) => ({
      name: proxy.name,
      ...subjectFigures(found.get(proxy) ?? []),
      ratios:
        proxy === gateway
          ? null
          : {
              // Half the CPU time for each is twice as many for the same.
              cpu: proxy.name === 'direct' ? null : ratios(of(proxy, 'cpuMs'), of(gateway, 'cpuMs')),
              throughput: ratios(of(gateway, 'throughput'), of(proxy, 'throughput')),
            },
    })),
  };
}

async function compareAnswers({ name, origin }: Proxy, route: RouteName): Promise<void> {
  const { method, path, headers = {}, body = null } = REQUESTS[route];
  const answer = await fetch(origin + path, { method, headers, body });
  const got = {
    status: answer.status,
    headers: Object.fromEntries(Object.keys(ANSWER_HEADERS).map((key) => [key, answer.headers.get(key)])),
    body: await answer.text(),
  };
  const expected = { status: 200, headers: ANSWER_HEADERS, body: answerTo(method, path) };
  if (!isDeepStrictEqual(got, expected))
    throw new SetupError(`${route}: what is answered through ${name} is not what the backend answers`);
}
