// PostgreSQL's protocol, as far as somebody has to know it who stands between two servers and holds replication back.

const SSL_REQUEST = 80_877_103;
const GSS_REQUEST = 80_877_104;

export interface Frame {
  /** One letter; empty for the first of a client, which has none. */
  readonly type: string;
  /** All of it, as it is passed on. */
  readonly bytes: Buffer;
  readonly body: Buffer;
}

/** Cuts what arrives into messages. @param hasStartup of a client, whose first message has no letter. */
export function createCutter(hasStartup: boolean): (chunk: Buffer) => readonly Frame[] {
  let rest: Buffer = Buffer.alloc(0);
  let awaitsStartup = hasStartup;
  return (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    const frames: Frame[] = [];
    for (;;) {
      const head = awaitsStartup ? 0 : 1;
      if (rest.length < head + 4) return frames;
      const length = head + rest.readInt32BE(head);
      if (rest.length < length) return frames;
      const bytes = rest.subarray(0, length);
      frames.push({
        type: awaitsStartup ? '' : String.fromCharCode(bytes[0] as number),
        bytes,
        body: bytes.subarray(head + 4),
      });
      if (awaitsStartup && !asksForEncryption(bytes)) awaitsStartup = false;
      rest = rest.subarray(length);
    }
  };
}

export const asksForEncryption = (bytes: Buffer): boolean =>
  [SSL_REQUEST, GSS_REQUEST].includes(bytes.readInt32BE(4));

/** What a client says of itself at first. */
export function startupParameters(body: Buffer): Readonly<Record<string, string>> {
  const words = body.subarray(4).toString().split('\0');
  return Object.fromEntries(
    words.flatMap((word, index) => (index % 2 === 0 && word !== '' ? [[word, words[index + 1] ?? '']] : [])),
  );
}

/** One message of a stream of changes, by pgoutput's letters; undefined where it is none. */
export type Change =
  | { readonly what: 'begin' | 'other' | 'keepalive' }
  | { readonly what: 'relation'; readonly id: number; readonly table: string }
  | { readonly what: 'row'; readonly id: number }
  | { readonly what: 'commit'; readonly end: bigint };

const HEAD = 25;

export function readChange({ type, body }: Frame): Change | undefined {
  if (type !== 'd') return undefined;
  if (body[0] === 0x6b) return { what: 'keepalive' };
  if (body[0] !== 0x77) return undefined;
  const message = body.subarray(HEAD);
  switch (String.fromCharCode(message[0] as number)) {
    case 'B':
      return { what: 'begin' };
    case 'C':
      return { what: 'commit', end: message.readBigUInt64BE(10) };
    case 'R':
      return {
        what: 'relation',
        id: message.readUInt32BE(1),
        table: message.subarray(5).toString().split('\0')[1] ?? '',
      };
    case 'I':
    case 'U':
    case 'D':
      return { what: 'row', id: message.readUInt32BE(1) };
    default:
      return { what: 'other' };
  }
}

/** Asks a receiver how far it is; a server sends such by itself when it hears nothing for long. */
export function keepalive(end: bigint): Buffer {
  const frame = Buffer.alloc(1 + 4 + 18);
  frame.write('d', 0);
  frame.writeInt32BE(22, 1);
  frame.write('k', 5);
  frame.writeBigUInt64BE(end, 6);
  frame.writeUInt8(1, 22);
  return frame;
}

/** Up to where a receiver says that it has read; undefined where it says something else. */
export function readReceived({ type, body }: Frame): bigint | undefined {
  return type === 'd' && body[0] === 0x72 ? body.readBigUInt64BE(1) : undefined;
}

/** The text of a query; undefined where it is none. */
export const readQuery = ({ type, body }: Frame): string | undefined =>
  type === 'Q' ? body.toString('utf8', 0, body.length - 1) : undefined;
