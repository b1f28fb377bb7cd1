// Stands in front of a PostgreSQL server as its network does, and lets a stream of changes on transaction by transaction,
// and a copy of a table step by step: what the servers do is theirs, and only when it arrives is ours.
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { eventually } from './eventually.ts';
import {
  asksForEncryption,
  createCutter,
  keepalive,
  readChange,
  readQuery,
  readReceived,
  startupParameters,
  type Frame,
} from './wire.ts';

/** How far a copy may go: its worker waits before its snapshot, or before its rows, or not at all. */
export type CopyStep = 'wait' | 'begin' | 'end';

export interface HeldServer {
  readonly url: string;
  /** Lets so many entries pass in all, of those that have come since `forget`; waits until the receiver is through. */
  readonly letPass: (entries: number) => Promise<void>;
  /** Only lowers or raises the bound. */
  readonly bound: (entries: number) => void;
  /** Lets a copy go on so far. @param table its oid at the receiver. */
  readonly letCopy: (table: number, step: CopyStep) => void;
  /** Until a copy has its snapshot. */
  readonly hasSnapshot: (table: number) => Promise<void>;
  /** Until a receiver reads, and has been told of everything that came before. */
  readonly isRead: () => Promise<void>;
  /** Where each entry ends in the sender's log, in their order. */
  readonly ends: () => readonly bigint[];
  /** Makes the receiver say what it has on disk. */
  readonly ask: () => void;
  /** Entries are counted anew, and none passes. */
  readonly forget: () => void;
  /** From now on all passes. */
  readonly open: () => void;
  readonly close: () => Promise<void>;
}

interface Transaction {
  readonly frames: Buffer[];
  entry: boolean;
  end: bigint;
}

interface Stream {
  readonly receiver: Socket;
  readonly queue: Transaction[];
  readonly tables: Map<number, string>;
  current: Transaction | undefined;
  passed: bigint;
  received: bigint;
}

interface Copy {
  readonly table: number;
  phase: 'before' | 'snapshot' | 'rows';
  readonly waiting: Frame[];
  readonly goOn: () => void;
}

const STEPS: readonly CopyStep[] = ['wait', 'begin', 'end'];

