import type { Server, Socket } from 'node:net';

/** Keeps the connections of a server until somebody can serve them. */
export function holdConnections(server: Server): { release(): void } {
  const held: Socket[] = [];
  const hold = (socket: Socket): void => {
    // Until it is served nobody hears of its errors; 'close' follows, and it counts as destroyed.
    socket.on('error', ignore);
    held.push(socket);
  };
  server.on('connection', hold);
  return {
    release: () => {
      server.off('connection', hold);
      for (const socket of held.splice(0)) {
        if (!socket.destroyed) server.emit('connection', socket);
      }
    },
  };
}

function ignore(): void {
  // See above.
}
