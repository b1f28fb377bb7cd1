// A loopback relay that counts the bytes of every connection through it: only for that figure, since it costs time.
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

export interface Bytes {
  /** From the client to the server. */
  readonly sent: number;
  readonly received: number;
}

export interface Relay {
  readonly port: number;
  /** So far. */
  count(): Bytes;
  close(): Promise<void>;
}

/** @param port of the server on this machine. */
export async function openRelay(port: number): Promise<Relay> {
  let [sent, received] = [0, 0];
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    // Whoever ends, ends both.
    return socket.on('error', () => undefined).once('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    const behind = keep(connect(port, '127.0.0.1').setNoDelay(true));
    keep(client.setNoDelay(true))
      .on('data', ({ length }: Buffer) => (sent += length))
      .once('close', () => behind.destroy());
    behind.on('data', ({ length }: Buffer) => (received += length)).once('close', () => client.destroy());
    client.pipe(behind);
    behind.pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    count: () => ({ sent, received }),
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      return closed;
    },
  };
}
