// What a request says and is told of who owns the data that it is about: `x-want-owner: catalog` asks for a refusal where
// this side does not own it (the caller goes on at the owner by itself), and for `x-owner: catalog=<owner>:<epoch>`.
//
// The request is ambient, since what finds out who owns is far from what answers.
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Request, RequestHandler, Response } from 'express';
import { cancelled } from '../call-context.ts';
import type { KnownOwner } from '../held-writes.ts';
import type { Positions } from '../position.ts';
import { WANT_POSITION_HEADER } from './position.ts';

export const WANT_OWNER_HEADER = 'x-want-owner';
export const OWNER_HEADER = 'x-owner';

/** A request on its way through this process, as far as owners go. */
export interface Edge {
  readonly requestId: string;
  /** Fires when the caller has gone without an answer. */
  readonly signal: AbortSignal;
  readonly wantsOwner: (capability: string) => boolean;
  readonly wantsPosition: (capability: string) => boolean;
  /** The last that is told goes for the answer. */
  readonly tellOwner: (capability: string, known: KnownOwner | undefined) => void;
  /** Which process the answer comes from. */
  readonly tellServedBy: (name: string) => void;
  /** How far the database was that was asked instead of this process's own; undefined takes that back. */
  readonly tellPosition: (capability: string, position: AskedElsewhere | undefined) => void;
  readonly positionOf: (capability: string) => AskedElsewhere | undefined;
}

export interface AskedElsewhere {
  /** Undefined where it did not tell. */
  readonly position: string | undefined;
}

const ambient = new AsyncLocalStorage<Edge>();

/** The request that the caller works for, or undefined outside of any. */
export const currentEdge = (): Edge | undefined => ambient.getStore();

/** Comes after the request log, which gives the request its id. */
export const answerOwners: RequestHandler = (request, response, next) => {
  ambient.run(edgeOf(request, response), next);
};

function edgeOf(request: Request, response: Response): Edge {
  const asks = (header: string, capability: string) =>
    (request.get(header) ?? '').split(',').some((name) => name.trim() === capability);
  const owners = new Map<string, string>();
  const positions = new Map<string, AskedElsewhere>();
  let gone: AbortController | undefined;

  function whenGone(): AbortSignal {
    if (gone !== undefined) return gone.signal;
    const controller = (gone = new AbortController());
    const leave = () => response.writableFinished || controller.abort(cancelled());
    if (response.closed) leave();
    else response.once('close', leave);
    return controller.signal;
  }

  return {
    requestId: request.id,
    get signal() {
      return whenGone();
    },
    wantsOwner: (capability) => asks(WANT_OWNER_HEADER, capability),
    wantsPosition: (capability) => asks(WANT_POSITION_HEADER, capability),
    tellOwner(capability, known) {
      if (response.headersSent || !asks(WANT_OWNER_HEADER, capability)) return;
      if (known?.owner === undefined || known.epoch === undefined) owners.delete(capability);
      else owners.set(capability, `${known.owner}:${known.epoch}`);
      const told = [...owners].map(([name, owner]) => `${name}=${owner}`);
      if (told.length === 0) response.removeHeader(OWNER_HEADER);
      else response.setHeader(OWNER_HEADER, told.join(','));
    },
    tellServedBy(name) {
      if (!response.headersSent) response.setHeader('x-served-by', name);
    },
    tellPosition(capability, position) {
      if (position === undefined) positions.delete(capability);
      else positions.set(capability, position);
    },
    positionOf: (capability) => positions.get(capability),
  };
}

/** The position of the database that the request's answer comes from: of another than this, where that was asked. */
export const positionsWhereAsked = (own: Positions): Positions => ({
  ...own,
  async now(capability) {
    const elsewhere = currentEdge()?.positionOf(capability);
    return elsewhere === undefined ? own.now(capability) : elsewhere.position;
  },
});
