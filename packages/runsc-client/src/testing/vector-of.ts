import type { SpawnRequest } from '../spawner.ts';
import { recordCommands } from './record-commands.ts';

const helpOfAll = 'update\nfeatures\nfscheckpoint\nport-forward\ntar\n';
const helpFlags = [
  'fs-restore-image-path fs-restore-direct pass-fd exec-fd checkpoint restore fscheckpoint fsrestore direct compression',
  'exclude-committed-zero-pages save-restore-exec-argv save-restore-exec-timeout cuda-checkpoint-path',
  'cuda-checkpoint-sequential background mount pidfd-socket keep',
].flatMap((line) => line.split(' ').map((flag) => `  -${flag}\n`));

/** Answers that let every method settle. */
export function answerTo({ args }: SpawnRequest) {
  if (args.includes('help') || args.includes('--help')) return { stdout: `${helpOfAll}${helpFlags.join('')}` };
  if (args.includes('--version')) return { stdout: 'runsc version 1\n' };
  if (args.includes('wait')) return { stdout: '{"id":"c1","exitStatus":0}' };
  if (args.includes('usage')) return { stdout: '{"Total":0}' };
  if (args.includes('features')) return { stdout: '{}' };
  if (args.includes('events')) return { stdout: '{"type":"stats","id":"c1","data":{}}' };
  const state = '{"ociVersion":"1","id":"c1","status":"running","pid":1,"bundle":"/b"}';
  if (args.includes('state')) return { stdout: state };
  if (args.includes('list')) return { stdout: 'null' };
  if (args.includes('ps')) return { stdout: '[]' };
  return {};
}

/** The last command's vector without the executable; paths of files made for one call become FILE and LOG. */
export async function vectorOf<Client>(
  make: (spawner: ReturnType<typeof recordCommands>['spawner']) => Client,
  call: (client: Client) => Promise<unknown>,
): Promise<string> {
  const { spawner, requests } = recordCommands(answerTo);
  await call(make(spawner));
  const words = requests.at(-1)?.args ?? [];
  const named = words.map((word) =>
    word.replace(/\/\S*\/(?:process|log)\.json/, (path) => path.split('/').at(-1) ?? ''),
  );
  return named.join(' ');
}

/** Reads events to their end. */
export async function drain(events: AsyncIterable<unknown>): Promise<void> {
  for await (const event of events) void event;
}
