// Asks the monolith for the parallel run, on connections of its own: what goes wrong here is not held against the users'.
import { Pool } from 'undici';
import type { HttpAnswer } from '../../answers/http-answer.ts';
import type { AnswerHeaders } from '../headers.ts';
import { Inconclusive, type Position } from './compare-sides.ts';

export interface Asked {
  readonly capability: string;
  /** With its query. */
  readonly path: string;
  /** Names and values in turn. */
  readonly headers: readonly string[];
}

export interface ShadowMonolith {
  /** @throws {Inconclusive} */
  ask(asked: Asked, signal: AbortSignal): Promise<HttpAnswer & { readonly position?: Position }>;
  close(): Promise<void>;
}

export interface ShadowMonolithOptions {
  readonly url: string;
  /** At most. */
  readonly connections: number;
  /** Of a body. */
  readonly maxBytes: number;
}

export function createShadowMonolith({ url, connections, maxBytes }: ShadowMonolithOptions): ShadowMonolith {
  const pool = new Pool(url, { connections });
  return {
    async ask({ capability, path, headers }, signal) {
      try {
        const {
          statusCode,
          headers: answered,
          body,
        } = await pool.request({
          method: 'GET',
          path,
          headers: [...headers, 'x-want-position', capability],
          signal,
        });
        const chunks: Buffer[] = [];
        let length = 0;
        for await (const chunk of body as AsyncIterable<Buffer>) {
          length += chunk.length;
          if (length > maxBytes) throw new Inconclusive('too_large');
          chunks.push(chunk);
        }
        const position = positionIn(answered, capability);
        return {
          status: statusCode,
          headers: answered,
          body: Buffer.concat(chunks).toString(),
          ...(position !== undefined && { position }),
        };
      } catch (error) {
        if (signal.aborted) throw new Inconclusive('too_slow', error);
        throw error instanceof Inconclusive ? error : new Inconclusive('monolith_failed', error);
      }
    },
    close: () => pool.destroy(),
  };
}

/** `catalog=<position>,…` */
function positionIn(headers: AnswerHeaders, capability: string): Position | undefined {
  const parts = [headers['x-position'] ?? []].flat().join().split(',');
  const told = parts.map((part) => part.trim()).find((part) => part.startsWith(`${capability}=`));
  return told?.slice(capability.length + 1);
}