/** @param isEntry whether a change of this table is what is counted, and held. */
export async function startHeldServer(
  serverUrl: string,
  isEntry: (table: string) => boolean,
): Promise<HeldServer> {
  const serverPort = Number(new URL(serverUrl).port);
  const sockets = new Set<Socket>();
  const order = new Map<bigint, number>();
  const copySteps = new Map<number, CopyStep>();
  const copies = new Set<Copy>();
  let stream: Stream | undefined;
  let allowed = Number.POSITIVE_INFINITY;
  let open = true;

  const stepOf = (table: number): CopyStep => (open ? 'end' : (copySteps.get(table) ?? 'wait'));

  function pump(): void {
    const now = stream;
    if (now === undefined) return;
    for (let next = now.queue[0]; next !== undefined; next = now.queue[0]) {
      if (next.entry && (order.get(next.end) ?? 0) >= allowed) return;
      now.queue.shift();
      for (const frame of next.frames) now.receiver.write(frame);
      now.passed = next.end;
      now.receiver.write(keepalive(next.end));
    }
  }

  function takeFromServer(now: Stream, frame: Frame): void {
    if (now !== stream) return;
    const change = readChange(frame);
    if (change === undefined) return void now.receiver.write(frame.bytes);
    // They would tell the receiver of positions between two transactions, where no order of the model is.
    if (change.what === 'keepalive') return open ? void now.receiver.write(frame.bytes) : undefined;
    now.current ??= { frames: [], entry: false, end: 0n };
    now.current.frames.push(frame.bytes);
    if (change.what === 'relation') now.tables.set(change.id, change.table);
    if (change.what === 'row' && isEntry(now.tables.get(change.id) ?? '')) now.current.entry = true;
    if (change.what !== 'commit') return;
    now.current.end = change.end;
    if (now.current.entry && !order.has(change.end)) order.set(change.end, order.size);
    now.queue.push(now.current);
    now.current = undefined;
    pump();
  }

  function takeFromCopier(copy: Copy, server: Socket, frame: Frame): void {
    if (copy.waiting.length > 0) return void copy.waiting.push(frame);
    const query = readQuery(frame);
    const step = STEPS.indexOf(stepOf(copy.table));
    if (query !== undefined && copy.phase === 'before' && query.startsWith('CREATE_REPLICATION_SLOT')) {
      if (step < 1) return void copy.waiting.push(frame);
      copy.phase = 'snapshot';
    } else if (query !== undefined && copy.phase === 'snapshot') {
      if (step < 2) return void copy.waiting.push(frame);
      copy.phase = 'rows';
    }
    server.write(frame.bytes);
  }

  const listener = createServer((client) => {
    const server = connect(serverPort, '127.0.0.1');
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on('error', () => undefined);
      one.on('close', () => {
        sockets.delete(one);
        other.destroy();
        if (stream?.receiver === client) stream = undefined;
      });
    }
    const cutClient = createCutter(true);
    const cutServer = createCutter(false);
    let kind: 'unknown' | 'any' | 'receiver' | 'copier' = 'unknown';
    let mine: Stream | undefined;
    let copy: Copy | undefined;

    client.on('data', (chunk: Buffer) => {
      if (kind === 'any') return void server.write(chunk);
      for (const frame of cutClient(chunk)) {
        if (kind === 'unknown') {
          if (asksForEncryption(frame.bytes)) {
            client.write('N');
            continue;
          }
          const { replication, application_name: name = '' } = startupParameters(frame.body);
          const table = /^pg_\d+_sync_(\d+)_/.exec(name)?.[1];
          kind = replication === undefined ? 'any' : table === undefined ? 'receiver' : 'copier';
          if (table !== undefined) {
            const waiting: Frame[] = [];
            const goOn = () => {
              for (const held of waiting.splice(0)) takeFromCopier(copy as Copy, server, held);
            };
            copies.add((copy = { table: Number(table), phase: 'before', waiting, goOn }));
            client.on('close', () => copies.delete(copy as Copy));
          }
          server.write(frame.bytes);
        } else if (copy !== undefined) takeFromCopier(copy, server, frame);
        else {
          if (kind === 'receiver' && readQuery(frame)?.startsWith('START_REPLICATION') === true)
            stream = mine = {
              receiver: client,
              queue: [],
              tables: new Map(),
              current: undefined,
              passed: 0n,
              received: 0n,
            };
          const received = readReceived(frame);
          if (mine !== undefined && received !== undefined && received > mine.received)
            mine.received = received;
          server.write(frame.bytes);
        }
      }
    });
    server.on('data', (chunk: Buffer) => {
      if (kind !== 'receiver') return void client.write(chunk);
      for (const frame of cutServer(chunk))
        if (mine === undefined) client.write(frame.bytes);
        else takeFromServer(mine, frame);
    });
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const url = new URL(serverUrl);
  url.port = String((listener.address() as AddressInfo).port);

  const ends = (): readonly bigint[] => [...order.keys()];
  const bound = (entries: number) => {
    allowed = entries;
    pump();
  };
  return {
    url: url.href,
    bound,
    ends,
    async letPass(entries) {
      bound(entries);
      await eventually(`entry ${entries} has come, and is applied`, () => {
        const end = ends()[entries - 1];
        return end !== undefined && stream !== undefined && stream.received >= end;
      });
    },
    letCopy(table, step) {
      copySteps.set(table, step);
      for (const copy of copies) if (copy.table === table) copy.goOn();
    },
    hasSnapshot: (table) =>
      eventually(`the copy of ${table} has its snapshot`, () =>
        [...copies].some(
          (copy) => copy.table === table && copy.phase === 'snapshot' && copy.waiting.length > 0,
        ),
      ),
    isRead: () => eventually('there is a receiver', () => stream !== undefined),
    ask: () => void stream?.receiver.write(keepalive(stream.passed)),
    forget() {
      stream = undefined;
      open = false;
      order.clear();
      copySteps.clear();
      bound(0);
    },
    open() {
      open = true;
      bound(Number.POSITIVE_INFINITY);
      for (const copy of copies) copy.goOn();
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      listener.close();
      await once(listener, 'close');
    },
  };
}
