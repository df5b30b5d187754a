/** Triggers a garbage collection in a process started with `--inspect`. */
import { once } from 'node:events';

/** The address that Node prints when it listens for a debugger. */
export const DEBUGGER = /ws:\/\/127\.0\.0\.1:\d+\/[\w-]+/;

/** Resolves after the garbage collection. Rejects when the process does not answer. */
export async function collectGarbage(address: string): Promise<void> {
  const socket = new WebSocket(address);
  await once(socket, 'open');
  // The second run collects what finalisers of the first released.
  for (const id of [1, 2]) {
    const answered = once(socket, 'message');
    socket.send(JSON.stringify({ id, method: 'HeapProfiler.collectGarbage' }));
    await answered;
  }
  socket.close();
}
