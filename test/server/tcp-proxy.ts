import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A proxy that can stop forwarding: its connections stay open. */
export interface TcpProxy {
  readonly port: number;
  /** Bytes that were not forwarded. */
  heldBytes(): number;
  /** Drops what is sent, as if the machine behind it were gone. */
  pause(): void;
  /** Forwards again, on new connections. */
  resume(): void;
  /** Keeps what is sent, as the kernel does for a process that has been stopped (SIGSTOP). */
  hold(): void;
  /** Forwards what was kept, and goes on. */
  release(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  let isPaused = false;
  let isHeld = false;
  let heldBytes = 0;
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const behind = connect(target);
    for (const [from, to] of [
      [client, behind],
      [behind, client],
    ] as const) {
      sockets.add(from);
      from.on('data', (data) => (isPaused ? (heldBytes += data.length) : to.write(data)));
      from.on('end', () => isPaused || to.end());
      from.on('error', () => to.destroy());
      from.on('close', () => sockets.delete(from));
      if (isHeld) from.pause();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const breakAll = () => sockets.forEach((socket) => socket.destroy());
  return {
    port: (server.address() as AddressInfo).port,
    heldBytes: () => heldBytes,
    pause: () => {
      isPaused = true;
    },
    resume() {
      isPaused = false;
      breakAll();
    },
    hold() {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    release() {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      breakAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
